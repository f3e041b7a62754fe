"""Which property of an item must be unique, by what the refusals of its create say."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mockserver.inference.draft import DraftAction, ResourceDraft, item_schema_of_request
from mockserver.inference.evidence import Statement, inferred
from mockserver.inference.names import plain, singular, words
from mockserver.inference.sentences import descriptions
from mockserver.inference.sentences.letter_case import ANY_CASE, SCOPE
from mockserver.inference.sentences.refusal_sentences import refusal_sentences
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

TERM = lazy_pattern(r"[A-Za-z][\w-]*")

TAKEN = ("409", "400", "422")
"""Statuses by which a create may be refused because another item has its values."""

ONCE = (
    r"(?:(?:can|may|must) (?:only )?(?:be used|occur|appear|exist) (?:only )?once|(?:must be|has to be|is|are) unique)"
)

TOGETHER = (
    lazy_pattern(
        rf"\b(?:pair|combination) of (?:a |an |the )?(?P<one>[a-z]\w*) and (?:a |an |the )?(?P<two>[a-z]\w*) {ONCE}",
        re.IGNORECASE,
    ),
    lazy_pattern(
        rf"\b(?:a|an|one|each|every|the same) (?P<one>[a-z]\w*) {ONCE} (?:for|within|in|per) "
        rf"(?:each|every|any|a|an|one|the same) (?P<two>[a-z]\w*)",
        re.IGNORECASE,
    ),
    lazy_pattern(
        rf"\b(?:for|within|in|per) (?:each|every|a|an|one|the same) (?P<one>[a-z]\w*),? (?:a|an|the|each|every) "
        rf"(?P<two>[a-z]\w*) {ONCE}",
        re.IGNORECASE,
    ),
)
"""How a sentence says that no two items share both values: "for each model, a version can be used only once"."""

EXISTS = lazy_pattern(r"\b(?:already|taken|in use|duplicates?|unique)\b", re.IGNORECASE)
"""What says that a value belongs to something that exists."""

EXIST = lazy_pattern(r"\bexists?\b", re.IGNORECASE)
"""What says the same of a conflict: a 409 whose value does not exist would be none."""


def unique_property(schemas: Schemas, draft: ResourceDraft, identity: str) -> Statement | None:
    """The statement `unique`, with the property that a refusal of the create names; None if none names one.

    A 409 is about a conflict, whatever its words; a 400 or 422 has to say that something exists. Below a parent,
    "in this hotel" says that the value may exist once for each hotel.
    """
    creation = draft.action("create")
    asked = next(draft.request_properties("create"), {})
    at = item_schema_of_request(schemas, creation) if creation is not None else None
    is_chosen = at is not None and identity in schemas.required(at)
    for text in _refusals(creation):
        # Of an id, which each item has, a refusal has to say that it exists.
        name = _named(schemas, asked, "" if is_chosen and EXISTS.search(text) else identity, text)
        if name and not descriptions.is_taken_at_times(text):
            parents = list(creation.keeps.values())[-1:] if creation is not None and SCOPE.search(text) else []
            return inferred(f"a refusal of the create names {name}: {text.strip()}", fields=[*parents, name])
    return None


def said_together(schemas: Schemas, draft: ResourceDraft) -> Statement | None:
    """The statement `unique` about several properties, as a sentence about the create says; None if none does."""
    creation = draft.action("create")
    asked = next(draft.request_properties("create"), {})
    if creation is None or not any(each.status in TAKEN for each in creation.operation.responses):
        return None
    for sentence in refusal_sentences(schemas, creation.operation):
        for form in TOGETHER:
            match = form.search(sentence.text)
            names = [_called(asked, each) for each in (match["one"], match["two"])] if match is not None else []
            if match is None or not all(names):
                continue
            parents = list(creation.keeps.values())[-1:] if SCOPE.search(sentence.text[: match.start()]) else []
            told: Statement = {
                "evidence": "described",
                "source": sentence.source,
                "note": "a sentence of the document says so",
            }
            told |= {"ignore-case": True} if ANY_CASE.search(sentence.text) else {}
            return {"fields": [*parents, *names]} | told
    return None


def _called(asked: Mapping[str, str], word: str) -> str:
    """The property that a word of a sentence means: by its name, or the only one that shortens it (`lang`)."""
    short = [name for name in asked if len(name) >= SHORTEST and plain(word).startswith(plain(name))]
    exact = next((name for name in asked if plain(name) in (plain(word), plain(singular(word)))), "")
    return exact or (short[0] if len(short) == 1 else "")


SHORTEST = 3
"""So many letters a name has at least that shortens a word."""


def _refusals(creation: DraftAction | None) -> list[str]:
    """The descriptions of refusals that may be about a value that another item has."""
    responses = creation.operation.responses if creation is not None else ()
    certain = [each.description for each in responses if each.status == "409"]
    return certain + [
        each.description for each in responses if each.status in ("400", "422") and EXISTS.search(each.description)
    ]


def _named(schemas: Schemas, asked: Mapping[str, str], identity: str, text: str) -> str:
    """The property that a text names; empty if it names none.

    A 409 alone does not say what the conflict is: it may be a state, a version or a limit. A value that every item has
    cannot be unique, and one of a few is only if the text says that it exists: "type conflict" is about a wrong type.
    """
    terms = [plain(word) for word in TERM.findall(text)]
    said = {*terms, *(singular(term) for term in terms)}  # "SKUs are unique"
    for name, at in asked.items():
        is_text = schemas.types(at) - {"null"} == {"string"}
        is_named = is_text and name != identity and (plain(name) in said or said.issuperset(words(name)))
        if is_named and _may_be_unique(schemas, at, text):
            return name
    return ""


def _may_be_unique(schemas: Schemas, at: str, text: str) -> bool:
    """May a refusal with this text be about the value of a property that another item has?"""
    allowed = schemas.keyword(at, "enum") or []
    if schemas.keyword(at, "const") is not None or len(allowed) == 1:
        return False
    return not allowed or bool(EXISTS.search(text) or EXIST.search(text))
