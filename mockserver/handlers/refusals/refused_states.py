"""Refusing what the document does not allow in a state of an item: what is closed is not closed again."""

from __future__ import annotations

from mockserver.behaviour.statements import Refused
from mockserver.handlers.refusals.documented_refusals import documented_refusal
from mockserver.handlers.request_context import RequestContext
from mockserver.state.record import Record

STATUSES = (409, 422, 400, 403)
"""The statuses by which a service may refuse it, the likeliest first."""

PRESENT = "{present}"
"""Any value but null."""


def check_states(context: RequestContext, owner: Record | None) -> None:
    """Raise Conflict, Invalid or Forbidden if the item, or the `owner` that a new one is below, is in such a state."""
    for each in context.bound.refused:
        record = owner if each.of else context.before or context.current
        if record is None or not _refuses(each, record):
            continue
        name = (each.of or context.bound.resource.name).replace("-", " ")
        value = record.fields.get(each.field)
        message = f"this is not possible while the {each.field} of the {name} is {'null' if value is None else value}"
        refusal = documented_refusal(context.bound.operation, message, name, (), STATUSES)
        if refusal is not None:
            raise refusal.because(each)


def _refuses(stated: Refused, record: Record) -> bool:
    value, named = record.fields.get(stated.field), stated.when or stated.unless
    is_named = (value is not None) if PRESENT in named else value in named
    return is_named is bool(stated.when)
