"""Checks of service policies: unknown fields and trailing slashes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from contracts.checks.error_replies import check_refused
from contracts.checks.http.http_errors import UNKNOWN_NAME, write_operations
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
    """An undocumented field is ignored, kept or refused, as stated."""
    created = context.create(resource) if resource.is_of_item(op) else None
    body = {
        **(context.body(resource) if created is None else context.bodies.minimal(op, context.check) or {}),
        UNKNOWN_NAME: "x",
    }
    if created is None:
        exchange, fresh = context.try_create(resource, body)
    else:
        exchange, fresh = context.send(op, path=created.path, body=body), created
    if statement.policy == "refuse":
        check_refused(context, "invalid", op, exchange, f"a request with the unknown field {UNKNOWN_NAME}", "refuse")
        return
    if not context.expect_status(
        exchange.status < 300, "a request with an unknown field succeeds", exchange, about="accept"
    ):
        return
    response = context.get(fresh) if fresh and resource.can("get") else exchange
    item = context.item(resource.operations["get"] if resource.can("get") else op, response)
    kept = statement.policy == "keep"
    context.expect(
        (UNKNOWN_NAME in item) is kept,
        f"an unknown field is {'kept' if kept else 'ignored'}",
        f"the item {'has' if UNKNOWN_NAME in item else 'does not have'} the field",
        exchange,
        response,
        about="shown",
    )


def _unknown_places(contract: Contract) -> Iterator[Place]:
    statement = contract.behaviour.service.unknown_fields
    for resource, op in write_operations(contract):
        is_create = op == resource.operations["create"]
        if (
            _is_stated(contract, "unknown-fields")
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


EXPECTED: Mapping[str, tuple[frozenset[int], str]] = {
    "strict": (frozenset({404}), "returns 404, since the trailing slash matters"),
    "ignore": (frozenset(range(200, 300)), "works, since the trailing slash does not matter"),
    "redirect": (frozenset({301, 302, 307, 308}), "redirects to the documented path"),
}
"""Trailing slash policy → the allowed statuses, and what is expected in words."""


def trailing_slash(context: CheckContext, operation: Operation, statement: TrailingSlash) -> None:
    """A path with a wrong trailing slash returns 404, works or redirects, as stated."""
    request = context.request(operation, user=context.main_user)
    path = request.path[:-1] if request.path.endswith("/") else request.path + "/"
    exchange = context.target.send(request._replace(path=path), context.main_user)
    wanted, text = EXPECTED[statement.policy]
    context.expect_status(exchange.status in wanted, f"{path} {text}", exchange)
    if statement.policy == "redirect":
        _check_post_redirect(context, operation, path)
    if statement.policy == "redirect" and exchange.status in wanted:
        location = (exchange.header("location") or "").split("?")[0]
        context.expect(
            location.endswith(request.path),
            f"the redirect has Location: {request.path}",
            f"Location: {location}",
            exchange,
            about="location",
        )


def _check_post_redirect(context: CheckContext, operation: Operation, path: str) -> None:
    """A POST is redirected with 307 or 308, since clients turn it into GET after 301 and 302 (RFC 9110 section 15.4.8)."""
    if not any(o.path == operation.path and o.method == "post" for o in context.contract.document.operations):
        return
    request = context.request(operation, user=context.main_user)
    changed = request._replace(method="POST", path=path, query=(), body={}, media_type="application/json")
    exchange = context.target.send(changed, context.main_user)
    if 300 <= exchange.status < 400:
        context.expect_status(
            exchange.status in (307, 308), "a POST is redirected with 307 or 308", exchange, about="method"
        )


def _slash_places(contract: Contract) -> Iterator[Place]:
    statement = contract.behaviour.service.trailing_slash
    for resource in checked_resources(contract).values():
        if _is_stated(contract, "trailing-slash") and resource.can("list"):
            operation = resource.operations["list"].operation
            yield name_of(operation), StatementRef.of("service", "trailing-slash", statement), (operation, statement)


def _is_stated(contract: Contract, key: str) -> bool:
    """Does the document state this service policy, even with its default value?"""
    return contract.statements["x-service"].get(key) is not None


CHECKS = (
    Check("unknown-fields", ("unknown-fields",), _unknown_places, unknown_fields, exclusive=False),
    Check("trailing-slash", ("trailing-slash",), _slash_places, trailing_slash, exclusive=False),
)
