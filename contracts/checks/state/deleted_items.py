"""Checks of items that do not exist: deleted ones, and unknown ids."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from contracts.checks.deletable_items import UNKNOWN_STATE, deletable, is_documented_conflict
from contracts.checks.error_replies import REFUSED_BODY
from contracts.checks.missing_items import (
    MARKED,
    documents_missing,
    expect_gone,
    expect_missing,
    ignores_case,
    is_marked_deleted,
    may_create,
    says_left_out,
)
from contracts.checks.stored_fields import current, expect_different_items, weaker
from contracts.cleanup.created_items import CreatedItem
from contracts.client.path_values import may_be_id
from contracts.client.request_builder import MISSING
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource, ResourceOperation, views_below
from contracts.runner.check import Check, http_rule
from contracts.runner.context import CheckContext
from mockserver.openapi.schemas import Schemas

ERASES = "RFC 9110 section 9.3.5 (DELETE removes the resource at its URL)"
NOT_FOUND = "RFC 9110 section 15.5.5 (404 for a resource that does not exist)"

BELOW = "What is below a deleted item no longer exists, either; the document has no 404 there."

NUMBERED = re.compile(r"([A-Za-z]\w*[:/|])([0-9]{1,18})")
"""A type and a number, which name an item together."""

UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""A UUID; its letters may have either case (RFC 9562 section 4)."""


def delete_item(context: CheckContext, resource: CheckedResource) -> None:
    """A deleted item is gone: every operation returns 404 for it, and no list contains it. Other items stay."""
    neighbour, created = context.create(resource), deletable(context, resource)
    expect_different_items(neighbour, created)
    if resource.can("list"):
        context.list_all(neighbour)  # a server with a stale cache is found only if it listed before
    before = current(context, created)[1] if resource.can("get") or resource.can("list") else {}
    views = [op for op in views_below(context.contract, resource) if context.send(op, path=created.path).status == 200]
    removed = context.delete(created)
    if not context.expect_status(
        200 <= removed.status < 300,
        "a DELETE of an existing item succeeds",
        created.exchange,
        removed,
        about="accepted",
        statement=weaker(context, UNKNOWN_STATE) if is_documented_conflict(resource, removed.status) else None,
    ):
        return
    history, is_shown = (created.exchange, removed), False
    for name, op in resource.operations.items():
        if name in ("get", "delete") or (_is_json(op) and name in ("update", "replace") and not op.creates_missing):
            body = MISSING if name in ("get", "delete") else _update_body(context, op)
            response = context.send(op, path=created.path, body=body)
            if _is_body_refused(context, op, response, neighbour, body):
                continue
            is_shown |= name == "get" and response.status < 300
            again = may_create(context, created, op, response)
            expect_missing(context, op, "a deleted item", *history, response, about=name, before=before, created=again)
            if again:
                context.delete(created)
    for op in views if not is_shown else ():  # a deleted item that is shown is judged by that alone
        expected = f"{op.name} returns 404 for a deleted {resource.name}"
        statement = None if documents_missing(op) else weaker(context, BELOW)
        expect_gone(context, op, created, expected, *history, statement=statement)
    if resource.can("list"):
        _check_lists(context, resource, neighbour, created, before, history)


