"""What is below an item of one user: can another user read it, where the document has no operation that adds to it?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from contracts.checks.security.access_attempts import Access, AccessAttempt, as_unknown, shows
from contracts.checks.security.other_user_changes import body_of, item_operations
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.client.target import SAFE
from contracts.model.finding import RecordedExchange
from contracts.model.resources import ResourceOperation
from contracts.runner.context import CheckContext


def reads_below(context: CheckContext, access: Access) -> Iterator[AccessAttempt]:
    """Each GET whose path goes on after the id, such as `GET /carts/{id}/history`. Its owner must be able to read it."""
    made = access.made
    filled: CreatedItem | None = None
    for op in [*item_operations(context, made.resource), *_unfilled(context, access)]:
        if op.operation.http_method != "GET" or not _is_read(context, op, made, access):
            continue
        exchange = context.send(op, user=access.other, path=made.path)
        if not 200 <= exchange.status < 300:
            yield AccessAttempt("nested", op, False, "", (made.exchange, exchange))
            continue
        unknown = as_unknown(context, access, op, MISSING)
        if shows(context, made, exchange):
            seen = f"status {exchange.status} with the item"
            yield AccessAttempt("nested", op, True, seen, (made.exchange, exchange))
        elif unknown is not None and unknown.status >= 400:
            seen = f"status {exchange.status}, where the id of no item is refused with {unknown.status}"
            yield AccessAttempt("nested", op, True, seen, (made.exchange, unknown, exchange), certain=False)
        else:
            filled = filled or _filled(context, access)
            yield _compared(context, access, op, filled)


def _is_read(context: CheckContext, op: ResourceOperation, made: CreatedItem, access: Access) -> bool:
    try:
        return 200 <= context.send(op, user=access.owner, path=made.path).status < 300
    except CannotBuildRequest:
        return False


def _unfilled(context: CheckContext, access: Access) -> Iterator[ResourceOperation]:
    """Lists of children that no operation creates."""
    for child in context.shared.resources.values():
        parent, op = child.behaviour.parent, child.operations.get("list")
        is_below = parent is not None and parent.resource == access.made.resource.name and not child.can("create")
        if is_below and op is not None and child.leads_through_owner(op):
            yield op


def _filled(context: CheckContext, access: Access) -> CreatedItem:
    """A further item of the owner, who has done with it what may leave something below it."""
    made = access.made
    with suppress(CannotBuildRequest):
        made = context.create(made.resource, user=access.owner)
    for op in item_operations(context, made.resource):
        body = body_of(context, op)
        if op.operation.http_method not in SAFE | {"DELETE"} and body is not None and made is not access.made:
            with suppress(CannotBuildRequest):
                context.send(op, user=access.owner, path=made.path, body=body)
    return made


def _compared(context: CheckContext, access: Access, op: ResourceOperation, made: CreatedItem) -> AccessAttempt:
    """Does the other user read the same as the owner, and something else than of an item that does not exist?"""
    own = context.send(op, user=access.owner, path=made.path)
    exchange = context.send(op, user=access.other, path=made.path)
    nothing = as_unknown(context, access, op, MISSING)
    same = _content(own) is not None and _content(own) == _content(exchange) != _content(nothing)
    seen = f"status {exchange.status} with what its owner reads"
    return AccessAttempt("nested", op, same and nothing is not None, seen, (made.exchange, own, exchange))


def _content(exchange: RecordedExchange | None) -> Any:
    return exchange.json if exchange is not None and 200 <= exchange.status < 300 else None
