"""A check of conflicts: a request that is refused because of what exists, or of the state of an item, has no effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import fixed_fields
from contracts.checks.state.refused_requests import FAILED, changing_operations
from contracts.checks.stored_fields import lasting_changes, settled
from contracts.checks.valid_bodies import distinct_body, every_change
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, actions_of, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from contracts.runner.item_maker import CONFLICT
from mockserver.contract import Contract

MOST_FIELDS = 6
"""At most this many fields get the value of another item, one after the other."""


def conflict_without_effect(
    context: CheckContext, resource: CheckedResource, actions: tuple[ResourceOperation, ...]
) -> None:
    """A request that conflicts with another item, with those below, or with the state after an action, has no effect."""
    refused = 0
    for op in changing_operations(resource):
        if op.operation.response(CONFLICT) is not None:
            refused += _check_taken_values(context, resource, op) + _check_figures(context, resource, op)
    for action in actions:
        refused += _check_after(context, resource, action)
    context.compared += refused
    if not refused:
        raise CannotBuildRequest("no request was refused because of another item or of the state of its own")


def _check_taken_values(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> int:
    """Change every field of an item, one of them to the value that another item has. Returns how many were refused."""
    taken, created = (context.create(resource, distinct_body(context, resource)) for _ in range(2))
    good = every_change(context, resource, op, created)
    refused = 0
    fixed = fixed_fields(context, resource)
    for name in [name for name in good if name not in fixed][:MOST_FIELDS]:
        body = good | {name: taken.sent.get(name)}
        if name not in taken.sent or not context.bodies.accepts(op, body):
            continue
        before = settled(context, created)
        exchange = context.send(op, path=created.path, body=body)
        if exchange.status == CONFLICT:
            refused += 1
            history = (taken.exchange, created.exchange, exchange)
            _check_same(context, op, created, before, f"a conflict over {name}", f"{op.name} {name}", history)
    return refused


def _check_figures(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> int:
    """Change every field of an item that has items below it, one figure to its least or its most.

    A course cannot have less places than people take part. Returns how many requests were refused.
    """
    children, numbers = _children(context, resource), _numbers(context, resource, op)
    if not children or not numbers:
        return 0
    created = context.create(resource, distinct_body(context, resource))
    below = [context.try_create(each, path=created.path_below(each), may_conflict=True)[0] for each in children * 2]
    changed = every_change(context, resource, op, created)
    bodies = [changed, {name: created.sent[name] for name in changed if name in created.sent}]
    refused = 0
    for name, value in numbers:
        body = bodies[0] | {name: value}
        if not changed or not context.bodies.accepts(op, body):
            continue
        before = settled(context, created)
        exchange = context.send(op, path=created.path, body=body)
        if exchange.status < 300:
            bodies.reverse()  # the next request changes every field again
        elif exchange.status == CONFLICT:
            refused += 1
            about = f"{op.name} {name} {value}"
            _check_same(
                context, op, created, before, f"a conflict over {name}", about, (created.exchange, *below, exchange)
            )
    return refused


def _numbers(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> list[tuple[str, int | float]]:
    """The least and the most of each figure of a request, by its schema."""
    refers = {each.field for each in resource.behaviour.references}
    found, keyword = list[tuple[str, int | float]](), context.contract.schemas.keyword
    for name, pointer in context.bodies.properties(op).items():
        if (
            context.contract.schemas.types(pointer) & {"integer", "number"}
            and name not in fixed_fields(context, resource) | refers
        ):
            bounds = (keyword(pointer, "minimum"), keyword(pointer, "maximum"))
            found += [(name, each) for each in (*bounds, 1) if isinstance(each, int | float)]
    return list(dict.fromkeys(found))[:MOST_FIELDS]


def _children(context: CheckContext, resource: CheckedResource) -> list[CheckedResource]:
    """The resources that can be created below an item."""
    below = [each for each in context.shared.resources.values() if owner_of(each) == resource.name]
    return [each for each in below if each.can("create") and each.leads_through_owner(each.operations["create"])]


def _check_after(context: CheckContext, resource: CheckedResource, action: ResourceOperation) -> int:
    """After an action, send all that changes the item or adds to it. Returns how many requests were refused."""
    created = context.create(resource, distinct_body(context, resource))
    children = _children(context, resource)
    for child in children:
        context.try_create(child, path=created.path_below(child))
    done = sent_action(context, action, created)
    if done.status >= 300:
        return 0
    refused = 0
    for op in changing_operations(resource):
        body = every_change(context, resource, op, created)
        refused += bool(body) and _check_refused(context, created, done, op, created.path, body)
    for child in children:
        path, body = created.path_below(child), context.body(child)
        refused += _check_refused(context, created, done, child.operations["create"], path, body, child)
    return refused


def sent_action(context: CheckContext, op: ResourceOperation, created: CreatedItem) -> RecordedExchange:
    """The response to an action on an item, with a minimal body if it takes one."""
    body = context.bodies.minimal(op, context.check) if op.media_type else None
    user = context.acting_user(op, created)
    return context.send(op, user=user, path=created.path, body=MISSING if body is None else body)


def _check_refused(
    context: CheckContext,
    created: CreatedItem,
    done: RecordedExchange,
    op: ResourceOperation,
    path: Mapping[str, Any],
    body: Mapping[str, Any],
    child: CheckedResource | None = None,
) -> bool:
    """Send a request. If it is refused, the item is as it was before. Returns whether it was refused."""
    before = settled(context, created)
    exchange = context.send(op, path=path, body=body)
    if child is not None:
        context.record_created(child, exchange, body, created.user, path)
    if not 400 <= exchange.status < 500:
        return False
    what = f"{op.name}, which is refused after {done.method} {action_name(done)},"
    _check_same(
        context, op, created, before, what, f"{op.name} {action_name(done)}", (created.exchange, done, exchange)
    )
    return True


def action_name(done: RecordedExchange) -> str:
    """The last step of the path of an action."""
    return done.url.partition("?")[0].rstrip("/").rsplit("/", 1)[-1]


def _check_same(
    context: CheckContext,
    op: ResourceOperation,
    created: CreatedItem,
    before: Mapping[str, Any],
    what: str,
    about: str,
    history: tuple[RecordedExchange, ...],
) -> None:
    changed, _, shown = lasting_changes(context, created, before)
    context.compared += 1
    if changed:
        context.report_violation(
            f"{what} does not change the {created.resource.name}",
            "; ".join(changed),
            *history,
            *shown,
            about=about,
            operation=op.name,
        )


def _places(contract: Contract) -> Iterator[Place]:
    """Resources whose items can be read, with a documented conflict at an update, or with actions."""
    for resource in checked_resources(contract).values():
        if not resource.can("create", "get"):
            continue
        actions = tuple(actions_of(contract, resource))
        conflicting = [op for op in changing_operations(resource) if op.operation.response(CONFLICT) is not None]
        if actions or conflicting:
            op = conflicting[0] if conflicting else actions[0]
            statement = StatementRef(op.name, "http", "documented", FAILED, "A refused request has no effect.")
            yield op.name, statement, (resource, actions)


CHECKS = (Check("conflict-without-effect", (), _places, conflict_without_effect, exclusive=False),)
