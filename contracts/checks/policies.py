"""Checks of service policies: unknown fields and trailing slashes."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.checks.error_replies import refused
from contracts.checks.http_errors import UNHEARD, write_operations
from contracts.client.target import Request
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, name_of
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import TrailingSlash, UnknownFields
from mockserver.contract import Contract
from mockserver.openapi.document import Operation


def unknown_fields(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, statement: UnknownFields
) -> None:
    """A field that the document does not name is ignored, kept or refused, as said."""
    made = context.create(resource) if resource.is_of_item(op) else None
    body = {
        **(context.body(resource) if made is None else context.bodies.minimal(op, context.check) or {}),
        UNHEARD: "x",
    }
    if made is None:
        exchange, fresh = context.try_create(resource, body)
    else:
        exchange, fresh = context.send(op, path=made.path, body=body), made
    if statement.policy == "refuse":
        refused(context, "invalid", op, exchange, f"the unknown field {UNHEARD}", "refuse")
        return
    if not context.expect(
        exchange.status < 300,
        "an unknown field is no reason to refuse",
        f"status {exchange.status}",
        exchange,
        about="accept",
    ):
        return
    seen = context.get(fresh) if fresh and resource.can("get") else exchange
    item = context.item(resource.operations["get"] if resource.can("get") else op, seen)
    kept = statement.policy == "keep"
    context.expect(
        (UNHEARD in item) is kept,
        f"an unknown field is {'kept' if kept else 'ignored'}",
        f"{'not ' * (UNHEARD not in item)}in the item",
        exchange,
        seen,
        about="shown",
    )


def _unknown_places(contract: Contract) -> Iterator[Place]:
    statement = contract.behaviour.service.unknown_fields
    for resource, op in write_operations(contract):
        is_create = op == resource.operations["create"]
        if (
            _says(contract, "unknown-fields")
            and (is_create or op == resource.operations.get("update"))
            and _is_open(contract, op)
        ):
            yield op.name, StatementRef.of("service", "unknown-fields", statement), (resource, op, statement)


def _is_open(contract: Contract, op: ResourceOperation) -> bool:
    media = op.media_type
    return (
        media is not None
        and media.schema is not None
        and (
            contract.schemas.keyword(media.schema, "additionalProperties") is None
            or contract.behaviour.service.unknown_fields.policy == "refuse"
        )
    )


def trailing_slash(context: CheckContext, operation: Operation, statement: TrailingSlash) -> None:
    """A path that differs by its last slash is not found, found as well, or redirected, as said."""
    request = context.request(operation, user=context.main_user)
    path = request.path[:-1] if request.path.endswith("/") else request.path + "/"
    exchange = context.target.send(request._replace(path=path), context.main_user)
    wanted = {"strict": {404}, "ignore": set(range(200, 300)), "redirect": {301, 302, 307, 308}}[statement.policy]
    context.expect(exchange.status in wanted, f"{statement.policy}: {path}", f"status {exchange.status}", exchange)
    if statement.policy == "redirect":
        _redirects_writes(context, operation, path)
    if statement.policy == "redirect" and exchange.status in wanted:
        location = (exchange.header("location") or "").split("?")[0]
        context.expect(
            location.endswith(request.path), f"Location: {request.path}", repr(location), exchange, about="location"
        )


def _redirects_writes(context: CheckContext, operation: Operation, path: str) -> None:
    """A redirected POST stays a POST: 301 and 302 make clients send GET (RFC 9110 section 15.4.8)."""
    if not any(o.path == operation.path and o.method == "post" for o in context.contract.document.operations):
        return
    headers = context.request(operation, user=context.main_user).headers
    exchange = context.target.send(Request("POST", path, (), headers, {}, "application/json"), context.main_user)
    if 300 <= exchange.status < 400:
        context.expect(
            exchange.status in (307, 308),
            "POST is redirected with 307 or 308",
            f"status {exchange.status}",
            exchange,
            about="method",
        )


def _slash_places(contract: Contract) -> Iterator[Place]:
    statement = contract.behaviour.service.trailing_slash
    for resource in checked_resources(contract).values():
        if _says(contract, "trailing-slash") and resource.can("list"):
            operation = resource.operations["list"].operation
            yield name_of(operation), StatementRef.of("service", "trailing-slash", statement), (operation, statement)


def _says(contract: Contract, key: str) -> bool:
    """Does the behaviour of the service say something under this key, be it the default?"""
    return key in (contract.document.root.get("x-service") or {})


CHECKS = (
    Check("unknown-fields", ("unknown-fields",), _unknown_places, unknown_fields, exclusive=False),
    Check("trailing-slash", ("trailing-slash",), _slash_places, trailing_slash, exclusive=False),
)