def _check_lists(
    context: CheckContext,
    resource: CheckedResource,
    neighbour: CreatedItem,
    created: CreatedItem,
    before: Mapping[str, Any],
    history: tuple[RecordedExchange, ...],
) -> None:
    """No list contains the deleted item, and the list still contains its neighbour."""
    for query in ({}, *_unfiltered_queries(resource)):
        items, listing = context.list_all(neighbour, query=query)
        if items and not any(resource.behaviour.identity.field in item for item in items):
            return  # it shows no ids, so its items cannot be told apart
        ids = [str(item.get(resource.behaviour.identity.field)) for item in items]
        shown = items[ids.index(str(created.id))] if str(created.id) in ids else {}
        said = None if query else says_left_out(context.contract.schemas, resource.operations["list"])
        doubt = weaker(context, MARKED) if is_marked_deleted(before, shown) else None
        context.expect(
            str(created.id) not in ids,
            "no list contains a deleted item",
            "the list contains it",
            *history,
            *listing,
            about="list",
            statement=said or doubt,
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
    """Queries that turn off a filter, so that the list shows more items; not one that shows what is deleted."""
    kept = resource.behaviour.soft_delete
    for statement in resource.operations["list"].behaviour.filter:
        shows_deleted = kept is not None and statement.field == kept.field
        if statement.parameter and statement.unless is not None and not shows_deleted:
            yield {statement.parameter: statement.unless}


def _is_json(op: ResourceOperation) -> bool:
    """Does the operation take a JSON body, or none?"""
    return op.operation.request_body is None or op.media_type is not None


def _update_body(context: CheckContext, op: ResourceOperation) -> Any:
    """A valid body for an update."""
    body = context.bodies.minimal(op, context.check)
    if body is not None or op.media_type is None or op.media_type.schema is None:
        return body or {}
    is_list = context.contract.schemas.validator(op.media_type.schema, "request").is_valid([])
    return [] if is_list else {}  # JSON Patch is a list (RFC 6902)


def not_found(context: CheckContext, resource: CheckedResource) -> None:
    """Unknown ids return 404 from every operation."""
    known = context.create(resource) if resource.can("create") else None
    parameter = resource.behaviour.identity.parameter
    for name in ("get", "update", "replace", "delete"):
        op = resource.operations.get(name)
        if op is None or parameter not in "".join(op.operation.path) or op.creates_missing:
            continue
        if name in ("update", "replace") and not _is_json(op):
            continue
        for id in unknown_ids(context, known) if known else ():
            path = {**(known.path if known else {}), parameter: id}
            body = MISSING if name in ("get", "delete") else _update_body(context, op)
            response = context.send(op, path=path, body=body)
            if known is not None and not _is_body_refused(context, op, response, known, body):
                made = replace(known, id=id, path=path)
                is_new = may_create(context, made, op, response)
                is_other_case = str(id).casefold() == str(known.id).casefold()
                what = f"an id that differs from {known.id} in case only" if is_other_case else "an unknown id"
                is_chosen = is_other_case and resource.client_named
                is_malformed = _is_opaque(id) and response.status in REFUSED_BODY
                expect_missing(
                    context,
                    op,
                    what,
                    response,
                    about=name,
                    created=is_new,
                    is_other_case=is_chosen,
                    is_malformed=is_malformed,
                )
                if is_new and known.resource.can("delete"):
                    context.delete(made)


def _is_body_refused(
    context: CheckContext, op: ResourceOperation, response: RecordedExchange, other: CreatedItem, body: Any
) -> bool:
    """Is it the body that is refused, for an item that is there too? Then the response says nothing about the item."""
    return (
        body is not MISSING
        and response.status in REFUSED_BODY
        and context.send(op, path=other.path, body=body).status in REFUSED_BODY
    )


def unknown_ids(context: CheckContext, known: CreatedItem) -> Iterator[Any]:
    """Valid ids that no item has: one that resembles a real id, and a real one with its letter case swapped."""
    parameter = known.resource.behaviour.identity.parameter
    shown = [op.operation for op in known.resource.operations.values() if known.resource.is_of_item(op)]
    for id in _similar_ids(context.contract.schemas, known):
        if all(may_be_id(context.contract.schemas, operation, parameter, id) for operation in shown):
            yield id


def _similar_ids(schemas: Schemas, known: CreatedItem) -> Iterator[Any]:
    if isinstance(known.id, str) and known.id:
        yield similar_id(known.id)
        is_cased = known.id.swapcase() != known.id and not UUID.fullmatch(known.id) and not _decoded(known.id)
        if is_cased and not ignores_case(schemas, known.resource):
            yield known.id.swapcase()
    elif isinstance(known.id, int):
        yield similar_id(known.id)


def similar_id(known: str | int) -> str | int:
    """An id of the same form, which probably no item has."""
    if isinstance(known, int):
        return known + 1_000_003
    if decoded := _decoded(known):
        return base64.b64encode(f"{decoded[1]}{int(decoded[2]) + 1_000_003}".encode()).decode()
    return known[:-6] + "".join(_other_character(c) for c in known[-6:])


def _decoded(known: str) -> re.Match[str] | None:
    """A type and a number in base64, as the global ids of GraphQL servers have them (`User:1`); None for other ids."""
    try:
        return NUMBERED.fullmatch(base64.b64decode(known, validate=True).decode())
    except ValueError:
        return None


def _is_opaque(id: Any) -> bool:
    """Is an id a text whose form only the service knows? A changed one may be no id at all."""
    return isinstance(id, str) and not id.isdigit() and not UUID.fullmatch(id)


def _other_character(character: str) -> str:
    """Another character of the same class, so that the id keeps its format."""
    if character.isdigit():
        return str((int(character) + 5) % 10)
    if character.lower() in "abcdef":
        return {"a": "b", "b": "c", "c": "d", "d": "e", "e": "f", "f": "a"}[character.lower()]
    return character if not character.isalpha() else ("q" if character != "q" else "p")


CHECKS = (
    Check(
        "delete",
        ("action",),
        http_rule("delete", "create", source=ERASES, text="A deleted item no longer exists."),
        delete_item,
    ),
    Check(
        "not-found",
        ("action",),
        http_rule("get|delete|update", "create", source=NOT_FOUND, text="An unknown id is not found."),
        not_found,
        exclusive=False,
    ),
)
