"""Checks of stored data: reads return what was written, deleted items are gone, other items do not change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import as_json, covers, showable, shown_value, shows_id, unchangeable
from contracts.cleanup.created_items import CreatedItem
from contracts.client.path_values import may_be_id
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.check import Check, http_rule
from contracts.runner.context import CheckContext

GONE = (404, 410)
"""Statuses for an item that does not exist (RFC 9110 sections 15.5.5 and 15.5.11)."""

UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""A UUID; its letters may have either case (RFC 9562 section 4)."""

WRITES = "RFC 9110 section 9.3 (a successful request has taken effect)"
ERASES = "RFC 9110 section 9.3.5 (DELETE removes the resource at its URL)"
NOT_FOUND = "RFC 9110 section 15.5.5 (404 for a resource that does not exist)"


def create_item(context: CheckContext, resource: CheckedResource) -> None:
    """A valid create request succeeds, and its reply shows the values that were sent."""
    for full in (False, True):
        body = context.body(resource, full=full)
        exchange, created = context.try_create(resource, body)
        accepted = 200 <= exchange.status < 300
        if full and not accepted and resource.operations["create"].may_refuse:
            continue  # the vendor's rules may forbid this combination of fields
        if not context.expect_status(accepted, "a valid create request succeeds", exchange, about="accepted"):
            continue
        if created is None and not shows_id(context, resource):
            raise CannotBuildRequest(f"{resource.operations['create'].name} shows no id")
        if context.expect(
            created is not None, "the create reply contains the id of the new item", "no id", exchange, about="id"
        ):
            echoed(context, resource, resource.operations["create"], exchange, body)


def read_back(context: CheckContext, resource: CheckedResource) -> None:
    """A GET after the create returns the new item with the values that were sent."""
    for full in (False, True):
        body = context.body(resource, full=full)
        _, created = context.try_create(resource, body)
        if created is None:
            continue
        response = context.get(created)
        if context.expect_status(
            response.status == 200,
            "a GET after the create returns the new item",
            created.exchange,
            response,
            about="found",
        ):
            item = context.item(resource.operations["get"], response)
            field = resource.behaviour.identity.field
            context.expect(
                str(item.get(field, created.id)) == str(created.id),
                f"a GET of {created.id} returns the item with this id",
                f"{field} is {item.get(field)}",
                created.exchange,
                response,
                about="id",
            )
            echoed(context, resource, resource.operations["get"], response, body, created)
            _has_same_times(context, resource, created, item, response)


def echoed(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    response: Any,
    body: Mapping[str, Any],
    created: CreatedItem | None = None,
) -> None:
    """The item in a reply has the values that were sent."""
    item = context.item(op, response)
    shows = showable(context, resource, op)
    for name, value in body.items():
        if name in shows and name not in resource.server_fields | resource.write_only_fields | op.rule_fields:
            history = (created.exchange, response) if created else (response,)
            context.expect(
                name in item and covers(item[name], value),
                f"the reply shows {name} as it was sent: {as_json(value)}",
                shown_value(item, name),
                *history,
                about=name,
            )


def _has_same_times(
    context: CheckContext, resource: CheckedResource, created: CreatedItem, item: Mapping[str, Any], response: Any
) -> None:
    """The create reply and the GET reply have the same time of creation."""
    times = resource.behaviour.timestamps
    for name in (times.created,) if times else ():
        if name in created.item and name in item:
            context.expect(
                created.item[name] == item[name],
                f"a GET returns the same {name} as the create reply: {as_json(created.item[name])}",
                as_json(item[name]),
                created.exchange,
                response,
                about=name,
            )


def listed(context: CheckContext, resource: CheckedResource) -> None:
    """A new item is in the list exactly once, with the values that a GET returns."""
    created = [context.create(resource, context.body(resource, full=i == 2)) for i in range(3)]
    field = resource.behaviour.identity.field
    items, listing = context.list_all(created[-1])
    for each in created:
        found = [item for item in items if str(item.get(field)) == str(each.id)]
        context.expect(
            len(found) == 1,
            "the list contains each new item exactly once",
            f"{len(found)} times in the list",
            each.exchange,
            *listing,
            about="once",
        )
        if found and resource.can("get"):
            _matches_get(context, resource, each, found[0], listing)


def _matches_get(
    context: CheckContext, resource: CheckedResource, created: CreatedItem, shown: Mapping[str, Any], listing: list[Any]
) -> None:
    response = context.get(created)
    alone = context.item(resource.operations["get"], response)
    for name in shown.keys() & alone.keys():
        context.expect(
            shown[name] == alone[name],
            f"the list shows the same {name} as a GET of the item: {as_json(alone[name])}",
            as_json(shown[name]),
            created.exchange,
            response,
            *listing,
            about=name,
        )


def other_items_unchanged(context: CheckContext, resource: CheckedResource) -> None:
    """Updating or deleting one item does not change the others."""
    kept, changed, removed = (context.create(resource) for _ in range(3))
    op = resource.operations.get("update")
    before = context.item(resource.operations["get"], context.get(kept))
    done = []
    if op is not None:
        names = [n for n in context.bodies.properties(op) if n in changed.sent and n not in unchangeable(resource)]
        for name in names[:2]:
            value = context.bodies.other(op, name, changed.sent[name], context.check)
            done.append(context.update(changed, {name: value}))
    if resource.can("delete"):
        done.append(context.delete(removed))
    response = context.get(kept)
    context.expect(
        response.status == 200 and context.item(resource.operations["get"], response) == before,
        "updating and deleting other items does not change this one",
        f"status {response.status}: {context.item(resource.operations['get'], response)}",
        kept.exchange,
        *done,
        response,
    )
    if resource.can("delete") and op is not None:
        still = context.get(changed)
        context.expect_status(
            still.status == 200,
            "deleting one item does not delete another",
            changed.exchange,
            *done,
            still,
            about="removed",
        )


