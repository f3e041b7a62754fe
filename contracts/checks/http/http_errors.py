"""Checks of errors that HTTP defines: malformed bodies, media types, methods and unknown paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.error_replies import check_error_body, check_refused
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.model.documented_methods import methods_at
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, name_of
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.start_page import is_start_page
from mockserver.behaviour.statements import Evidence
from mockserver.contract import Contract
from mockserver.openapi import path_template
from mockserver.openapi.document import Operation

NOT_IMPLEMENTED = 501
"""The status for a method that a server does not know (RFC 9110 section 15.6.2)."""

NO_ROUTE = frozenset({404, 405, 410, NOT_IMPLEMENTED})
"""Statuses of a service that does not have an operation at all."""

UNKNOWN_NAME = "contract_check_unheard_of"
"""A name that no document contains."""


def malformed(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """A body that is not valid JSON is refused (RFC 8259)."""
    created = context.create(resource) if resource.can("create") and resource.is_of_item(op) else None
    for text in (b'{"name": "contract-check', b"not json", b""):
        if text == b"" and not (op.operation.request_body and op.operation.request_body.required):
            continue
        exchange = context.send(op, path=_path_of(context, resource, created), body=text)
        _record_created(context, resource, op, exchange, created)
        _require_route(context, resource, op, created, exchange)
        if text:
            check_refused(context, "malformed", op, exchange, "a body that is not valid JSON", "malformed")
        else:
            context.expect_status(
                400 <= exchange.status < 500,
                "a request without its required body is refused",
                exchange,
                about="empty",
                statement=StatementRef(
                    op.name, "http", "documented", "requestBody.required: true", "The operation needs a body."
                ),
            )


def _require_route(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    created: CreatedItem | None,
    exchange: RecordedExchange,
) -> None:
    """Raise CannotBuildRequest if the service has no such operation: it refuses a valid request in the same way."""
    body = context.bodies.minimal(op, context.check) if exchange.status in NO_ROUTE else None
    if body is not None:
        valid = context.send(op, path=_path_of(context, resource, created), body=body)
        _record_created(context, resource, op, valid, created)
        if valid.status == exchange.status:
            raise CannotBuildRequest(f"{op.name} answers {valid.status} to a valid request too")


def _path_of(context: CheckContext, resource: CheckedResource, created: CreatedItem | None) -> Mapping[str, Any]:
    """The path parameters of an item, or of the collection for a new item."""
    return created.path if created else context.parent_path(resource, context.main_user)


def _record_created(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    exchange: RecordedExchange,
    created: CreatedItem | None,
) -> None:
    """Record an item that was created although the request is invalid, so that it is deleted at the end."""
    if op == resource.operations.get("create") and exchange.status < 300:
        context.record_created(
            resource,
            exchange,
            {},
            context.main_user,
            created.path if created else context.parent_path(resource, context.main_user),
        )


def media_types(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """An undocumented content type is refused; `charset` has no effect for JSON (RFC 9110 section 15.5.16)."""
    created = context.create(resource) if resource.can("create") and resource.is_of_item(op) else None
    exchange = context.send(
        op, path=_path_of(context, resource, created), body=b"name=x", media_type="application/x-contract-check"
    )
    _record_created(context, resource, op, exchange, created)
    _require_route(context, resource, op, created, exchange)
    check_refused(
        context, "unsupported-media-type", op, exchange, "a request with an undocumented content type", "media-type"
    )
    _check_charset(context, resource, op, created)


def _check_charset(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, created: CreatedItem | None
) -> None:
    """`charset` has no effect for JSON, so a request with it is accepted (RFC 8259 section 11)."""
    body = (
        context.body(resource) if op == resource.operations.get("create") else context.bodies.minimal(op, context.check)
    )
    if body is None or op.media_type is None or op.may_refuse:
        return
    place, plain = _path_of(context, resource, created), op.media_type.name
    as_documented = context.send(op, path=place, body=body)
    _record_created(context, resource, op, as_documented, created)
    if as_documented.status in (400, 415, 422):
        return  # refused without the parameter too
    if op == resource.operations.get("create"):
        body = context.body(resource)
    exchange = context.send(op, path=place, body=body, media_type=f"{plain}; charset=utf-8")
    _record_created(context, resource, op, exchange, created)
    statement = StatementRef(
        op.name, "http", "documented", "RFC 8259 section 11", "The parameter charset has no effect."
    )
    context.expect_status(
        exchange.status not in (400, 415, 422),
        f"{plain}; charset=utf-8 is accepted like {plain}",
        exchange,
        about="charset",
        statement=statement,
    )


def methods(context: CheckContext, path: str, documented: frozenset[str]) -> None:
    """An undocumented method is refused, and Allow lists every documented method (RFC 9110 section 15.5.6)."""
    operation = next(o for o in context.contract.document.operations if o.path == path)
    request = context.request(operation, user=context.main_user)
    others = methods_at(context.contract, request.path)
    here = documented & methods_at(context.contract, context.target.address(request), context.target.base_url)
    if "#" in path or not others:
        raise CannotBuildRequest(f"no request can have the path {path}: what follows a # is not sent")
    for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE"} - documented - others):
        body: dict[str, Any] | None = None if method in ("GET", "DELETE") else {}
        exchange = context.target.send(
            request._replace(
                method=method,
                query=(),
                querystring="",
                body=body,
                media_type="" if body is None else "application/json",
            ),
            context.main_user,
        )
        if is_start_page(context, exchange):
            continue  # `unknown-path` reports it
        context.expect_status(
            400 <= exchange.status < 500 or exchange.status == NOT_IMPLEMENTED,
            f"the undocumented method {method} is refused",
            exchange,
            about=method,
        )
        if exchange.status == 405:
            _check_allow(context, exchange, method, here)
            check_error_body(context, "method-not-allowed", exchange)


def _check_allow(context: CheckContext, exchange: RecordedExchange, refused: str, documented: frozenset[str]) -> None:
    """`Allow` lists every documented method, and not the one that was refused."""
    header = exchange.header("allow") or ""
    allowed = {each.strip().upper() for each in header.split(",")}
    seen = f"Allow: {header}" if header else "no Allow header"
    is_complete = {each.upper() for each in documented} <= allowed
    listed = f"an Allow header that lists every documented method: {', '.join(sorted(documented))}"
    context.expect(is_complete, listed, seen, exchange, about="allow")
    context.expect(
        refused not in allowed, f"an Allow header without {refused}, which is refused", seen, exchange, about="refused"
    )


def unknown_path(context: CheckContext, operation: Operation) -> None:
    """An undocumented path returns 404."""
    request = context.request(operation, user=context.main_user)
    candidates = (
        request.path.rstrip("/") + f"-{UNKNOWN_NAME}",
        f"{request.path.rstrip('/')}/{UNKNOWN_NAME}/{UNKNOWN_NAME}",
    )
    path = next((each for each in candidates if not _is_documented(context.contract, each)), "")
    if not path:
        raise CannotBuildRequest("the document has a path for every URL that the check tries")
    exchange = context.target.send(
        request._replace(method="GET", path=path, query=(), querystring=""), context.main_user
    )
    if context.expect_status(exchange.status == 404, "an undocumented path returns 404", exchange):
        check_error_body(context, "unknown-path", exchange)


def _is_documented(contract: Contract, path: str) -> bool:
    """Does a path match a documented one?"""
    return any(path_template.matches(each.path, path) for each in contract.document.operations)


def error_bodies(context: CheckContext, resource: CheckedResource) -> None:
    """Errors for items that do not exist have the stated status and body."""
    created = context.create(resource)
    context.delete(created)
    for name in ("get", "update", "replace", "delete"):
        op = resource.operations.get(name)
        if op is not None and not op.creates_missing:
            body = context.bodies.minimal(op, context.check) if op.media_type else None
            response = context.send(op, path=created.path, body=MISSING if body is None else body)
            check_refused(context, "missing", op, response, "a request for a deleted item", f"missing {name}")


def write_operations(contract: Contract) -> Iterator[tuple[CheckedResource, ResourceOperation]]:
    for resource in checked_resources(contract).values():
        for name in ("create", "update", "replace"):
            op = resource.operations.get(name)
            if op is not None and op.media_type is not None and resource.can("create"):
                yield resource, op


def _write_places(source: str, text: str) -> Any:
    def places(contract: Contract) -> Iterator[Place]:
        for resource, op in write_operations(contract):
            yield op.name, StatementRef(op.name, "http", "documented", source, text), (resource, op)

    return places


def _media_places(contract: Contract) -> Iterator[Place]:
    for resource, op in write_operations(contract):
        evidence: Evidence = "documented" if any(r.status == "415" for r in op.operation.responses) else "inferred"
        statement = StatementRef(
            op.name, "http", evidence, "RFC 9110 section 15.5.16", "An undocumented content type is refused."
        )
        yield op.name, statement, (resource, op)


def _path_places(contract: Contract) -> Iterator[Place]:
    for path in dict.fromkeys(o.path for o in contract.document.operations):
        found = frozenset(o.http_method for o in contract.document.operations if o.path == path)
        statement = StatementRef(
            path,
            "http",
            "documented",
            "RFC 9110 section 15.5.6",
            "An undocumented method is refused with 405 and an Allow header.",
        )
        yield f"{min(found)} {path}", statement, (path, found)


def _unknown_path_places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        if resource.can("list"):
            operation = resource.operations["list"].operation
            yield (
                name_of(operation),
                StatementRef("service", "http", "documented", "RFC 9110 section 15.5.5"),
                (operation,),
            )
            return


def _missing_places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        statement = contract.behaviour.service.errors.bodies.get("missing")
        if statement and resource.can("create", "delete", "get"):
            yield resource.operations["get"].name, StatementRef.of("service", "errors.missing", statement), (resource,)


CHECKS = (
    Check(
        "malformed-body",
        ("errors",),
        _write_places("RFC 8259 section 2", "A body that is not valid JSON is refused."),
        malformed,
        exclusive=False,
    ),
    Check("unsupported-media-type", ("errors",), _media_places, media_types, exclusive=False),
    Check("method-not-allowed", ("errors",), _path_places, methods, exclusive=False),
    Check("unknown-path", ("errors",), _unknown_path_places, unknown_path, exclusive=False),
    Check("not-found-error", ("errors",), _missing_places, error_bodies, exclusive=False),
)
