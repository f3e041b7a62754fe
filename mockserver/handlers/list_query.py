"""Filtering and sorting a list by the query of a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.handlers.request_context import RequestContext
from mockserver.handlers.resource_plan import filter_condition
from mockserver.state.collection import Collection
from mockserver.state.views import FilteredView, Selection


def select(context: RequestContext, collection: Collection) -> FilteredView | Selection:
    """The items that the filters of the request leave, in the order that it asks for."""
    return _sorted(context, _filtered(context, collection))


def _filtered(context: RequestContext, collection: Collection) -> FilteredView | Selection:
    asked = (
        filter_condition(entry, getattr(context.call, entry.location).get(entry.parameter))
        for entry in context.bound.filters
    )
    conditions = [condition for condition in asked if condition is not None]
    if not conditions:
        return collection.view()
    if len(conditions) == 1 and collection.is_indexed(conditions[0][0]):
        return collection.view(conditions[0])
    walk = collection.view().after(None, newest_first=context.bound.resource.newest_first)
    return Selection([r for r in walk if all(_found(r.fields, name) == value for name, value in conditions)])


def _found(fields: Mapping[str, Any], name: str) -> Any:
    """The value of a property; `project.name` is one of an embedded object, unless a property has that name."""
    if name in fields or "." not in name:
        return fields.get(name)
    outer, _, inner = name.partition(".")
    embedded = fields.get(outer)
    return _found(embedded, inner) if isinstance(embedded, Mapping) else None


def _sorted(context: RequestContext, selected: FilteredView | Selection) -> FilteredView | Selection:
    sort, newest_first = context.bound.sort, context.bound.resource.newest_first
    by, backwards = context.bound.resource.statements.order.by, newest_first
    sent = context.call.query.get(sort.parameter) if sort is not None else None
    if sort is not None and sent:
        direction = str(context.call.query.get(sort.direction) or "") if sort.direction else ""
        by, backwards = str(sent).lstrip("+-"), str(sent).startswith("-") or direction.lower().startswith("desc")
    if by == "creation":
        return selected
    records = selected.after(None, newest_first=False)
    return Selection(sorted(records, key=lambda each: (_rank(each.fields.get(by)), each.sequence), reverse=backwards))


def _rank(value: Any) -> tuple[int, Any]:
    """A sort key for values of different types: null first, then numbers, then text."""
    if value is None:
        return (0, 0)
    return (1, value) if isinstance(value, int | float) else (2, str(value))
