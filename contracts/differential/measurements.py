"""Measures a service: how many items it allows, how many are on a page, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from contracts.checks.lists.listed_items import ids, only
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.resources import CheckedResource
from contracts.runner.context import CheckContext

MOST = 120
"""The largest number of items that a measurement creates."""

TRIALS = (25, 60, MOST)
"""Numbers of items that are tried in turn to find the page size."""


def capacity_of(context: CheckContext, resource: CheckedResource) -> int | None:
    """How many items the service allows, with those that are there; None if it accepts MOST, or refuses the first."""
    others = len(context.list_all(resource)[0]) if resource.can("list") and not resource.behaviour.parent else 0
    try:
        for count in range(MOST + 1):
            exchange, made = context.try_create(resource)
            if made is None:
                return others + count if count and 400 <= exchange.status < 500 else None
        return None
    finally:
        context.clean_up()


def page_size(context: CheckContext, resource: CheckedResource) -> int | None:
    """The default page size; None if a page can hold MOST items."""
    made: list[CreatedItem] = []
    try:
        for wanted in TRIALS:
            while len(made) < wanted:
                made.append(context.create(resource))
            shown = len(context.items(resource, context.list_page(made[0])))
            if shown < len(made):
                return shown
    except CannotBuildRequest:
        shown = len(context.items(resource, context.list_page(made[0]))) if made else 0
        return shown if 0 < shown < len(made) else None
    finally:
        context.clean_up()
    return None


def order_of(context: CheckContext, resource: CheckedResource) -> tuple[str, str] | None:
    """The field by which a list is ordered, and the direction; None if no field matches.

    It is measured twice, since four items are in the order of some field by chance.
    """
    first = _orders(context, resource, (2, 0, 3, 1))
    second = _orders(context, resource, (1, 3, 0, 2)) if first else []
    return next((each for each in first if each in second), None)


def _orders(context: CheckContext, resource: CheckedResource, numbers: Sequence[int]) -> list[tuple[str, str]]:
    """The orders that a list of four items is in, the likeliest first."""
    bodies = [context.body(resource) for _ in range(4)]
    made = [context.create(resource, bodies[number]) for number in numbers]
    try:
        _change_one(context, resource, made[1])
        items = only(resource, context.list_all(made[0])[0], made)
    finally:
        context.clean_up()
    seen, created = ids(resource, items), [str(each.id) for each in made]
    if len(seen) < len(made):
        return []
    if seen in (created, created[::-1]):
        return [("creation", "ascending" if seen == created else "descending")]
    return list(_fields_in_order(resource, items))


def _change_one(context: CheckContext, resource: CheckedResource, made: CreatedItem) -> None:
    """Change a text of an item, a second later."""
    op = resource.operations.get("update")
    context.target.pause(1.1)
    for name in context.bodies.properties(op) if op else ():
        if op is not None and isinstance(made.sent.get(name), str) and name not in resource.server_fields:
            value = context.bodies.other(op, name, made.sent[name], "order")
            if value is not None and context.update(made, {name: value}).status < 300:
                return


def _fields_in_order(resource: CheckedResource, items: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The fields whose values are in order. Those without equal values come first: they prove more."""
    times = resource.behaviour.timestamps
    preferred = [times.updated] if times and times.updated else []
    names = [*preferred, *(key for key in items[0] if key not in preferred)]
    columns = [(name, [item.get(name) for item in items]) for name in names]
    for name, values in sorted(columns, key=lambda each: len({*map(str, each[1])}) < len(items)):
        if direction := _direction(values):
            yield name, direction


def _direction(values: Sequence[Any]) -> str:
    """`ascending`, `descending`, or empty if values are not sorted or cannot be compared."""
    try:
        if len({*values}) < 2 or None in values:
            return ""
        ordered = sorted(values)
    except TypeError:
        return ""
    if list(values) == ordered:
        return "ascending"
    return "descending" if list(values) == ordered[::-1] else ""
