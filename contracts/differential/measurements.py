"""Measures a service: how many items it allows, how many are on a page, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contracts.checks.lists import ids, only
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.resources import CheckedResource
from contracts.runner.context import CheckContext

MOST = 120
"""The largest number of items that a measurement creates."""

TRIALS = (25, 60, MOST)
"""Numbers of items that are tried in turn to find the page size."""


def capacity_of(context: CheckContext, resource: CheckedResource) -> int | None:
    """How many items the service allows; None if it accepts MOST items, or refuses the first."""
    try:
        for count in range(MOST + 1):
            exchange, made = context.try_create(resource)
            if made is None:
                return count if count and 400 <= exchange.status < 500 else None
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
    """The field by which a list is ordered, and the direction; None if no field matches."""
    bodies = [context.body(resource) for _ in range(4)]
    made = [context.create(resource, bodies[number]) for number in (2, 0, 3, 1)]
    try:
        op = resource.operations.get("update")
        context.target.pause(1.1)
        for name in context.bodies.properties(op) if op else ():
            if op is not None and isinstance(made[1].sent.get(name), str) and name not in resource.server_fields:
                value = context.bodies.other(op, name, made[1].sent[name], "order")
                if value is not None and context.update(made[1], {name: value}).status < 300:
                    break
        items = only(resource, context.list_all(made[0])[0], made)
    finally:
        context.clean_up()
    seen = ids(resource, items)
    created = [str(each.id) for each in made]
    if len(seen) < len(made):
        return None
    if seen in (created, created[::-1]):
        return "creation", "ascending" if seen == created else "descending"
    times = resource.behaviour.timestamps
    preferred = [times.updated] if times and times.updated else []
    for name in [*preferred, *(key for key in items[0] if key not in preferred)]:
        direction = _direction([item.get(name) for item in items])
        if direction:
            return name, direction
    return None


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
