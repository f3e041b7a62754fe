"""Checks of concurrent requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from contracts.checks.deletable_items import deletable, is_documented_conflict
from contracts.checks.item_view import change_of, fixed_fields, showable
from contracts.checks.lists.listed_items import ids
from contracts.checks.missing_items import HIDDEN_OR_GONE
from contracts.checks.state.identity import requested_count
from contracts.checks.stored_fields import whole_put
from contracts.checks.value_likeness import ABSENT, likeness
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource
from contracts.runner.check import Check, http_rule, resource_statement
from contracts.runner.context import CheckContext
from contracts.runner.item_maker import CONFLICT
from mockserver.behaviour.statements import Capacity, Unique

CONCURRENT = 8
"""How many requests are sent concurrently."""


def concurrent_creates(context: CheckContext, resource: CheckedResource) -> None:
    """Concurrent creates all succeed: each item has its own id and values, and is in the list once."""
    alone = context.create(resource)  # otherwise refusals are not about concurrency
    created, exchanges, bodies = _create_concurrently(context, resource, min([CONCURRENT, *_room(context, resource)]))
    if requested_count(created) < len(created) or (
        resource.is_put and len({e.url for e in exchanges}) < len(exchanges)
    ):
        raise CannotBuildRequest("several requests would have the same client-chosen id")
    _check_room(context, resource, created, exchanges)
    created_ids = [str(each.id) for each in created]
    op = resource.operations["create"]
    refused = [(each, body) for each, body in zip(exchanges, bodies, strict=True) if each.status >= 300]
    conflicts = {each.status for each, _ in refused} == {CONFLICT}
    may_conflict = conflicts and op.operation.response(CONFLICT) is not None  # with the state of their owner, perhaps
    may_refuse = may_conflict or (op.may_refuse and all(each.status < 500 for each in exchanges))
    may_refuse = may_refuse or all(_is_refused_alone(context, resource, *each) for each in refused)
    context.expect(
        len(created) == len(exchanges) or may_refuse,
        f"all {len(exchanges)} concurrent creates succeed",
        _statuses(exchanges),
        *exchanges,
        about="accepted",
    )
    context.expect(
        len(set(created_ids)) == len(created_ids),
        "concurrently created items have different ids",
        f"{len(created_ids) - len(set(created_ids))} items share an id",
        *exchanges,
        about="ids",
    )
    if resource.can("list"):
        _check_listed_once(context, resource, created, exchanges)
    otherwise = _other_values(context, resource, alone) if resource.can("get") else frozenset()
    for each in created if resource.can("get") else ():
        _check_own_values(context, resource, each, otherwise)


def _is_refused_alone(
    context: CheckContext, resource: CheckedResource, exchange: RecordedExchange, body: dict[str, Any]
) -> bool:
    """Does the service refuse the same request in the same way when no other one is on its way?"""
    op = resource.operations["create"]
    if resource.is_put or not 400 <= exchange.status < 500:
        return False
    path = context.parent_path(resource, context.main_user)
    alone = context.send(op, path=path, body=body)
    context.record_created(resource, alone, body, context.main_user, path)
    return alone.status == exchange.status


def _check_listed_once(
    context: CheckContext,
    resource: CheckedResource,
    created: Sequence[CreatedItem],
    exchanges: Sequence[RecordedExchange],
) -> None:
    items, listing = context.list_all(created[0] if created else resource)
    listed = Counter(ids(resource, items))
    once = sum(listed[str(each.id)] == 1 for each in created)
    context.expect(
        once == len(created),
        "each concurrently created item is in the list once",
        f"{len(created)} were created, {once} are listed once",
        *exchanges,
        *listing,
        about="listed",
    )


def _other_values(context: CheckContext, resource: CheckedResource, created: CreatedItem) -> frozenset[str]:
    """The texts of an item that a GET shows as other ones than were sent."""
    op = resource.operations["get"]
    shown = context.item(op, context.get(created))
    fixed, visible = fixed_fields(context, resource), showable(context, resource, op)
    return frozenset(
        name
        for name, value in created.sent.items()
        if name in shown
        and isinstance(value, str)
        and name not in fixed
        and likeness(shown[name], value, name) == "different"
        and name in visible
    )


def _check_own_values(
    context: CheckContext, resource: CheckedResource, created: CreatedItem, otherwise: frozenset[str]
) -> None:
    """A concurrently created item has its values, but for those that one which was created alone shows `otherwise`."""
    mixed = sorted(_other_values(context, resource, created) - otherwise)
    context.expect(
        not mixed,
        "each item has the values of its own create request",
        f"other values of {', '.join(mixed)}",
        created.exchange,
        about="mixed",
    )


def _statuses(exchanges: Sequence[RecordedExchange]) -> str:
    return ", ".join(f"{count} × status {status}" for status, count in Counter(e.status for e in exchanges).items())


def _room(context: CheckContext, resource: CheckedResource) -> list[int]:
    held = len(context.list_all(resource)[0]) if resource.can("list") and resource.behaviour.capacity else 0
    return [max(statement.limit - held, 1) for statement in resource.behaviour.capacity]


NO_ROOM = frozenset({402, 403, 409, 429})
"""How a service refuses one item too many."""


def _check_room(
    context: CheckContext,
    resource: CheckedResource,
    created: Sequence[CreatedItem],
    exchanges: Sequence[RecordedExchange],
) -> None:
    """Raise CannotBuildRequest if there was room for some of the items only: an item on its own is refused too."""
    refused = {each.status for each in exchanges if not 200 <= each.status < 300}
    if created and refused and refused <= NO_ROOM and context.try_create(resource)[0].status in refused:
        raise CannotBuildRequest(f"there is room for {len(created)} items; {len(exchanges)} are needed")


def _create_concurrently(
    context: CheckContext, resource: CheckedResource, count: int
) -> tuple[list[CreatedItem], list[RecordedExchange], list[dict[str, Any]]]:
    """The items that were created, and each response with the body that was sent."""
    op = resource.operations["create"]
    path = context.parent_path(resource, context.main_user)
    bodies = [context.body(resource) for _ in range(count)]
    exchanges = context.send_together(op.operation, bodies, path)
    found = [
        context.record_created(resource, e, body, context.main_user, path)
        for e, body in zip(exchanges, bodies, strict=True)
    ]
    return [created for created in found if created is not None], exchanges, bodies


def concurrent_capacity(context: CheckContext, resource: CheckedResource, statement: Capacity) -> None:
    """Concurrent creates do not exceed the capacity."""
    if statement.limit > 120:
        raise CannotBuildRequest(f"{statement.limit} items would be needed")
    held = len(context.list_all(resource)[0])
    for _ in range(held, statement.limit - 2):
        context.create(resource)
    created, exchanges, _ = _create_concurrently(context, resource, CONCURRENT)
    room = min(statement.limit - held, 2)
    context.expect(
        len(created) == room,
        f"with room for {room}, {room} of {CONCURRENT} concurrent creates succeed",
        _statuses(exchanges),
        *exchanges,
    )


def concurrent_unique(context: CheckContext, resource: CheckedResource, statement: Unique) -> None:
    """Of concurrent creates with the same unique values, exactly one succeeds."""
    body = context.body(resource, full=True)
    values = {name: body[name] for name in statement.fields if name in body}
    op = resource.operations["create"]
    bodies = [context.body(resource) | values for _ in range(CONCURRENT)]
    path = context.parent_path(resource, context.main_user)
    exchanges = context.send_together(op.operation, bodies, path)
    for exchange, sent in zip(exchanges, bodies, strict=True):
        context.record_created(resource, exchange, sent, context.main_user, path)
    accepted = sum(200 <= each.status < 300 for each in exchanges)  # an item without an id is created too
    if not accepted and context.try_create(resource)[0].status >= 300:
        raise CannotBuildRequest(f"{op.name} refuses a plain create, too")
    context.expect(accepted == 1, "exactly one of the concurrent creates succeeds", f"{accepted} succeed", *exchanges)


def lost_update(context: CheckContext, resource: CheckedResource) -> None:
    """Concurrent updates of different fields all take effect."""
    op = resource.operations["update"]
    if op.behaviour.action and op.behaviour.action.patch == "json-patch":
        raise CannotBuildRequest("JSON Patch names paths, not fields")
    created = context.create(resource, context.body(resource, full=not resource.operations["create"].may_refuse))
    shows = showable(context, resource, resource.operations["get"])
    wanted: dict[str, Any] = {}
    for name in context.bodies.properties(op):
        value = context.bodies.other(op, name, created.sent.get(name), context.check) if name in created.sent else None
        if (
            value is not None
            and name in shows
            and name not in fixed_fields(context, resource)
            and context.bodies.accepts(op, {name: value})
        ):
            wanted[name] = value
    if len(wanted) < 2:
        raise CannotBuildRequest("fewer than two fields can be changed")
    for _ in range(2):
        requests = [
            (context.request(op.operation, user=context.main_user, path=created.path, body={n: v}), context.main_user)
            for n, v in wanted.items()
        ]
        exchanges = context.target.send_together(requests)
        broken = any(e.status >= 500 for e in exchanges)
        context.expect(
            not broken, "concurrent updates cause no server error", _statuses(exchanges), *exchanges, about="error"
        )
        if any(e.status >= 300 for e in exchanges):
            raise CannotBuildRequest(f"{op.name} refuses one of the concurrent updates")
    response = context.get(created)
    after = context.item(resource.operations["get"], response)
    lost = [name for name, value in wanted.items() if likeness(after.get(name, ABSENT), value, name) == "different"]
    if lost and not _is_kept_alone(context, resource, {name: wanted[name] for name in lost}):
        raise CannotBuildRequest(f"{op.name} does not store {', '.join(lost)} alone, as `update` reports")
    context.expect(
        not lost,
        "concurrent updates of different fields all take effect",
        f"the update of {', '.join(lost)} is lost",
        created.exchange,
        *exchanges,
        response,
        statement=whole_put(context, op),
    )


def _is_kept_alone(context: CheckContext, resource: CheckedResource, wanted: dict[str, Any]) -> bool:
    """Are all of these values kept by updates that are sent one after the other?"""
    created = context.create(resource, context.body(resource, full=not resource.operations["create"].may_refuse))
    for name, value in wanted.items():
        context.update(created, {name: value})
        after = context.item(resource.operations["get"], context.get(created))
        if likeness(after.get(name, ABSENT), value, name) == "different":
            return False
    return True


def update_and_delete(context: CheckContext, resource: CheckedResource) -> None:
    """An update that is concurrent with a delete does not restore the deleted item."""
    op, remove = resource.operations["update"], resource.operations["delete"]
    for first in (True, False):
        created = context.create(resource)
        name, value = change_of(context, resource, op, created)
        requests = [
            (
                context.request(op.operation, user=context.main_user, path=created.path, body={name: value}),
                context.main_user,
            ),
            (context.request(remove.operation, user=context.main_user, path=created.path), context.main_user),
        ]
        exchanges = context.target.send_together(requests if first else requests[::-1])
        deleted = exchanges[1 if first else 0]
        context.expect(
            all(e.status < 500 for e in exchanges),
            "a concurrent update and delete cause no server error",
            _statuses(exchanges),
            *exchanges,
            about="error",
        )
        if deleted.status < 300 and not op.creates_missing:
            response = context.get(created)
            context.expect_status(
                response.status in HIDDEN_OR_GONE,
                "a deleted item stays deleted despite a concurrent update",
                created.exchange,
                *exchanges,
                response,
                about="revived",
            )


def concurrent_deletes(context: CheckContext, resource: CheckedResource) -> None:
    """Concurrent deletes of one item cause no server error, and the item is gone."""
    op = resource.operations["delete"]
    context.require_access(op)
    created = deletable(context, resource)
    request = context.request(op.operation, user=context.main_user, path=created.path)
    exchanges = [
        context.check_response(op.operation, e)
        for e in context.target.send_together([(request, context.main_user)] * CONCURRENT)
    ]
    context.expect(
        all(e.status < 500 for e in exchanges),
        "concurrent deletes cause no server error",
        _statuses(exchanges),
        *exchanges,
        about="error",
    )
    if all(is_documented_conflict(resource, e.status) for e in exchanges):
        raise CannotBuildRequest(f"{op.name} answers 409, and the document does not say for which items")
    if all(400 <= e.status < 500 for e in exchanges) and context.delete(deletable(context, resource)).status >= 400:
        raise CannotBuildRequest(f"{op.name} is refused alone, too, as `delete` reports")
    context.expect(
        any(e.status < 300 for e in exchanges),
        "one of the concurrent deletes succeeds",
        _statuses(exchanges),
        *exchanges,
        about="one",
    )
    response = context.get(created) if resource.can("get") else None
    if response is not None:
        context.expect_status(
            response.status in HIDDEN_OR_GONE,
            "a GET returns 404 after the concurrent deletes",
            *exchanges,
            response,
            about="gone",
        )


CONCURRENCY = "RFC 9110 section 9.2 (the effect of a request does not depend on concurrent requests)"
INDEPENDENT = "Concurrent requests do not disturb each other."

CHECKS = (
    Check("concurrent-creates", (), http_rule("create", source=CONCURRENCY, text=INDEPENDENT), concurrent_creates),
    Check("concurrent-capacity", ("capacity",), resource_statement("capacity", "create", "list"), concurrent_capacity),
    Check("concurrent-unique", ("unique",), resource_statement("unique", "create"), concurrent_unique),
    Check("lost-update", (), http_rule("update", "create", "get", source=CONCURRENCY, text=INDEPENDENT), lost_update),
    Check(
        "concurrent-update-and-delete",
        (),
        http_rule("update", "create", "get", "delete", source=CONCURRENCY, text=INDEPENDENT),
        update_and_delete,
    ),
    Check(
        "concurrent-deletes",
        (),
        http_rule("delete", "create", source=CONCURRENCY, text=INDEPENDENT),
        concurrent_deletes,
    ),
)
