"""A check of what an item shows in its states: new, with items below it, without them again, and after each action."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contracts.checks.state.conflicts import sent_action
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import (
    CheckedResource,
    ResourceOperation,
    actions_of,
    checked_resources,
    views_below,
)
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from mockserver.contract import Contract

SERVER_ERROR = "RFC 9110 section 15.6 (the server failed)"


def state_views(context: CheckContext, resource: CheckedResource, gets: tuple[ResourceOperation, ...]) -> None:
    """Each GET of an item succeeds in each of its states: new, with items below it or none again, after each action."""
    made = context.create(resource)
    working = [op for op in gets if _is_read(context, op, made, [])]
    if not working:
        raise CannotBuildRequest(f"no GET of a new {resource.name} succeeds")
    done: list[RecordedExchange] = []
    for child in context.shared.resources.values():
        if owner_of(child) == resource.name and child.can("create"):
            for exchange in _added_and_removed(context, child, made):
                done.append(exchange)
                working = [op for op in working if _is_read(context, op, made, done)]
    for action in actions_of(context.contract, resource):
        exchange = sent_action(context, action, made)
        if exchange.status < 300:
            done.append(exchange)
            working = [op for op in working if _is_read(context, op, made, done)]


def _added_and_removed(context: CheckContext, child: CheckedResource, made: CreatedItem) -> Iterator[RecordedExchange]:
    """Create an item below another one, delete it so that there is none any more, and create one again."""
    for is_last in (False, True):
        exchange, below = context.try_create(child, path=made.path_below(child), may_conflict=True)
        if below is None:
            return
        yield exchange
        if is_last or not child.can("delete"):
            return
        removed = context.delete(below)
        if removed.status >= 300:
            return
        yield removed


def _is_read(context: CheckContext, op: ResourceOperation, made: CreatedItem, done: Sequence[RecordedExchange]) -> bool:
    """Send a GET. Returns whether it succeeds; a server error after it did is a failure."""
    exchange = context.send(op, path=made.path, may_fail=not done)
    if done:
        context.expect_status(
            exchange.status < 500,
            f"{op.name} does not fail after {done[-1].method} {done[-1].url.partition('?')[0].rpartition('/')[2]}",
            made.exchange,
            *done,
            exchange,
            about=op.name,
        )
    return exchange.status < 300


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for resource in known.values():
        if not resource.can("create"):
            continue
        gets = tuple(_gets(contract, resource))
        below = [each for each in known.values() if owner_of(each) == resource.name and each.can("create")]
        if gets and (below or any(actions_of(contract, resource))):
            text = "A valid request does not make the server fail."
            yield gets[0].name, StatementRef(gets[0].name, "http", "documented", SERVER_ERROR, text), (resource, gets)


def _gets(contract: Contract, resource: CheckedResource) -> Iterator[ResourceOperation]:
    """The GETs of an item and directly below it."""
    if resource.can("get"):
        yield resource.operations["get"]
    yield from views_below(contract, resource)


CHECKS = (Check("state-views", (), _places, state_views, exclusive=False),)
