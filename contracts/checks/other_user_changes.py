"""Changes by another user: does an update, an action or a DELETE reach an item of the first user?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.access_attempts import Access, AccessAttempt, in_list, owners_view, shows
from contracts.checks.deleted_items import unknown_ids
from contracts.checks.item_view import change_of
from contracts.checks.missing_items import GONE
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.context import CheckContext
from mockserver.openapi import path_template


def changes(context: CheckContext, access: Access) -> Iterator[AccessAttempt]:
    """An update and a replacement of one field. Only what the owner then sees counts."""
    made = access.made
    for name in ("update", "replace"):
        op = made.resource.operations.get(name)
        if op is None or op.media_type is None:
            continue
        try:
            field_name, value = change_of(context, made.resource, op, made)
        except CannotBuildRequest:
            continue
        required = {n: v for n, v in made.sent.items() if name == "replace" or n in context.bodies.required(op)}
        exchange = context.send(op, user=access.other, path=made.path, body={**required, field_name: value})
        steps: tuple[RecordedExchange, ...] = (made.exchange, exchange)
        changed = 200 <= exchange.status < 300
        if changed and made.resource.can("get") and field_name in access.own:
            after = context.get(made)
            steps = (*steps, after)
            changed = context.item(made.resource.operations["get"], after).get(field_name) == value
        elif changed:
            changed = _is_known(context, access, op, {**required, field_name: value})
        yield _changed(
            AccessAttempt(name, op, changed, f"status {exchange.status}, and {field_name} is changed", steps), exchange
        )


def _changed(attempt: AccessAttempt, exchange: RecordedExchange) -> AccessAttempt:
    """The response of an attempt shows that it had no effect, not the later look at the item."""
    if attempt.open:
        return attempt
    return AccessAttempt(attempt.kind, attempt.op, False, "", (attempt.exchanges[0], exchange))


def _is_known(context: CheckContext, access: Access, op: ResourceOperation, body: Any) -> bool:
    """Does an operation refuse an unknown id, so that a success means that it found the item?"""
    made = access.made
    parameter = made.resource.behaviour.identity.parameter
    for id in unknown_ids(context, made):
        reply = context.send(op, user=access.other, path={**made.path, parameter: id}, body=body)
        return reply.status >= 400
    return False


def actions(context: CheckContext, access: Access) -> Iterator[AccessAttempt]:
    """Further operations on an item, such as `POST /notes/{id}/publish`."""
    made = access.made
    for op in item_operations(context, made.resource):
        body: Any = MISSING
        if op.media_type is not None:
            filled = context.bodies.minimal(op, context.check)
            if filled is None:
                continue
            body = filled
        before = owners_view(context, made)
        exchange = context.send(op, user=access.other, path=made.path, body=body)
        if not 200 <= exchange.status < 300:
            yield AccessAttempt("action", op, False, "", (made.exchange, exchange))
            continue
        reached = shows(context, made, exchange) or _has_changed(context, made, before)
        if not reached and op.operation.method in ("put", "patch", "delete"):
            reached = _is_known(context, access, op, body)
        seen = f"status {exchange.status}, and it had an effect or shows the item"
        yield AccessAttempt("action", op, reached, seen, (made.exchange, exchange))


def _has_changed(context: CheckContext, made: CreatedItem, before: Mapping[str, Any]) -> bool:
    """Does the owner see another item than before, or none at all?"""
    if not made.resource.can("get"):
        return False
    reply = context.get(made)
    return reply.status in GONE or context.item(made.resource.operations["get"], reply) != before


def item_operations(context: CheckContext, resource: CheckedResource) -> list[ResourceOperation]:
    """Operations on an item besides those of its resource and of its children: their path goes on after the id."""
    of_children = {op.name for child in context.shared.resources.values() for op in child.operations.values()}
    item = next((op for name, op in resource.operations.items() if resource.is_of_item(op)), None)
    if item is None:
        return []
    start = item.operation.path.rstrip("/") + "/"
    return [
        op
        for op in context.shared.operations.values()
        if op.operation.path.startswith(start)
        and op.name not in of_children
        and len(path_template.names(op.operation.path)) == len(path_template.names(item.operation.path))
    ]


def deletes(context: CheckContext, access: Access) -> Iterator[AccessAttempt]:
    """A DELETE. Only what the owner then finds counts."""
    made, op = access.made, access.made.resource.operations.get("delete")
    if op is None:
        return
    request = context.send(op, user=access.other, path=made.path)
    if not 200 <= request.status < 300:
        yield AccessAttempt("delete", op, False, "", (made.exchange, request))
        return
    gone, steps = _is_gone(context, access)
    seen = f"status {request.status}, and the item is gone"
    yield AccessAttempt("delete", op, gone, seen, (made.exchange, request, *(steps if gone else ())))


def _is_gone(context: CheckContext, access: Access) -> tuple[bool, list[RecordedExchange]]:
    made = access.made
    if made.resource.can("get"):
        reply = context.get(made)
        return reply.status in GONE, [reply]
    if made.resource.can("list"):
        there, exchanges = in_list(context, made, access.owner)
        return not there and exchanges[-1].status < 300, exchanges[-1:]
    return False, []
