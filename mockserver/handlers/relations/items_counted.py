"""Figures of items, for replies that show none: how many there are, a sum of what they have, their newest time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from mockserver.handlers.request_context import RequestContext
from mockserver.openapi import json_codec
from mockserver.state.record import Record

Conditions = tuple[tuple[str, str], ...]
"""Properties with the values that they must have: as in JSON, as a plain text, or `:name` of a parameter.

A property that ends with `^` has a time that begins with the value.
"""

DIGITS = 2
"""How many decimals a mean has."""


def number_of_items(context: RequestContext, resource: str, conditions: Conditions) -> int:
    """The number of items that have these values."""
    return sum(1 for _ in _selected(context, resource, conditions))


def figure_of_items(context: RequestContext, kind: str, resource: str, field: str, conditions: Conditions) -> Any:
    """A figure of a property of the items that have these values; None if no item has the property."""
    values = [each.fields.get(field) for each in _selected(context, resource, conditions)]
    return FIGURES[kind]([value for value in values if value is not None])


def asked_value(context: RequestContext, name: str) -> Any:
    """A parameter of the request; None if it has none."""
    path = context.call.path
    return path[name] if name in path else context.call.query.get(name)


def _selected(context: RequestContext, resource: str, conditions: Conditions) -> Iterator[Record]:
    """The items below what the path of the request names, else below any owner."""
    plan, store, tenant = context.bound.plans[resource], context.transaction.store, context.tenant
    if store.source is not None:
        store.source.begin(plan.name, tenant)
    named = [str(context.call.path[each]) for each in plan.parent_parameters if each in context.call.path]
    owners = [owner for name, owner, _ in store.items(tenant) if name == plan.name]
    below = [owner for owner in owners if not named or owner.split("/")[: len(named)] == named]
    marked = plan.soft_delete.is_marked if plan.soft_delete is not None else None
    wanted = [(name, _wanted(context, written)) for name, written in conditions]
    known = [(name, value) for name, value in wanted if value is not None]
    for record in chain.from_iterable(store.collection(plan.name, tenant, owner) for owner in below):
        if (marked is None or not marked(record)) and all(_has(record, name, value) for name, value in known):
            yield record


def _wanted(context: RequestContext, written: str) -> str | None:
    """The value of a condition as a text; None for a parameter that the request does not have."""
    if not written.startswith(":"):
        return written
    value = asked_value(context, written[1:])
    return None if value is None else _text(value)


def _has(record: Record, name: str, wanted: str) -> bool:
    value = _text(record.fields.get(name.removesuffix("^")))
    return value.startswith(wanted) if name.endswith("^") else value == wanted


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json_codec.write(value).decode()


def _numbers(values: list[Any]) -> list[float]:
    return [value for value in values if type(value) in (int, float)]


def _sum(values: list[Any]) -> Any:
    total = sum(_numbers(values))
    return total if isinstance(total, int) else round(total, 9)


def _mean(values: list[Any]) -> Any:
    numbers = _numbers(values)
    mean = round(sum(numbers) / len(numbers), DIGITS) if numbers else None
    return int(mean) if mean is not None and mean.is_integer() else mean


FIGURES: dict[str, Callable[[list[Any]], Any]] = {
    "sum": _sum,
    "mean": _mean,
    "max": lambda values: max(values, key=_rank, default=None),
    "min": lambda values: min(values, key=_rank, default=None),
    "by": lambda values: dict(Counter(_text(value) for value in values)),
}
"""The kinds of figures, each with its function of the values that items have."""


def _rank(value: Any) -> tuple[bool, Any]:
    return (isinstance(value, str), value if isinstance(value, str | int | float) else 0)
