"""Refusing what the document does not allow in a state of an item: what is closed is not closed again."""

from __future__ import annotations

from mockserver.behaviour.statements import Refused
from mockserver.handlers.refusals.documented_refusals import documented_refusal
from mockserver.handlers.relations.items_changed_by_name import named_item
from mockserver.handlers.request_context import RequestContext
from mockserver.openapi import json_codec
from mockserver.state.record import Record

STATUSES = (409, 422, 400, 403)
"""The statuses by which a service may refuse it, the likeliest first."""

PRESENT = "{present}"
"""Any value but null."""


def check_states(context: RequestContext, owner: Record | None) -> None:
    """Raise Conflict, Invalid or Forbidden if the item, or the `owner` that a new one is below, is in such a state."""
    for each in context.bound.refused:
        record = _record(context, each, owner)
        if record is None or not _refuses(each, record):
            continue
        name = (each.of or context.bound.resource.name).replace("-", " ")
        value = record.fields.get(each.field)
        told = value if isinstance(value, str) else json_codec.write(value).decode()
        message = f"this is not possible while the {each.field} of the {name} is {told}"
        refusal = documented_refusal(context.bound.operation, message, name, (), STATUSES)
        if refusal is not None:
            raise refusal.because(each)


def _record(context: RequestContext, stated: Refused, owner: Record | None) -> Record | None:
    """The item whose state counts: the one that a property of the new item names, the owner, or the operation's own."""
    if stated.by:
        return named_item(context, stated.of, stated.by)
    return owner if stated.of else context.before or context.current


def _refuses(stated: Refused, record: Record) -> bool:
    value, named = record.fields.get(stated.field), stated.when or stated.unless
    is_named = (value is not None) if PRESENT in named else value in named
    return is_named is bool(stated.when)
