"""Numbers of items that requests fill, empty or move: a deposit raises the balance, a transfer lowers and raises it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mockserver.inference.draft import ResourceDraft
from mockserver.inference.evidence import Statement
from mockserver.inference.names import words
from mockserver.inference.sentences.filling_sentences import (
    ADDS,
    FIGURES,
    GIVERS,
    MOVES,
    TAKERS,
    TAKES,
    filling_sentence,
    numbers_sent,
)
from mockserver.inference.sentences.refusal_sentences import Sentence
from mockserver.openapi.schemas import Schemas

NUMBERS = frozenset(("integer", "number"))


def filling_counts(
    schemas: Schemas, draft: ResourceDraft, other: ResourceDraft, resources: Mapping[str, Statement]
) -> Iterator[Statement]:
    """The `counts` by which creating `other` items adds to the one balance, stock or the like of an item."""
    made = other.action("create")
    figure = _only(n for n, at in draft.properties().items() if set(words(n)) & FIGURES and schemas.types(at) & NUMBERS)
    sent = next(other.request_properties("create"), {})
    amount = _only(iter(numbers_sent(schemas, sent)))
    if made is None or not figure or not amount:
        return
    keys: Statement = {"field": figure, "resource": other.name, "sum": amount, "on-top": True}
    for by, sign, form in _sides(draft, other, resources):
        said = filling_sentence(schemas, made.operation, form)
        if said is not None:
            yield keys | ({"by": by} if by else {}) | ({"sign": -1} if sign < 0 else {}) | _described(said)


def _sides(
    draft: ResourceDraft, other: ResourceDraft, resources: Mapping[str, Statement]
) -> Iterator[tuple[str, int, re.Pattern[str]]]:
    """How items name the one that they change, whether it rises or falls, and the sentence that says so."""
    stated = resources[other.name]
    if stated.get("parent", {}).get("resource") == draft.name:
        yield from (("", 1, ADDS), ("", -1, TAKES))
        return
    named = [each for each in stated.get("references", ()) if each["resource"] == draft.name and each.get("field")]
    givers, takers = (
        [str(one["field"]) for one in named if set(words(str(one["field"]))) & side] for side in (GIVERS, TAKERS)
    )
    if len(givers) == len(takers) == 1:
        yield from ((givers[0], -1, MOVES), (takers[0], 1, MOVES))


def _only(names: Iterator[str]) -> str:
    found = [*names]
    return found[0] if len(found) == 1 else ""


def _described(said: Sentence) -> Statement:
    return {"evidence": "described", "source": said.source, "note": "a sentence of the document says so"}
