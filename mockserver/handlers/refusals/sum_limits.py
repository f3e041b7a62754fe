"""Refusing what items that are alike would have together beyond what the document allows: 1440 minutes a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.behaviour.statements import SumLimit
from mockserver.errors import Fault
from mockserver.handlers.refusals.documented_refusals import REFUSALS
from mockserver.handlers.request_context import RequestContext
from mockserver.state.collection import CREATOR, Collection

STATUSES = (409, 422, 400)
"""The statuses by which a service may refuse it, the likeliest first."""


def check_sums(context: RequestContext, collection: Collection, id: Any, fields: Mapping[str, Any]) -> None:
    """Raise Conflict or Invalid for a value with which alike items have too much together."""
    for stated in context.bound.resource.statements.sum_limit:
        value: Any = fields.get(stated.field)
        status = next((each for each in STATUSES if context.bound.operation.response(each) is not None), None)
        if status is None or type(value) not in (int, float):
            continue
        together = value + sum(_others(context, stated, collection, id, fields))
        if together > stated.limit:
            message = f"{stated.field} would be {together:g} together, and {stated.limit:g} is the limit"
            raise REFUSALS[status](message, faults=(Fault("body", (stated.field,), message, "sum"),)).because(stated)


def caller_of(context: RequestContext) -> str:
    """Who made the item of a request, or makes it."""
    before = context.before
    return str(before.hidden.get(CREATOR, "")) if before is not None else context.call.principal.name


def _others(
    context: RequestContext, stated: SumLimit, collection: Collection, id: Any, fields: Mapping[str, Any]
) -> Iterator[float]:
    """The values of the other items that are alike."""
    first, caller = next(iter(stated.alike), ""), caller_of(context)
    alike = collection.view((first, fields.get(first))) if first else collection.view()
    for other in alike.after(None, newest_first=False):
        is_alike = all(other.fields.get(name) == fields.get(name) for name in stated.alike)
        is_own = stated.per != "caller" or other.hidden.get(CREATOR) == caller
        value = other.fields.get(stated.field)
        if other.id != id and is_alike and is_own and isinstance(value, int | float) and not isinstance(value, bool):
            yield value
