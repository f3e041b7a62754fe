"""Sentences that say that a request is refused which names an item that does not exist: "There is no such room"."""

from __future__ import annotations

import re

from mockserver.inference.names import noun, words
from mockserver.inference.relations.references import stem
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.sentences.refusal_sentences import Sentence, refusal_sentences
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

UNKNOWN = lazy_pattern(
    r"\b(?:does|do|did)(?: not|n['’]t) exist\b|\bno such\b|\bthere (?:is|are|was) no [a-z]+ (?:with|of|for|by) |"
    r"\bunknown\b|\bnot (?:be )?found\b|\bnon-?existent\b|"
    r"\bselected [\w ]+? is (?:invalid|not valid)\b|"
    r"\bmust (?:already )?(?:exist\b|be (?:the \w+ of )?an? existing\b|(?:name|refer to) an? existing\b)",
    re.IGNORECASE,
)

REFUSES = lazy_pattern(r"\b4\d\d\b|\brefuse|\breject|\berror\b|\bfail|\bmust\b|\binvalid\b", re.IGNORECASE)
"""What a sentence about an operation says beside that; one about an error need not."""

ACCEPTS = lazy_pattern(
    r"\bignor|\bskip|\bcreated?s?\b|\badded\b|\bsilent|\boptional|\bmay\b|\bif it exists\b", re.IGNORECASE
)
"""How a sentence says that such a request is accepted all the same."""

STATUSES = frozenset(("", "400", "404", "409", "422"))


def says_unknown(
    schemas: Schemas, operation: Operation, body: str | None, resource: str, field: str
) -> Sentence | None:
    """The sentence by which an operation refuses an item that does not exist; None if there is none.

    `body` is the pointer of its request body, `field` the property of it with the id of an item of `resource`. A 404
    of an operation below an item may be about that item.
    """
    named = {noun(resource)[-1], stem(field.rpartition(".")[2])}
    for each in (*refusal_sentences(schemas, operation), *_about_the_field(schemas, body, field)):
        spoken = {noun(word)[-1] for word in words(each.text)}
        is_about = bool(UNKNOWN.search(each.text) and named & spoken) and each.status in STATUSES
        if is_about and (each.status or REFUSES.search(each.text)) and not ACCEPTS.search(each.text):
            return each if each.status != "404" or not _is_in_path(operation, resource) else None
    return None


def _is_in_path(operation: Operation, resource: str) -> bool:
    """Does the path of an operation lead through an item of a resource, which a 404 may be about?"""
    *above, _ = operation.path.strip("/").split("/")
    segments = [each for each in above if not each.startswith("{")]
    return "{" in operation.path and noun(resource)[-1] in {noun(each)[-1] for each in segments}


def is_said_unknown(text: str, resource: str) -> bool:
    """Does the description of an error say that there is no such item of a resource: "There is no such room"?"""
    return bool(UNKNOWN.search(text)) and noun(resource)[-1] in {noun(word)[-1] for word in words(text)}


def _about_the_field(schemas: Schemas, body: str | None, field: str) -> list[Sentence]:
    """The sentences about a reference at the top of the body."""
    pointer = schemas.properties(body).get(field.partition("[")[0]) if body is not None else None
    said = description(schemas, pointer) if pointer is not None else None
    return [Sentence(each, said.pointer) for each in said.sentences()] if said is not None else []
