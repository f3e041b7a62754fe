"""Items that last from one moment to another, and that may not overlap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.behaviour.statements import NoOverlap
from mockserver.errors import Fault
from mockserver.handlers.lists.ranges import is_within
from mockserver.handlers.refusals.documented_refusals import REFUSALS
from mockserver.handlers.refusals.sum_limits import check_sums
from mockserver.handlers.refusals.unique_values import check_unique
from mockserver.handlers.request_context import RequestContext
from mockserver.state.collection import Collection
from mockserver.state.record import Record

STATUSES = (409, 422, 400)
"""The statuses by which a service may refuse it, the likeliest first."""


def check_values(context: RequestContext, collection: Collection, id: Any, fields: dict[str, Any]) -> None:
    """Raise Conflict or Invalid for values that an item may not have beside those of the other items."""
    check_unique(context, collection, id, fields)
    if context.bound.resource.statements.sum_limit:
        check_sums(context, collection, id, fields)
    stated = context.bound.resource.statements.no_overlap
    if stated is not None:
        _check_overlap(context, stated, collection, id, fields)


def _check_overlap(
    context: RequestContext, stated: NoOverlap, collection: Collection, id: Any, fields: dict[str, Any]
) -> None:
    if _is_free(stated, fields):
        return
    for other in collection:
        if other.id != id and _is_in_the_way(stated, other, fields):
            message = f"it overlaps with another one from {other.fields[stated.first]} to {other.fields[stated.last]}"
            status = next((each for each in STATUSES if context.bound.operation.response(each) is not None), None)
            if status is not None:
                fault = Fault("body", (stated.first,), message, "overlap")
                raise REFUSALS[status](message, faults=(fault,)).because(stated)


def _is_free(stated: NoOverlap, fields: Mapping[str, Any]) -> bool:
    return any(fields.get(name) in values for name, values in stated.unless.items())


def _is_in_the_way(stated: NoOverlap, other: Record, fields: Mapping[str, Any]) -> bool:
    """Is another item about the same, at the same time? One may begin when the other ends."""
    its, first, last = other.fields, stated.first, stated.last
    if _is_free(stated, its) or any(its.get(name) != fields.get(name) for name in stated.fields):
        return False
    return is_within(its.get(first), "below", fields.get(last)) and is_within(its.get(last), "above", fields.get(first))
