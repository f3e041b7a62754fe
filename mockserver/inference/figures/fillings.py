"""Numbers of items that requests fill, empty or move: a deposit raises the balance, a transfer lowers and raises it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.evidence import Statement, described, inferred
from mockserver.inference.names import words
from mockserver.inference.operations.made_kinds import made_kind
from mockserver.inference.sentences.filling_sentences import (
    ADDS,
    FIGURES,
    GIVERS,
    MOVES,
    TAKERS,
    TAKES,
    direction,
    filling_sentence,
    numbers_sent,
)
from mockserver.inference.sentences.refusal_sentences import Sentence
from mockserver.inference.values.amounts import is_amount
from mockserver.openapi.schemas import Schemas


def filling_counts(
    schemas: Schemas, draft: ResourceDraft, others: Iterable[ResourceDraft], resources: Mapping[str, Statement]
) -> Iterator[Statement]:
    """The `counts` by which creating one of `others` adds to the one balance, stock or the like of an item."""
    figure = _only(n for n, at in draft.properties().items() if set(words(n)) & FIGURES and is_amount(schemas, at))
    for other in others if figure else ():
        yield from _by_items(schemas, draft, figure, other, resources)


def _by_items(
    schemas: Schemas, draft: ResourceDraft, figure: str, other: ResourceDraft, resources: Mapping[str, Statement]
) -> Iterator[Statement]:
    """The `counts` by which creating `other` items changes the `figure` of an item."""
    made = other.action("create")
    amount = _only(iter(numbers_sent(schemas, next(other.request_properties("create"), {}))))
    if made is None or not amount:
        return
    keys: Statement = {"field": figure, "resource": other.name, "sum": amount, "on-top": True}
    making = [action for action in other.actions if action.does == "create"]
    if len(making) > 1:
        if resources[other.name].get("parent", {}).get("resource") == draft.name:
            yield from _of_several(schemas, other, making, keys)
        return
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


def _of_several(
    schemas: Schemas, other: ResourceDraft, making: Sequence[DraftAction], keys: Statement
) -> Iterator[Statement]:
    """What several creates of the same items do to a figure, if each adds to it or takes from it: deposit, withdraw.

    Their kind tells the items apart where some are added and some are taken off.
    """
    signs = [direction(schemas, action.operation) for action in making]
    kinds = [made_kind(other, action) for action in making]
    note = f"{', '.join(action.operation.path.rpartition('/')[2] for action in making)} change it, by their names"
    if 0 in signs:
        return
    if len(set(signs)) == 1:
        yield inferred(note, **keys, **({"sign": -1} if signs[0] < 0 else {}))
        return
    names = {kind[0] for kind in kinds if kind is not None}
    if len(names) == 1 and None not in kinds:
        added = {kind[1] for kind, sign in zip(kinds, signs, strict=True) if kind is not None and sign > 0}
        taken = {kind[1] for kind, sign in zip(kinds, signs, strict=True) if kind is not None and sign < 0}
        if not added & taken:
            yield inferred(note, **keys, **{"lowered-by": {names.pop(): sorted(taken)}})


def _only(names: Iterator[str]) -> str:
    found = [*names]
    return found[0] if len(found) == 1 else ""


def _described(said: Sentence) -> Statement:
    return described(said.source)
