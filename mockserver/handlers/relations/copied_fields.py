"""What a new item, or a new entry of a list, takes from the item that it names: the price of the product."""

from __future__ import annotations

from typing import Any

from mockserver.behaviour.statements import Copied
from mockserver.examples.generator import fresh
from mockserver.handlers.relations.memberships import refuse_unknown_name
from mockserver.handlers.request_context import RequestContext
from mockserver.state.record import Record


def copy_fields(context: RequestContext, sent: dict[str, Any]) -> None:
    """Add to what was sent of a new item what it takes from the items that it names."""
    for stated in context.bound.resource.statements.copied:
        if not stated.within:
            _copy(context, stated, sent, is_entry=False)
            continue
        entries = sent.get(stated.within)
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                _copy(context, stated, entry, is_entry=True)


def copy_again(context: RequestContext, fields: dict[str, Any], changed: frozenset[str]) -> None:
    """Let the fields of a changed item have what it takes from the items that it names now."""
    for stated in context.bound.resource.statements.copied:
        if not stated.within and stated.by in changed and not changed.intersection(stated.fields):
            for name in stated.fields:
                fields.pop(name, None)
            _copy(context, stated, fields, is_entry=False)


def copy_into_entry(context: RequestContext, name: str, entry: dict[str, Any]) -> None:
    """Add to what was sent of a new entry of the list `name` what it takes. Raises Missing or Invalid."""
    for stated in context.bound.resource.statements.copied:
        if stated.within == name:
            _copy(context, stated, entry, is_entry=True)


def _copy(context: RequestContext, stated: Copied, fields: dict[str, Any], *, is_entry: bool) -> None:
    id = fields.get(stated.by)
    if id is None:
        return
    other = _other(context, stated, id, is_entry=is_entry)
    for name, own in stated.fields.items() if other is not None else ():
        if name not in fields and other is not None and own in other.fields:
            fields[name] = fresh(other.fields[own])


def _other(context: RequestContext, stated: Copied, id: Any, *, is_entry: bool) -> Record | None:
    """The item that is named; None if there is none, or if it is not clear below which owner it is."""
    plan = context.bound.plans[stated.resource]
    if any(name not in context.call.path for name in plan.parent_parameters):
        return None
    items = context.collection(stated.resource)
    found = items.get(id)
    if found is None and stated.key != plan.statements.identity.field:
        found = next((each for each in items if str(each.fields.get(stated.key)) == str(id)), None)
    if found is None and is_entry and len(items):
        refuse_unknown_name(context, stated.resource, stated.by, id)
    return found
