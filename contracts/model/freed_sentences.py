"""Sentences by which an item that has ended makes room for another one: "its time is free again", "returned loans do
not count"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contracts.model.resources import CheckedResource, ResourceOperation
from mockserver.inference.names import words
from mockserver.inference.sentences.refusal_sentences import Sentence, operation_sentences, refusal_sentences
from mockserver.openapi.schemas import Schemas

FREES = re.compile(
    r"\b(?:free|available|open|vacant|bookable|usable) again\b|\b(?:frees|vacates|unblocks)\b"
    r"|\breleases (?:the |its |their )?(?:slot|time|seat|place|spot|space|copy|copies)s?\b"
    r"|\b(?:may|can) be (?:used|booked|taken|rented|lent|borrowed|hired|leased|loaned|reserved)(?: out)? again\b"
    r"|\bmakes? (?:room|way)\b",
    re.IGNORECASE,
)
"""How a sentence about an operation says that others may have what the item took."""

LEFT_OUT = re.compile(
    r"\b(?P<before>[a-z]+) (?:[a-z]+ ){0,2}(?:do|does)(?: not|n['’]t) (?:\w+ )?(?:count|matter|block|conflict)\b"
    r"|\b(?:is|are|was|were|has|have)(?: not|n['’]t)(?: yet| been| already)* (?P<after>[a-z]+)\b"
    r"|\bunless (?:it|they|that) (?:is|are|was|were|has been|have been) (?P<unless>[a-z]+)\b",
    re.IGNORECASE,
)
"""How a sentence about a create says which items are no longer in the way: `cancelled` ones."""

DOUBT = re.compile(r"\b(?:if|may not|might|can(?:not| not|['’]t)|until|only)\b", re.IGNORECASE)

SHORTEST = 4
"""So many letters of the step of a path (`cancel`) begin the word for what it does (`cancelled`)."""


def freeing_sentence(schemas: Schemas, resource: CheckedResource, op: ResourceOperation) -> Sentence | None:
    """The sentence by which an operation on an item lets others have what it took; None if there is none."""
    for each in operation_sentences(schemas, op.operation):
        if FREES.search(each.text) and not DOUBT.search(each.text):
            return each
    step = op.operation.path.rstrip("/").rpartition("/")[2]
    does = "delete" if op.operation.method == "delete" else next(iter(words(step)), "")
    for said in refusal_sentences(schemas, resource.operations["create"].operation):
        if any(_is_done_by(does, state) for state in _states(said.text)):
            return said
    return None


def _states(text: str) -> Iterator[str]:
    for match in LEFT_OUT.finditer(text):
        yield from (word.lower() for word in match.groups() if word)


def _is_done_by(step: str, state: str) -> bool:
    """Does `cancel` lead to `cancelled`, `close` to `closed`, `return` to `returned`?"""
    begin = step.rstrip("e").rstrip("y")
    return len(begin) >= SHORTEST and state.startswith(begin) and state.endswith("ed")
