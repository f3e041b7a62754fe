"""Promises of every service that remembers: what was written is read, what was removed is gone, the rest stays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import covers, showable, shows_id, unchangeable
from contracts.cleanup.created_items import CreatedItem
from contracts.client.path_values import may_be_id
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.check import Check, http_rule
from contracts.runner.context import CheckContext

GONE = (404, 410)
"""Statuses of something that is not there (RFC 9110 sections 15.5.5 and 15.5.11)."""

UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""An id whose letters may be written large or small (RFC 9562 section 4)."""

WRITES = "RFC 9110 section 9.3 (a request that was answered with success took effect)"
ERASES = "RFC 9110 section 9.3.5 (DELETE removes the association of the address with its function)"
NOT_FOUND = "RFC 9110 section 15.5.5 (404 for what is not there)"


def created(context: CheckContext, resource: CheckedResource) -> None:
    """A valid create request is accepted, and its reply shows what was sent."""
    for full in (False, True):
        body = context.body(resource, full=full)
        exchange, made = context.try_create(resource, body)
        accepted = 200 <= exchange.status < 300
        if full and not accepted and resource.operations["create"].may_refuse:
            continue  # fields that do not go together by a rule of the vendor
        if not context.expect(
            accepted, "a valid request is accepted", f"status {exchange.status}", exchange, about="accepted"
        ):
            continue
        if made is None and not shows_id(context, resource):
            raise CannotBuildRequest(f"{resource.operations['create'].name} shows no id")
        if context.expect(made is not None, "the reply says the id of the new item", "no id", exchange, about="id"):
            echoed(context, resource, resource.operations["create"], exchange, body)


def read_back(context: CheckContext, resource: CheckedResource) -> None:
    """What was created is found under its id, as it was sent."""
    for full in (False, True):
        body = context.body(resource, full=full)
        _, made = context.try_create(resource, body)
        if made is None:
            continue
        seen = context.get(made)
        if context.expect(
            seen.status == 200, "the new item is found", f"status {seen.status}", made.exchange, seen, about="found"
        ):
            item = context.item(resource.operations["get"], seen)
            field = resource.behaviour.identity.field
            context.expect(
                str(item.get(field, made.id)) == str(made.id),
                f"the item {made.id}",
                f"{field} {item.get(field)}",
                made.exchange,
                seen,
                about="id",
            )
            echoed(context, resource, resource.operations["get"], seen, body, made)
            _same(context, resource, made, item, seen)


def echoed(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    seen: Any,
    body: Mapping[str, Any],
    made: CreatedItem | None = None,
) -> None:
    """A reply shows what was sent."""
    item = context.item(op, seen)
    shows = showable(context, resource, op)
    for name, value in body.items():
        if name in shows and name not in resource.server_fields | resource.write_only_fields | op.rule_fields:
            history = (made.exchange, seen) if made else (seen,)
            context.expect(
                name in item and covers(item[name], value),
                f"{name} as it was sent: {value!r}",
                f"{item.get(name, 'nothing')!r}",
                *history,
                about=name,
            )


def _same(
    context: CheckContext, resource: CheckedResource, made: CreatedItem, item: Mapping[str, Any], seen: Any
) -> None:
    """The create reply and the item agree in what does not move by itself."""
    times = resource.behaviour.timestamps
    for name in (times.created,) if times else ():
        if name in made.item and name in item:
            context.expect(
                made.item[name] == item[name],
                f"{name} as the create reply showed it: {made.item[name]!r}",
                repr(item[name]),
                made.exchange,
                seen,
                about=name,
            )


def listed(context: CheckContext, resource: CheckedResource) -> None:
    """What was created is in the list once, as it is shown alone."""
    made = [context.create(resource, context.body(resource, full=i == 2)) for i in range(3)]
    field = resource.behaviour.identity.field
    items, asked = context.list_all(made[-1])
    for each in made:
        found = [item for item in items if str(item.get(field)) == str(each.id)]
        context.expect(
            len(found) == 1,
            "every new item is in the list once",
            f"{len(found)} times",
            each.exchange,
            *asked,
            about="once",
        )
        if found and resource.can("get"):
            _agrees(context, resource, each, found[0], asked)


def _agrees(
    context: CheckContext, resource: CheckedResource, made: CreatedItem, shown: Mapping[str, Any], asked: list[Any]
) -> None:
    seen = context.get(made)
    alone = context.item(resource.operations["get"], seen)
    for name in shown.keys() & alone.keys():
        context.expect(
            shown[name] == alone[name],
            f"{name} in the list as alone: {alone[name]!r}",
            repr(shown[name]),
            made.exchange,
            seen,
            *asked,
            about=name,
        )


def others_stay(context: CheckContext, resource: CheckedResource) -> None:
    """Changing or removing one item leaves the others as they are."""
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
    seen = context.get(kept)
    context.expect(
        seen.status == 200 and context.item(resource.operations["get"], seen) == before,
        "another item is untouched",
        f"status {seen.status}: {context.item(resource.operations['get'], seen)}",
        kept.exchange,
        *done,
        seen,
    )
    if resource.can("delete") and op is not None:
        still = context.get(changed)
        context.expect(
            still.status == 200,
            "an item is there until it is removed itself",
            f"status {still.status}",
            changed.exchange,
            *done,
            still,
            about="removed",
        )


