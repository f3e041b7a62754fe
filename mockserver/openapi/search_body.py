"""The body of a search: the same values that the query of a GET has, some of them inside of objects.

An object of conditions (`filters`) says nothing but that these are conditions: what is in it is called as it is there.
Any other object names what is in it: `price: {min: 5}` is `price[min]`, as a query writes it. What orders the items is
written as texts: `sort: [{field: price, direction: desc}]` is `price desc`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

CONDITIONS = frozenset(("filter", "filters", "where", "criteria", "conditions", "query", "search", "params"))
"""Properties, by `called`, whose object has further values of the search."""

ORDERS = frozenset(("sort", "sorts", "sorting", "sortby", "orderby", "order", "ordering", "orders"))
"""Properties, by `called`, that say in which order items come."""

FIELDS = (
    "field", "by", "property", "column", "attribute", "key", "fieldname", "propertyname", "sortby", "orderby",
    "sortfield", "orderfield", "name", "path",
)  # fmt: skip
"""Properties of an object that orders: which property of the items it is about, the likeliest first."""

WAYS = ("direction", "order", "dir", "sortorder", "sortdirection", "orderdirection", "way")
"""The same for the direction, as a text or as 1 and -1."""

UPWARDS, DOWNWARDS = ("ascending", "asc", "isascending"), ("descending", "desc", "isdescending", "reverse")
"""The same for the direction, as a flag."""

DEEPEST = 3
"""How many objects deep a value may be."""


def called(name: str) -> str:
    """A name in lower case without separators."""
    return name.lower().replace("_", "").replace("-", "")


def first(names: Iterable[str], wanted: Iterable[str]) -> str:
    """The likeliest of the names that mean something wanted; empty if none does."""
    known = {called(name): name for name in names}
    return next((known[one] for one in wanted if one in known), "")


def values(body: Any) -> dict[str, Any]:
    """The values of a search by name; empty if the body is no object. Of two with one name the outer one counts."""
    return dict(_values(body, "", DEEPEST)) if isinstance(body, Mapping) else {}


def _values(body: Mapping[str, Any], holder: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Each value with its name; those that others overrule come first."""
    for name, value in body.items():
        if depth and isinstance(value, Mapping):
            yield from _values(value, holder if called(name) in CONDITIONS else _within(holder, name), depth - 1)
    for name, value in body.items():
        yield _within(holder, name), _written(value) if called(name) in ORDERS else value


def _within(holder: str, name: str) -> str:
    return f"{holder}[{name}]" if holder else name


def _written(order: Any) -> Any:
    """What orders the items, as texts: `price desc`; what is no object stays as it is."""
    if isinstance(order, list):
        return [_written(each) for each in order]
    field = first(order, FIELDS) if isinstance(order, Mapping) else ""
    if not isinstance(order, Mapping) or not isinstance(order.get(field), str):
        return order
    way = _way({called(name): value for name, value in order.items() if name != field})
    return f"{order[field]} {way}" if way else order[field]


def _way(order: Mapping[str, Any]) -> str:
    """The direction that an object says: `asc`, `desc` or empty."""
    said = next((order[name] for name in WAYS if order.get(name) is not None), None)
    if said is None:
        flags = [bool(order[name]) for name in DOWNWARDS if name in order]
        flags += [not order[name] for name in UPWARDS if name in order]
        return "" if not flags else "desc" if flags[0] else "asc"
    return "desc" if str(said).lower().startswith(("desc", "-")) else "asc"
