"""What an item and the views of it show: `GET /plants/{id}` and `GET /plants/{id}/summary`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from contracts.cleanup.created_items import CreatedItem
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, views_below
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

MOST_ENTRIES = 10
"""So many entries of a list are compared."""

Shown = dict[str, Any]
"""The single values of the views of an item by their places: `GET /plants/{id}/summary: readings.average`."""


def owner_views(contract: Contract, owner: CheckedResource) -> tuple[ResourceOperation, ...]:
    """The GET of an item and those directly below it, without the lists of what is below it."""
    lists = {each.operations["list"].name for each in checked_resources(contract).values() if each.can("list")}
    return (owner.operations["get"], *(op for op in views_below(contract, owner) if op.name not in lists))


def shown_by(
    context: CheckContext, owner: CreatedItem, views: Sequence[ResourceOperation]
) -> tuple[Shown, list[RecordedExchange]]:
    """What the views of an item show, and the responses that succeed."""
    shown, read = Shown(), []
    for op in views:
        exchange = context.send(op, path=owner.path)
        if exchange.status < 300:
            read.append(exchange)
            shown |= {f"{op.name}: {place}": value for place, value in _single_values(exchange.json)}
    return shown, read


def _single_values(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """(place, value) of each single value in objects and in the first entries of lists."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _single_values(inner, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for index, inner in enumerate(value[:MOST_ENTRIES]):
            yield from _single_values(inner, f"{place}[{index}]")
    else:
        yield place, value
