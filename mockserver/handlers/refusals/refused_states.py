"""Refusing what the document does not allow in a state of an item: what is closed is not closed again."""

from __future__ import annotations

from typing import Any

from mockserver.amounts import amount_of
from mockserver.behaviour.statements import Refused
from mockserver.handlers.refusals.documented_refusals import documented_refusal
from mockserver.handlers.relations.items_changed_by_name import named_item
from mockserver.handlers.request_context import RequestContext
from mockserver.openapi import json_codec
from mockserver.state.record import Record

RESTS = (409, 422, 402, 400)
"""The statuses by which a service may refuse what takes too much."""

STATUSES = (409, 422, 400, 403)
"""The statuses by which a service may refuse it, the likeliest first."""

PRESENT = "{present}"
"""Any value but null."""


def check_states(context: RequestContext, owner: Record | None) -> None:
    """Raise Conflict, Invalid or Forbidden if the item, or the `owner` that a new one is below, is in such a state."""
    for each in context.bound.refused:
        record = _record(context, each, owner)
        if record is not None and each.below:
            _check_amount(context, each, record)
        if record is None or each.below or not _refuses(each, record):
            continue
        name = (each.of or context.bound.resource.name).replace("-", " ")
        value = record.fields.get(each.field)
        told = value if isinstance(value, str) else json_codec.write(value).decode()
        message = f"this is not possible while the {each.field} of the {name} is {told}"
        refusal = documented_refusal(context.bound.operation, message, name, (), STATUSES)
        if refusal is not None:
            raise refusal.because(each)


def _check_amount(context: RequestContext, stated: Refused, record: Record) -> None:
    """Raise Conflict or Invalid if the request takes more of a number of the item than there is."""
    body = context.bound.item_body(context.call)
    asked = {**context.call.query, **(body if isinstance(body, dict) else {})}.get(stated.below)
    left: Any = amount_of(record.fields.get(stated.field))
    wanted: Any = amount_of(asked)
    if left is None or wanted is None or wanted <= left:
        return
    name = context.bound.resource.name.replace("-", " ")
    message = f"the {stated.field} of the {name} is {left}, which is less than {wanted}"
    refusal = documented_refusal(context.bound.operation, message, name, (stated.below,), RESTS)
    if refusal is not None:
        raise refusal.because(stated)


def _record(context: RequestContext, stated: Refused, owner: Record | None) -> Record | None:
    """The item whose state counts: the one that a property of the new item names, the owner, or the operation's own."""
    if stated.by:
        return named_item(context, stated.of, stated.by)
    return owner if stated.of else context.before or context.current


def _refuses(stated: Refused, record: Record) -> bool:
    if stated.reached:
        number, most = (record.fields.get(name) for name in (stated.field, stated.reached))
        return type(number) is type(most) is int and number >= most
    value, named = record.fields.get(stated.field), stated.when or stated.unless
    is_named = (value is not None) if PRESENT in named else value in named
    return is_named is bool(stated.when)
