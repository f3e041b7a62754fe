"""Checks of updates that change every field: what the reply, a GET and the list show afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import as_json
from contracts.checks.stored_fields import check_fields, current, doubt_of_time, listed_item
from contracts.checks.valid_bodies import distinct_body, every_change
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

STORES = "RFC 9110 section 9.3.4 and RFC 5789 section 2 (a successful update has taken effect)"


def update_every_field(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """An update of every field, also inside of objects and arrays, is stored: its reply, a GET and the list show it."""
    created = context.create(resource, distinct_body(context, resource))
    before = _shown_before(context, created)
    changed, sent = _send_update(context, resource, op, created)
    shows, item, exchanges = current(context, created)
    history = (created.exchange, changed, *exchanges)
    if op.reply_path("item") is not None and changed.reply_body:
        reply = context.item(op, changed)
        check_fields(context, resource, op, reply, sent, "the reply", created.exchange, changed)
        _check_id(context, resource, created, reply, "the reply", created.exchange, changed)
    check_fields(context, resource, shows, item, sent, _name_of(shows), *history)
    _check_fixed(context, resource, before, item, history)
    if resource.can("list", "get"):
        listed, listing = listed_item(context, created)
        if listed:  # whether the list contains it is another check
            operation = resource.operations["list"]
            check_fields(context, resource, operation, listed, sent, "the list", created.exchange, changed, *listing)


def _shown_before(context: CheckContext, created: CreatedItem) -> dict[str, Any]:
    """The item before the update. A server with a stale cache is found only if it was read and listed before."""
    if created.resource.can("list", "get"):
        context.list_all(created)
    return current(context, created)[1]


def _name_of(op: ResourceOperation) -> str:
    return "the list" if op.behaviour.action and op.behaviour.action.does == "list" else "a GET"


def _send_update(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, created: CreatedItem
) -> tuple[RecordedExchange, dict[str, Any]]:
    """Send the update. If it is refused, send it with one field less at a time, because some fields belong together.

    Raises CannotBuildRequest if none is accepted.
    """
    for without in ((), *_last_first(context, op)):
        body = every_change(context, resource, op, created, frozenset(without))
        response = context.send(op, path=created.path, body=body) if body else None
        if response is not None and 200 <= response.status < 300:
            return response, body
    raise CannotBuildRequest(f"{op.name} accepts no update of several fields")


def _last_first(context: CheckContext, op: ResourceOperation) -> list[tuple[str]]:
    """Each of the last fields alone."""
    return [(name,) for name in list(context.bodies.properties(op))[:-9:-1]]


def _check_id(
    context: CheckContext,
    resource: CheckedResource,
    created: CreatedItem,
    item: Mapping[str, Any],
    where: str,
    *exchanges: RecordedExchange,
) -> None:
    field = resource.behaviour.identity.field
    context.expect(
        str(item.get(field, created.id)) == str(created.id),
        f"{where} shows the id of the updated item: {as_json(created.id)}",
        as_json(item.get(field)),
        *exchanges,
        about=f"{where} id",
    )


def _check_fixed(
    context: CheckContext,
    resource: CheckedResource,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    history: tuple[RecordedExchange, ...],
) -> None:
    """The id and the time of creation stay as they are."""
    times = resource.behaviour.timestamps
    for name in (resource.behaviour.identity.field, *((times.created,) if times else ())):
        if name in before and name in after:
            context.expect(
                after[name] == before[name],
                f"{name} stays {as_json(before[name])} after the update",
                as_json(after[name]),
                *history,
                about=f"{name} stays",
                statement=doubt_of_time(context, resource, name),
            )


def _places(contract: Contract) -> Iterator[Place]:
    """Each update and each replace operation of a resource whose items can be created and seen."""
    for resource in checked_resources(contract).values():
        operations = {op.name: op for kind in ("update", "replace") if (op := resource.operations.get(kind))}
        if resource.can("create") and (resource.can("get") or resource.can("list")):
            for name, op in operations.items():
                if op.media_type is not None and not _names_paths(op):
                    text = "An update changes every field that it names."
                    yield name, StatementRef(name, "http", "documented", STORES, text), (resource, op)


def _names_paths(op: ResourceOperation) -> bool:
    """Does the body of the update name paths instead of fields (RFC 6902)?"""
    return bool(op.behaviour.action and op.behaviour.action.patch == "json-patch")


CHECKS = (Check("update-every-field", ("action",), _places, update_every_field, exclusive=False),)
