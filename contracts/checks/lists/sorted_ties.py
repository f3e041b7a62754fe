"""A check of sorted lists: items of the same value are in the order that the document says for them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from contracts.checks.item_view import as_json
from contracts.checks.lists.listed_items import ids, in_one_list, only
from contracts.checks.lists.ordering import is_before, sort_choices
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.check import Check, Place, operation_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Sort
from mockserver.contract import Contract

ALIKE = 4
"""How many items with the same value are created."""

APART = 1.05
"""Seconds between two of them: a service may keep the time of creation in whole seconds."""


class _Tie(NamedTuple):
    """Items with the same `field` are in the order of `by`, or else of their creation; perhaps `backwards`."""

    field: str
    by: str
    backwards: bool


def sorted_ties(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, statement: Sort, tie: _Tie
) -> None:
    """In a sorted list, items with the same value to sort by have the described order among themselves."""
    created = in_one_list(resource, _alike(context, resource, tie))
    choices = [each for each in sort_choices(context, op, statement, created) if each.field == tie.field]
    choice = next((each for each in choices if not each.backwards), None)
    if choice is None or len(created) < ALIKE - 1:
        raise CannotBuildRequest(f"no value of {statement.parameter} sorts items with the same {tie.field}")
    items, listing = context.list_all(created[0], query={statement.parameter: choice.value, **choice.more}, op=op)
    if any(each.status >= 400 for each in listing):
        raise CannotBuildRequest(f"the list was refused with {listing[-1].status}, which other checks report")
    ours = only(resource, items, created)
    if len({as_json(item.get(tie.field)) for item in ours}) != 1:
        raise CannotBuildRequest(f"the new items do not show the same {tie.field}")
    values = _values(resource, tie, ours, created)
    if len({type(value) for value in values} & {int, float, str}) != 1 or None in values:
        raise CannotBuildRequest(f"the list shows no {tie.by} that can be compared")
    pairs = pairwise(reversed(values) if tie.backwards else values)
    order = f"in the order of {tie.by}" if tie.by else f"the {'newest' if tie.backwards else 'oldest'} first"
    context.expect(
        not any(is_before(after, before) for before, after in pairs),
        f"with {statement.parameter}={choice.value}, items with the same {tie.field} are {order}",
        as_json(values),
        *(each.exchange for each in created),
        *listing,
        about=f"{tie.field} {tie.by}",
    )


def _alike(context: CheckContext, resource: CheckedResource, tie: _Tie) -> list[CreatedItem]:
    """Items with one value to sort by: the last one created comes neither first nor last by `by`, if it can be chosen."""
    first = context.body(resource, full=True)
    if tie.field not in first:
        raise CannotBuildRequest(f"no create request sets {tie.field}")
    bodies = [first, *(context.body(resource, full=True) | {tie.field: first[tie.field]} for _ in range(ALIKE - 1))]
    if tie.by:
        bodies.sort(key=lambda body: str(body.get(tie.by)))
        bodies = [bodies[number] for number in (2, 0, 3, 1)]
    made = []
    for number, body in enumerate(bodies):
        if number and not tie.by:
            context.target.pause(APART)
        made.append(context.create(resource, body))
    return made


def _values(resource: CheckedResource, tie: _Tie, ours: list[Any], created: list[CreatedItem]) -> list[Any]:
    """What the order is by, of each item in the list: a field, or the number of its creation."""
    if tie.by:
        return [item.get(tie.by) for item in ours]
    known = [str(each.id) for each in created]
    return [known.index(id) for id in ids(resource, ours)]


def _places(contract: Contract) -> Iterator[Place]:
    for operation, statement, (resource, op, sort) in operation_statement("sort", "create", "list")(contract):
        for field, by in sort.ties.items():
            named = by.removeprefix("-")
            tie = _Tie(field, "" if named == "creation" else named, by.startswith("-"))
            yield operation, statement, (resource, op, sort, tie)


CHECKS = (Check("sorted-ties", ("sort",), _places, sorted_ties, quick=False),)
