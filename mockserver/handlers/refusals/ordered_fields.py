"""Refusing items two of whose properties do not come in order: a minimum above its maximum."""

from __future__ import annotations

from typing import Any

from mockserver.errors import Fault
from mockserver.handlers.lists.ranges import is_within
from mockserver.handlers.refusals.documented_refusals import REFUSALS
from mockserver.handlers.request_context import RequestContext

STATUSES = (422, 400, 409)
"""The statuses by which a service may refuse it, the likeliest first."""


def in_order(context: RequestContext, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields. Raise Invalid or Conflict if two are not in the stated order, and the document has a status for it.

    Nothing is said about a field without a value, nor about values of different kinds.
    """
    for stated in context.bound.resource.statements.ordered:
        low, high = fields.get(stated.low), fields.get(stated.high)
        if low is None or high is None or not is_within(high, "at-most" if not stated.equal else "below", low):
            continue
        status = next((each for each in STATUSES if context.bound.operation.response(each) is not None), 0)
        if status:
            field, message = (
                stated.low,
                f"{stated.low} must be {'at most' if stated.equal else 'less than'} {stated.high}",
            )
            if isinstance(low, str):  # times: people correct the end, and not the begin
                field, message = (
                    stated.high,
                    f"{stated.high} must {'not be before' if stated.equal else 'be after'} {stated.low}",
                )
            fault = Fault("body", (field,), message, "ordered")
            raise REFUSALS[status](message, faults=(fault,)).because(stated)
    return fields
