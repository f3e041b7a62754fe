"""The account that a request is about: the one that asks, or the one whose name and password it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.behaviour.statements import Account
from mockserver.errors import Unauthenticated
from mockserver.examples.generator import fresh
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.handlers.relations.shown_values import like
from mockserver.handlers.request_context import RequestContext
from mockserver.state.collection import Collection
from mockserver.state.record import Record

NAMED = "named"
"""The value of `action.account` of a login."""


def account_of(context: RequestContext) -> Record:
    """The account that an operation is about. Raises Unauthenticated for a login with a wrong name or password.

    Where no client has made an account yet there is one all the same: a client may log in first.
    """
    plan = context.bound.resource
    stated, items = plan.statements.account, context.collection()
    if stated is None:
        raise context.missing()
    if context.bound.account != NAMED:
        return _asking(context, stated, items) or _made(context, plan, items, {})
    sent = context.bound.item_body(context.call)
    names = {name: value for name, value in sent.items() if name != stated.password and isinstance(value, str)}
    found = next((each for each in items if _is_called(stated, each, names)), None)
    if found is None and not len(items):
        return _made(context, plan, items, {name: value for name, value in names.items() if name in stated.names})
    password = found.fields.get(stated.password) if found is not None and stated.password else None
    if found is None or (password is not None and sent.get(stated.password) != password):
        raise Unauthenticated("there is no account with this name and password").because(stated)
    return found


def show_account(context: RequestContext, record: Record) -> None:
    """Let a new item show the account of the client that makes it, where it shows who did."""
    for each in context.bound.resource.statements.references:
        if not each.own:
            continue
        plan = context.bound.plans[each.resource]
        stated = plan.statements.account
        found = _asking(context, stated, context.collection(plan.name)) if stated is not None else None
        if found is None:
            continue
        if each.key:
            record.fields[each.field] = found.fields.get(each.key, found.id)
        elif isinstance(record.fields.get(each.field), dict):
            record.fields[each.field] = like(record.fields[each.field], fresh(found.fields))


def _asking(context: RequestContext, stated: Account, items: Collection) -> Record | None:
    """The account whose token the request has, else the one that was made last; None if there is none."""
    credential = context.call.principal.credential
    if stated.token and credential.startswith(stated.token):
        found = items.get(credential.removeprefix(stated.token))
        if found is not None:
            return found
    return next(iter(items.view().first(1, None, newest_first=True)), None)


def _made(context: RequestContext, plan: ResourcePlan, items: Collection, fields: dict[str, Any]) -> Record:
    record = plan.new_record(context.call, context.world, context.moment, items, context.next_sequence(), fields)
    context.transaction.add(items, record)
    return record


def _is_called(stated: Account, record: Record, names: Mapping[str, str]) -> bool:
    """Has an account one of the names that were sent? A client may send its e-mail address as the user name."""
    own = {str(record.fields[name]).casefold() for name in stated.names if record.fields.get(name) is not None}
    return any(value.casefold() in own for value in names.values())