def delete_item(context: CheckContext, resource: CheckedResource) -> None:
    """A deleted item is gone: every operation returns 404 for it, and no list contains it. Other items stay."""
    neighbour, created = context.create(resource), context.create(resource)
    if resource.can("list"):
        context.list_all(neighbour)  # a server with a stale cache is found only if it listed before
    removed = context.delete(created)
    if not context.expect_status(
        200 <= removed.status < 300,
        "a DELETE of an existing item succeeds",
        created.exchange,
        removed,
        about="accepted",
    ):
        return
    history = (created.exchange, removed)
    for name, op in resource.operations.items():
        if name in ("get", "delete") or (
            _is_json(op) and (name == "update" or (name == "replace" and not _creates_missing(op)))
        ):
            body = MISSING if name in ("get", "delete") else _update_body(context, op)
            response = context.send(op, path=created.path, body=body)
            context.expect_status(
                response.status in GONE, f"{op.name} returns 404 for a deleted item", *history, response, about=name
            )
    if resource.can("list"):
        for query in ({}, *_unfiltered_queries(resource)):
            items, listing = context.list_all(neighbour, query=query)
            ids = [str(item.get(resource.behaviour.identity.field)) for item in items]
            context.expect(
                str(created.id) not in ids,
                "no list contains a deleted item",
                "the list contains it",
                *history,
                *listing,
                about="list",
            )
        context.expect(
            str(neighbour.id) in ids,
            "the list still contains the other item",
            "the list does not contain it",
            *history,
            *listing,
            about="neighbour",
        )


def _unfiltered_queries(resource: CheckedResource) -> Iterator[dict[str, Any]]:
    """Queries that turn off a filter, so that the list shows more items."""
    for statement in resource.operations["list"].behaviour.filter:
        if statement.parameter and statement.unless is not None:
            yield {statement.parameter: statement.unless}


def _creates_missing(op: ResourceOperation) -> bool:
    return bool(op.behaviour.action and op.behaviour.action.upsert)


def _is_json(op: ResourceOperation) -> bool:
    """Does the operation take a JSON body, or none?"""
    return op.operation.request_body is None or op.media_type is not None


def _update_body(context: CheckContext, op: ResourceOperation) -> Any:
    """A valid body for an update."""
    body = context.bodies.minimal(op, context.check)
    return body if body is not None else {}


def not_found(context: CheckContext, resource: CheckedResource) -> None:
    """Unknown ids return 404 from every operation."""
    known = context.create(resource) if resource.can("create") else None
    parameter = resource.behaviour.identity.parameter
    for name in ("get", "update", "replace", "delete"):
        op = resource.operations.get(name)
        if op is None or parameter not in "".join(op.operation.path) or (name == "replace" and _creates_missing(op)):
            continue
        if name in ("update", "replace") and not _is_json(op):
            continue
        for id in unknown_ids(context, known) if known else ():
            path = {**(known.path if known else {}), parameter: id}
            body = MISSING if name in ("get", "delete") else _update_body(context, op)
            response = context.send(op, path=path, body=body)
            context.expect_status(
                response.status in GONE, f"{op.name} returns 404 for an unknown id", response, about=name
            )


def unknown_ids(context: CheckContext, known: CreatedItem) -> Iterator[Any]:
    """Valid ids that no item has: one that resembles a real id, and a real one with its letter case swapped."""
    parameter = known.resource.behaviour.identity.parameter
    shown = [op.operation for op in known.resource.operations.values() if known.resource.is_of_item(op)]
    for id in _similar_ids(known):
        if all(may_be_id(context.contract.schemas, operation, parameter, id) for operation in shown):
            yield id


def _similar_ids(known: CreatedItem) -> Iterator[Any]:
    if isinstance(known.id, str) and known.id:
        turned = "".join(_other_character(c) for c in known.id[-6:])
        yield known.id[:-6] + turned
        if known.id.swapcase() != known.id and not UUID.fullmatch(known.id):
            yield known.id.swapcase()
    elif isinstance(known.id, int):
        yield known.id + 1_000_003


def _other_character(character: str) -> str:
    """Another character of the same class, so that the id keeps its format."""
    if character.isdigit():
        return str((int(character) + 5) % 10)
    if character.lower() in "abcdef":
        return {"a": "b", "b": "c", "c": "d", "d": "e", "e": "f", "f": "a"}[character.lower()]
    return character if not character.isalpha() else ("q" if character != "q" else "p")


CHECKS = (
    Check("create", ("action",), http_rule("create", source=WRITES, text="A valid create request creates an item."), create_item, exclusive=False),
    Check("read-back", ("action",), http_rule("get", "create", source=WRITES, text="A GET returns what was written."), read_back, exclusive=False),
    Check("listed", ("action",), http_rule("list", "create", source=WRITES, text="A list contains what was created."), listed),
    Check("other-items-unchanged", ("action",), http_rule("get", "create", source=WRITES, text="A request changes no other item."), other_items_unchanged, exclusive=False),
    Check("delete", ("action",), http_rule("delete", "create", source=ERASES, text="A deleted item no longer exists."), delete_item),
    Check("not-found", ("action",), http_rule("get|delete|update", "create", source=NOT_FOUND, text="An unknown id is not found."), not_found, exclusive=False),
)  # fmt: skip
