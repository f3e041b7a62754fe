"""Changes by another user: does an update, an action or a DELETE reach an item of the first user?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import change_of
from contracts.checks.missing_items import GONE
from contracts.checks.security.access_attempts import (
    DENIED,
    Access,
    AccessAttempt,
    in_list,
    is_known,
    owners_view,
    shows,
)
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.client.target import SAFE
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
        is_shown = made.resource.can("get") and field_name in access.own
        before = owners_view(context, made).get(field_name) if is_shown else None
        exchange = context.send(op, user=access.other, path=made.path, body={**required, field_name: value})
        steps: tuple[RecordedExchange, ...] = (made.exchange, exchange)
        denied = exchange.status in DENIED and before != value
        changed = 200 <= exchange.status < 300
        if (changed or denied) and is_shown:
            after = context.get(made)
            steps = (*steps, after)
            changed = context.item(made.resource.operations["get"], after).get(field_name) == value
        elif changed:
            changed = is_known(context, access, op, {**required, field_name: value})
        seen = f"status {exchange.status}, and {field_name} is changed"
        yield _changed(AccessAttempt(name, op, changed, seen, steps, denied=denied), exchange)


def _changed(attempt: AccessAttempt, exchange: RecordedExchange) -> AccessAttempt:
    """The response of an attempt shows that it had no effect, not the later look at the item."""
    if attempt.open:
        return attempt
    return AccessAttempt(attempt.kind, attempt.op, False, "", (attempt.exchanges[0], exchange))


def actions(context: CheckContext, access: Access) -> Iterator[AccessAttempt]:
    """Further operations that do something with an item, such as `POST /notes/{id}/publish`."""
    made = access.made
    for op in item_operations(context, made.resource):
        if op.operation.http_method in SAFE:
            continue
        body = body_of(context, op)
        if body is None:
            continue
        before = _steady(owners_view(context, made), owners_view(context, made))
        exchange = context.send(op, user=access.other, path=made.path, body=body)
        if exchange.status in DENIED:
            changed = _has_changed(context, made, before)
            seen = f"status {exchange.status}, and the item has changed" if changed else ""
            yield AccessAttempt("action", op, changed, seen, (made.exchange, exchange), denied=changed)
        elif not 200 <= exchange.status < 300:
            yield AccessAttempt("action", op, False, "", (made.exchange, exchange))
        else:
            certain = shows(context, made, exchange) or _has_changed(context, made, before)
            reached = certain or is_known(context, access, op, body)
            seen = f"status {exchange.status}, and it had an effect or shows the item"
            seen = seen if certain else f"status {exchange.status}, where the id of no item is refused"
            yield AccessAttempt("action", op, reached, seen, (made.exchange, exchange), certain)


def owners_status(context: CheckContext, access: Access, op: ResourceOperation) -> int:
    """The status that the owner gets for the same request."""
    sent = body_of(context, op)
    return context.send(op, user=access.owner, path=access.made.path, body=sent, may_be_refused=True).status


def body_of(context: CheckContext, op: ResourceOperation) -> Any:
    """A valid body, or none where the operation takes none; None if it takes one that cannot be made."""
    return MISSING if op.media_type is None else context.bodies.minimal(op, context.check)


def _steady(first: Mapping[str, Any], second: Mapping[str, Any]) -> Mapping[str, Any]:
    """What two reads of an item show alike: a number of views changes by itself."""
    return {name: value for name, value in first.items() if name in second and second[name] == value}


def _has_changed(context: CheckContext, made: CreatedItem, before: Mapping[str, Any]) -> bool:
    """Does the owner see another item than before, or none at all?"""
    if not made.resource.can("get"):
        return False
    reply = context.get(made)
    after = context.item(made.resource.operations["get"], reply)
    return reply.status in GONE or any(after.get(name) != value for name, value in before.items())


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
    denied = request.status in DENIED
    if not denied and not 200 <= request.status < 300:
        yield AccessAttempt("delete", op, False, "", (made.exchange, request))
        return
    gone, steps = _is_gone(context, access)
    seen = f"status {request.status}, and the item is gone"
    yield AccessAttempt("delete", op, gone, seen, (made.exchange, request, *(steps if gone else ())), denied=denied)


def _is_gone(context: CheckContext, access: Access) -> tuple[bool, list[RecordedExchange]]:
    made = access.made
    if made.resource.can("get"):
        reply = context.get(made)
        return reply.status in GONE, [reply]
    if made.resource.can("list"):
        there, exchanges = in_list(context, made, access.owner)
        return not there and exchanges[-1].status < 300, exchanges[-1:]
    return False, []