def deleted(context: CheckContext, resource: CheckedResource) -> None:
    """A removed item is gone for reading, listing, changing and removing; its neighbour stays."""
    neighbour, made = context.create(resource), context.create(resource)
    if resource.can("list"):
        context.list_all(neighbour)  # so that a list that is cached shows
    removed = context.delete(made)
    if not context.expect(
        200 <= removed.status < 300,
        "an item of ours can be removed",
        f"status {removed.status}",
        made.exchange,
        removed,
        about="accepted",
    ):
        return
    history = (made.exchange, removed)
    for name, op in resource.operations.items():
        if name in ("get", "delete") or (
            _is_json(op) and (name == "update" or (name == "replace" and not _upserts(op)))
        ):
            body = MISSING if name in ("get", "delete") else _some(context, op)
            seen = context.send(op, path=made.path, body=body)
            context.expect(
                seen.status in GONE,
                f"404 from {op.name} for a removed item",
                f"status {seen.status}",
                *history,
                seen,
                about=name,
            )
    if resource.can("list"):
        for query in ({}, *_openers(resource)):
            items, asked = context.list_all(neighbour, query=query)
            ids = [str(item.get(resource.behaviour.identity.field)) for item in items]
            context.expect(
                str(made.id) not in ids, "a removed item is in no list", "it is", *history, *asked, about="list"
            )
        context.expect(
            str(neighbour.id) in ids, "its neighbour still is", "it is not", *history, *asked, about="neighbour"
        )


def _openers(resource: CheckedResource) -> Iterator[dict[str, Any]]:
    """Queries that let a list show more than it does by itself."""
    for statement in resource.operations["list"].behaviour.filter:
        if statement.parameter and statement.unless is not None:
            yield {statement.parameter: statement.unless}


def _upserts(op: ResourceOperation) -> bool:
    return bool(op.behaviour.action and op.behaviour.action.upsert)


def _is_json(op: ResourceOperation) -> bool:
    """Can a body be written as JSON, if there is one?"""
    return op.operation.request_body is None or op.media_type is not None


def _some(context: CheckContext, op: ResourceOperation) -> Any:
    """A valid body for a change."""
    body = context.bodies.minimal(op, context.check)
    return body if body is not None else {}


def missing(context: CheckContext, resource: CheckedResource) -> None:
    """An id that never was is not found by any operation."""
    known = context.create(resource) if resource.can("create") else None
    parameter = resource.behaviour.identity.parameter
    for name in ("get", "update", "replace", "delete"):
        op = resource.operations.get(name)
        if op is None or parameter not in "".join(op.operation.path) or (name == "replace" and _upserts(op)):
            continue
        if name in ("update", "replace") and not _is_json(op):
            continue
        for id in never(context, known) if known else ():
            path = {**(known.path if known else {}), parameter: id}
            body = MISSING if name in ("get", "delete") else _some(context, op)
            seen = context.send(op, path=path, body=body)
            context.expect(
                seen.status in GONE,
                f"404 from {op.name} for an id that never was",
                f"status {seen.status}",
                seen,
                about=name,
            )


def never(context: CheckContext, known: CreatedItem) -> Iterator[Any]:
    """Ids that may stand in an address and nobody was given: one that looks like a real one, a real one in capitals."""
    parameter = known.resource.behaviour.identity.parameter
    shown = [op.operation for op in known.resource.operations.values() if known.resource.is_of_item(op)]
    for id in _unlike(known):
        if all(may_be_id(context.contract.schemas, operation, parameter, id) for operation in shown):
            yield id


def _unlike(known: CreatedItem) -> Iterator[Any]:
    if isinstance(known.id, str) and known.id:
        turned = "".join(_turned(c) for c in known.id[-6:])
        yield known.id[:-6] + turned
        if known.id.swapcase() != known.id and not UUID.fullmatch(known.id):
            yield known.id.swapcase()
    elif isinstance(known.id, int):
        yield known.id + 1_000_003


def _turned(character: str) -> str:
    """Another character of the same class, so that the id keeps its form."""
    if character.isdigit():
        return str((int(character) + 5) % 10)
    if character.lower() in "abcdef":
        return {"a": "b", "b": "c", "c": "d", "d": "e", "e": "f", "f": "a"}[character.lower()]
    return character if not character.isalpha() else ("q" if character != "q" else "p")


CHECKS = (
    Check("create", ("action",), http_rule("create", source=WRITES, text="A valid create request makes an item."), created, exclusive=False),
    Check("read-back", ("action",), http_rule("get", "create", source=WRITES, text="What was written is read."), read_back, exclusive=False),
    Check("listed", ("action",), http_rule("list", "create", source=WRITES, text="What was created is listed."), listed),
    Check("others-stay", ("action",), http_rule("get", "create", source=WRITES), others_stay, exclusive=False),
    Check("delete", ("action",), http_rule("delete", "create", source=ERASES, text="What was removed is gone."), deleted),
    Check("missing", ("action",), http_rule("get|delete|update", "create", source=NOT_FOUND), missing, exclusive=False),
)  # fmt: skip
