"""Items that only the account may use which made them."""

from __future__ import annotations

from mockserver.handlers.refusals.documented_refusals import documented_refusal
from mockserver.handlers.request_context import RequestContext
from mockserver.state.record import Record

STATUSES = (403, 404)
"""The statuses by which a service may refuse it, the likeliest first."""


def refuse_others(context: RequestContext, record: Record) -> None:
    """Raise Missing or Forbidden for the item of another account, where the operation is only for one's own."""
    stated, plan = context.bound.own, context.bound.resource
    if stated is None or plan.own is None or not plan.own.is_others(record, context.call.principal):
        return
    name = plan.name.replace("-", " ")
    refusal = documented_refusal(context.bound.operation, f"the {name} is another user's", plan.name, (), STATUSES)
    if stated.hides or refusal is None:
        refusal = context.missing()
    raise refusal.because(stated)
