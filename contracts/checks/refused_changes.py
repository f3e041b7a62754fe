"""Why a valid change may be refused: the value is one that no client may send, or the item is at fault."""

from __future__ import annotations

from typing import Any

from contracts.checks.input.edge_input import depends
from contracts.checks.input.refusal_causes import OTHER_RULE, told_elsewhere
from contracts.checks.item_view import changing
from contracts.checks.stored_fields import weaker
from contracts.checks.valid_bodies import is_open_value
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import ResourceOperation
from contracts.runner.context import CheckContext
from mockserver.inference.names import noun

BY_RULE = (400, 403, 404, 409, 412, 422)
"""Statuses of a request that a rule may forbid which the document does not state."""


def may_be_by_rule(context: CheckContext, op: ResourceOperation, name: str, status: int) -> bool:
    """May a change of a field be refused so by a rule that no schema states: a name that is taken, an item that is not?"""
    return status in BY_RULE and (is_open_value(context, op, name) or depends(context, op, name))


def doubt_of_change(
    context: CheckContext,
    op: ResourceOperation,
    created: CreatedItem,
    name: str,
    value: Any,
    refused: RecordedExchange,
) -> StatementRef | None:
    """A guess in place of the statement that a change of one field succeeds, if the service may refuse the value.

    A field with the very name of the resource (`pool` of a pool) is what the path names it by, and the refusal may tell
    another reason. Else two control requests tell: the same change to the value that the item has succeeds, so the
    value is at fault, and a create with the value is refused as well. None if they tell otherwise, or the value is one
    that the schema names.
    """
    status = refused.status
    if status in BY_RULE and noun(name) == noun(created.resource.name):
        return weaker(context, OTHER_RULE)
    told = told_elsewhere(context, op, name, refused) if status in BY_RULE else None
    if told is not None or value is None or not may_be_by_rule(context, op, name, status):
        return told
    if name not in created.sent:  # perhaps because no create may have it
        is_known = name in context.bodies.properties(created.resource.operations["create"])
        return weaker(context, OTHER_RULE) if is_known and not _is_created_with(context, created, name, value) else None
    own = changing(context, op, created.sent, name, created.sent[name])
    if own is None or context.update(created, own).status >= 300:
        return None
    return None if _is_created_with(context, created, name, value) else weaker(context, OTHER_RULE)


def _is_created_with(context: CheckContext, created: CreatedItem, name: str, value: Any) -> bool:
    """Does the service make an item with the value of a field?"""
    body = context.body(created.resource) | {name: value}
    if not context.bodies.accepts(created.resource.operations["create"], body):
        return False
    try:
        _, made = context.try_create(created.resource, body)
    except CannotBuildRequest:
        return False
    if made is not None and created.resource.can("delete"):
        context.remove(made)
    return made is not None


def own_values(
    context: CheckContext, op: ResourceOperation, created: CreatedItem, body: dict[str, Any]
) -> dict[str, Any] | None:
    """The body with the values that the item has where it was created with some; None if that is the same, or invalid."""
    own = body | {name: created.sent[name] for name in body if name in created.sent}
    return own if own != body and context.bodies.accepts(op, own) else None
