"""Refusing what is done a second time where the document allows it once: each client votes once."""

from __future__ import annotations

from mockserver.behaviour.statements import Once
from mockserver.errors import Refusal
from mockserver.handlers.refusals.documented_refusals import documented_refusal
from mockserver.handlers.refusals.refused_states import STATUSES
from mockserver.handlers.request_context import RequestContext
from mockserver.state.collection import CREATOR
from mockserver.state.record import Record

DONE = "done by"
"""How a key in `Record.hidden` begins for who has done something to an item; the operation follows."""

MOST = 1000
"""How many clients an item remembers for an operation, the newest."""


def check_once(context: RequestContext, stated: Once) -> None:
    """Raise Conflict, Invalid or Forbidden for a second request, and remember the first.

    A create that shows an item which there was before makes nothing.
    """
    caller = context.call.principal.name if stated.per == "caller" else ""
    before = context.before or context.current
    if before is None:
        _check_created(context, stated, caller)
    elif not context.bound.is_create:
        _check_done(context, stated, before, caller)


def _check_created(context: RequestContext, stated: Once, caller: str) -> None:
    """Look for an item of the same client below the same one."""
    plan, parent = context.bound.resource, context.bound.resource.statements.parent
    above = parent.field if parent is not None else ""
    for other in context.collection().view((CREATOR, caller)).after(None, newest_first=True):
        is_gone = plan.soft_delete is not None and plan.soft_delete.is_marked(other)
        is_beside = not above or other.fields.get(above) == context.item.fields.get(above)
        if is_beside and not is_gone and not _is_free(stated, other):
            _refuse(context, stated)
    context.item.hidden[CREATOR] = caller


def _check_done(context: RequestContext, stated: Once, record: Record, caller: str) -> None:
    key = f"{DONE} {context.bound.operation.operation_id}"
    known = record.hidden.get(key, ())
    if caller in known:
        _refuse(context, stated)
    if context.record is context.current:
        context.edit(record)
    context.item.hidden[key] = [*known, caller][-MOST:]


def _is_free(stated: Once, record: Record) -> bool:
    return any(record.fields.get(name) in values for name, values in stated.unless.items())


def _refuse(context: RequestContext, stated: Once) -> None:
    """Raise what the operation documents; without such a status the second request is like the first."""
    name = context.bound.resource.name.replace("-", " ")
    refusal: Refusal | None = documented_refusal(context.bound.operation, "this is possible once", name, (), STATUSES)
    if refusal is not None:
        raise refusal.because(stated)
