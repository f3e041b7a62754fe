"""Sentences that say that a request is refused which names an item that does not exist: "There is no such room"."""

from __future__ import annotations

import re

from contracts.model.refusal_sentences import Sentence, refusal_sentences
from contracts.model.resources import ResourceOperation
from mockserver.behaviour.statements import Reference
from mockserver.inference.descriptions import description
from mockserver.inference.names import noun, words
from mockserver.inference.references import stem
from mockserver.openapi.schemas import Schemas

UNKNOWN = re.compile(
    r"\b(?:does|do|did)(?: not|n['’]t) exist\b|\bno such\b|\bunknown\b|\bnot (?:be )?found\b|\bnon-?existent\b|"
    r"\bmust (?:already )?(?:exist\b|be (?:the \w+ of )?an? existing\b|(?:name|refer to) an? existing\b)",
    re.IGNORECASE,
)

REFUSES = re.compile(r"\b4\d\d\b|\brefuse|\breject|\berror\b|\bfail|\bmust\b|\binvalid\b", re.IGNORECASE)
"""What a sentence about an operation says beside that; one about an error need not."""

ACCEPTS = re.compile(
    r"\bignor|\bskip|\bcreated?s?\b|\badded\b|\bsilent|\boptional|\bmay\b|\bif it exists\b", re.IGNORECASE
)
"""How a sentence says that such a request is accepted all the same."""

STATUSES = frozenset(("", "400", "404", "409", "422"))


def says_unknown(schemas: Schemas, op: ResourceOperation, reference: Reference) -> Sentence | None:
    """The sentence by which an operation refuses a reference to an item that does not exist; None if there is none."""
    named = {noun(reference.resource)[-1], stem(reference.field.rpartition(".")[2])}
    for each in (*refusal_sentences(schemas, op.operation), *_about_the_field(schemas, op, reference)):
        spoken = {noun(word)[-1] for word in words(each.text)}
        is_about = bool(UNKNOWN.search(each.text) and named & spoken) and each.status in STATUSES
        if is_about and (each.status or REFUSES.search(each.text)) and not ACCEPTS.search(each.text):
            return each
    return None


def _about_the_field(schemas: Schemas, op: ResourceOperation, reference: Reference) -> list[Sentence]:
    """The sentences about a reference at the top of the body."""
    body = op.body_schema(schemas)
    pointer = schemas.properties(body).get(reference.field.partition("[")[0]) if body is not None else None
    said = description(schemas, pointer) if pointer is not None else None
    return [Sentence(each, said.pointer) for each in said.sentences()] if said is not None else []
