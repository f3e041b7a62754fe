"""Promises about what replies look like: success envelopes and statuses, and the shape of each kind of refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from contracts.checks.fields import PLACEHOLDER
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.client.target import Request
from contracts.model.finding import BINDING_EVIDENCE, RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, name_of, value_at
from contracts.runner.check import Check, Place, operation_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import ErrorBody, Evidence, ReplyStatement, TrailingSlash, UnknownFields
from mockserver.contract import Contract
from mockserver.errors import REFUSALS
from mockserver.openapi import path_template
from mockserver.openapi.document import Operation

UNHEARD = "contract_check_unheard_of"
"""A name that no document has."""


def reply(context: CheckContext, resource: CheckedResource, op: ResourceOperation, statement: ReplyStatement) -> None:
    """A success has the status and the envelope that are said."""
    exchange = _succeeding(context, resource, op)
    if exchange.status >= 300:
        raise CannotBuildRequest(f"{op.name} answers {exchange.status}")
    if statement.status is not None and not (exchange.status == 201 and _may_make(resource, op)):
        context.expect(
            exchange.status == statement.status,
            f"status {statement.status}",
            f"status {exchange.status}",
            exchange,
            about="status",
        )
    if "{location}" in statement.headers.values() and _is_promised(op, statement):
        _located(context, resource, statement, exchange)
    if op.operation.method != "head" and exchange.reply_body:
        for problem in misfits(op.template, exchange.json, {}):
            context.report_violation("the envelope that is said", problem, exchange, about=problem.partition(" ")[0])


def _may_make(resource: CheckedResource, op: ResourceOperation) -> bool:
    """Does a PUT go to where nothing is, so that a 201 tells what it made (RFC 9110 section 9.3.4)?"""
    return bool(op.behaviour.action and op.behaviour.action.upsert) and not resource.can("create")


def _is_promised(op: ResourceOperation, statement: ReplyStatement) -> bool:
    """Is Location documented, or said by somebody who knows? A guess alone promises nothing."""
    response = op.operation.success()
    return statement.evidence in BINDING_EVIDENCE or any(
        h.name.lower() == "location" for h in (response.headers if response else ())
    )


def _located(
    context: CheckContext, resource: CheckedResource, statement: ReplyStatement, exchange: RecordedExchange
) -> None:
    """The address of a new item is told, and the item is there (RFC 9110 section 10.2.2)."""
    name = next(name for name, written in statement.headers.items() if written == "{location}")
    address = exchange.header(name)
    if not context.expect(
        bool(address), f"{name} says where the new item is", "no such header", exchange, about="location"
    ):
        return
    parts, base = urlsplit(urljoin(exchange.url, str(address))), urlsplit(context.target.base_url).path
    if not context.expect(
        parts.path.startswith(base), f"{name} leads below {base}", repr(address), exchange, about="base"
    ) or not resource.can("get"):
        return
    seen = context.target.send(Request("GET", parts.path.removeprefix(base)), context.main_user)
    context.expect(
        seen.status == 200, f"the item is at {parts.path}", f"status {seen.status}", exchange, seen, about="located"
    )
    field = resource.behaviour.identity.field
    wanted = value_at(exchange.json, resource.operations["create"].reply_path("item") or ())
    found = context.item(resource.operations["get"], seen)
    if isinstance(wanted, dict) and field in wanted and field in found:
        context.expect(
            found[field] == wanted[field],
            f"the item at {parts.path} is the new one, {wanted[field]}",
            f"{field} {found[field]}",
            exchange,
            seen,
            about="located other",
        )


def _succeeding(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> RecordedExchange:
    does = op.behaviour.action.does if op.behaviour.action else ""
    if does == "create":
        return context.try_create(resource)[0]
    if does == "answer" or not resource.can("create"):
        body = context.bodies.least(op, context.check) if op.media_type else None
        return context.send(op, body=body) if body is not None else context.send(op)
    made = context.some_item(resource) if does in ("get", "list") else context.create(resource)
    body = context.bodies.least(op, context.check) if does in ("update", "replace") else None
    return context.send(op, path=made.path, body=body) if body is not None else context.send(op, path=made.path)


def misfits(written: Any, seen: Any, values: Mapping[str, Any], place: str = "body") -> Iterator[str]:
    """Where a JSON value is not as a template says; `values` are what placeholders must stand for, if known."""
    if isinstance(written, str):
        if not _fits_text(written, seen, values):
            yield f"{place} is {seen!r} where {written!r} is said"
    elif isinstance(written, Mapping):
        yield from _misfit_object(written, seen, values, place)
    elif isinstance(written, list):
        yield from _misfit_list(written, seen, values, place)
    elif written != seen or isinstance(written, bool) != isinstance(seen, bool):
        yield f"{place} is {seen!r} where {written!r} is said"


def _misfit_object(written: Mapping[str, Any], seen: Any, values: Mapping[str, Any], place: str) -> Iterator[str]:
    if not isinstance(seen, Mapping):
        yield f"{place} is no object"
        return
    for key, inner in written.items():
        if key not in seen:
            if not _may_be_absent(inner):
                yield f"{place}.{key} is missing"
        else:
            yield from misfits(inner, seen[key], values, f"{place}.{key}")


def _may_be_absent(written: Any) -> bool:
    """`{next?}`: a property that is left out where there is nothing to say."""
    return isinstance(written, str) and written.endswith("?}") and PLACEHOLDER.fullmatch(written) is not None


def _misfit_list(written: list[Any], seen: Any, values: Mapping[str, Any], place: str) -> Iterator[str]:
    if not isinstance(seen, list):
        yield f"{place} is no array"
    elif len(written) == 1 and isinstance(written[0], Mapping) and "$each" in written[0]:
        inner = {key: value for key, value in written[0].items() if key != "$each"}
        if not seen:
            yield f"{place} names nothing"
        for each in seen[:3]:
            yield from misfits(inner, each, values, f"{place}[]")
    elif len(seen) != len(written):
        yield f"{place} has {len(seen)} entries"
    else:
        for one, other in zip(written, seen, strict=True):
            yield from misfits(one, other, values, f"{place}[]")


TYPES: Mapping[str, type | tuple[type, ...]] = {
    "message": str, "field": str, "keyword": str, "loc": list, "items": list, "more": bool, "total": int,
    "retry_after_ms": (int, float), "path": str, "kind": str,
}  # fmt: skip
"""What a placeholder stands for, where that is always of one type."""


def _fits_text(written: str, seen: Any, values: Mapping[str, Any]) -> bool:
    match = PLACEHOLDER.fullmatch(written)
    if match is None:
        if PLACEHOLDER.search(written) is None:
            return bool(seen == written)
        pattern = "".join(
            re.escape(p) if i % 3 == 0 else ".*" if i % 3 == 1 else "" for i, p in enumerate(PLACEHOLDER.split(written))
        )
        return isinstance(seen, str) and re.fullmatch(pattern, seen, re.DOTALL) is not None
    name = match[1]
    if name in values:
        return bool(seen == values[name])
    return isinstance(seen, TYPES[name]) and seen != "" if name in TYPES else True


def error_said(context: CheckContext, kind: str, op: ResourceOperation | None = None) -> ErrorBody | None:
    """What is said about the body of a kind of refusal."""
    own = op.behaviour.errors.bodies if op else {}
    service = context.contract.behaviour.service.errors.bodies
    return own.get(kind) or service.get(kind) or own.get("default") or service.get("default")


def matches_error(
    context: CheckContext, kind: str, exchange: RecordedExchange, op: ResourceOperation | None = None
) -> None:
    """Tell where a refusal is not as its statement says."""
    statement = error_said(context, kind, op)
    if statement is None:
        return
    reference = StatementRef.of("service", f"errors.{kind}", statement)
    for problem in misfits(statement.body, exchange.json, {"status": exchange.status}):
        context.report_violation(
            f"the {kind} error body that is said",
            problem,
            exchange,
            statement=reference,
            about=problem.partition(" ")[0],
        )


def status_of(context: CheckContext, kind: str, op: ResourceOperation) -> frozenset[int]:
    """The statuses that a kind of refusal may have at an operation: as stated, as documented, else by HTTP."""
    for errors in (op.behaviour.errors.bodies, context.contract.behaviour.service.errors.bodies):
        if kind in errors and errors[kind].status is not None:
            return frozenset({int(errors[kind].status or 0)})
    own = REFUSALS[kind].status
    if kind not in ("invalid", "malformed"):
        return frozenset({own})
    documented = {int(r.status) for r in op.operation.responses if r.status in ("400", "422")}
    stated = kind in context.contract.behaviour.service.errors.bodies
    return frozenset({own} if stated and (own in documented or not documented) else documented or {400, 422})


def refused(
    context: CheckContext, kind: str, op: ResourceOperation, exchange: RecordedExchange, what: str, about: str
) -> bool:
    """Tell a breach unless a request is refused in the right way. Answers whether it was refused at all."""
    wanted = status_of(context, kind, op)
    told = " or ".join(str(status) for status in sorted(wanted))
    statement = error_said(context, kind, op)
    own = (
        StatementRef.of("service", f"errors.{kind}", statement) if statement and 400 <= exchange.status < 500 else None
    )
    if context.expect(
        exchange.status in wanted,
        f"{what} is refused with {told}",
        f"status {exchange.status}",
        exchange,
        about=about,
        statement=own,
    ):
        matches_error(context, kind, exchange, op)
    return 400 <= exchange.status < 500


def malformed(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """A body that is no JSON is refused, and changes nothing (RFC 8259)."""
    made = context.create(resource) if resource.can("create") and resource.is_of_item(op) else None
    for text in (b'{"name": "contract-check', b"not json", b""):
        if text == b"" and not (op.operation.request_body and op.operation.request_body.required):
            continue
        exchange = context.send(op, path=_place(context, resource, made), body=text)
        _forget(context, resource, op, exchange, made)
        if text:
            refused(context, "malformed", op, exchange, "a body that is no JSON", "malformed")
        else:
            context.expect(
                400 <= exchange.status < 500,
                "a required body that is missing is refused",
                f"status {exchange.status}",
                exchange,
                about="empty",
            )


def _place(context: CheckContext, resource: CheckedResource, made: CreatedItem | None) -> Mapping[str, Any]:
    """The path parameters of an item, or of the collection that a new one would be in."""
    return made.path if made else context.parent_path(resource, context.main_user)


def _forget(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    exchange: RecordedExchange,
    made: CreatedItem | None,
) -> None:
    """What was created against all expectation is taken away in the end."""
    if op == resource.operations.get("create") and exchange.status < 300:
        context.record_created(
            resource,
            exchange,
            {},
            context.main_user,
            made.path if made else context.parent_path(resource, context.main_user),
        )


def media_types(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """A content type that the operation does not document is refused (RFC 9110 section 15.5.16)."""
    made = context.create(resource) if resource.can("create") and resource.is_of_item(op) else None
    exchange = context.send(
        op, path=_place(context, resource, made), body=b"name=x", media_type="application/x-contract-check"
    )
    _forget(context, resource, op, exchange, made)
    refused(context, "unsupported-media-type", op, exchange, "an undocumented content type", "media-type")
    _charset(context, resource, op, made)


def _charset(context: CheckContext, resource: CheckedResource, op: ResourceOperation, made: CreatedItem | None) -> None:
    """A parameter of JSON's content type means nothing, and is no reason to refuse (RFC 8259 section 11)."""
    body = (
        context.body(resource) if op == resource.operations.get("create") else context.bodies.least(op, context.check)
    )
    if body is None or op.media_type is None or op.may_refuse:
        return
    place, plain = _place(context, resource, made), op.media_type.name
    exchange = context.send(op, path=place, body=body, media_type=f"{plain}; charset=utf-8")
    _forget(context, resource, op, exchange, made)
    statement = StatementRef(
        op.name, "http", "documented", "RFC 8259 section 11", "The parameter charset has no effect."
    )
    context.expect(
        exchange.status not in (400, 415, 422),
        f"{plain}; charset=utf-8 is taken as {plain}",
        f"status {exchange.status}",
        exchange,
        about="charset",
        statement=statement,
    )


def methods(context: CheckContext, path: str, documented: frozenset[str]) -> None:
    """A method that a path does not have is not accepted; 405 says which there are (RFC 9110 section 15.5.6)."""
    operation = next(o for o in context.contract.document.operations if o.path == path)
    request = context.request(operation, user=context.main_user)
    for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE"} - documented):
        body: dict[str, Any] | None = None if method in ("GET", "DELETE") else {}
        exchange = context.target.send(
            Request(method, request.path, (), request.headers, body, "application/json" if body is not None else ""),
            context.main_user,
        )
        context.expect(
            400 <= exchange.status < 500,
            f"{method}, which is not documented, is refused",
            f"status {exchange.status}",
            exchange,
            about=method,
        )
        if exchange.status == 405:
            allowed = {m.strip().upper() for m in (exchange.header("allow") or "").split(",")}
            context.expect(
                documented <= allowed,
                f"Allow names {', '.join(sorted(documented))}",
                repr(exchange.header("allow")),
                exchange,
                about="allow",
            )
            matches_error(context, "method-not-allowed", exchange)


def nowhere(context: CheckContext, operation: Operation) -> None:
    """A path that is not documented is not found."""
    request = context.request(operation, user=context.main_user)
    candidates = (request.path.rstrip("/") + f"-{UNHEARD}", f"{request.path.rstrip('/')}/{UNHEARD}/{UNHEARD}")
    path = next((each for each in candidates if not _is_documented(context.contract, each)), "")
    if not path:
        raise CannotBuildRequest("every path that could be thought of is documented")
    exchange = context.target.send(Request("GET", path, (), request.headers), context.main_user)
    if context.expect(
        exchange.status == 404, "404 for a path that is not documented", f"status {exchange.status}", exchange
    ):
        matches_error(context, "unknown-path", exchange)


def _is_documented(contract: Contract, path: str) -> bool:
    """Does a path match one of the document's?"""
    return any(re.fullmatch(path_template.pattern(each.path), path) for each in contract.document.operations)


def error_bodies(context: CheckContext, resource: CheckedResource) -> None:
    """Refusals for what is not there have the body that is said."""
    made = context.create(resource)
    context.delete(made)
    for name in ("get", "update", "replace", "delete"):
        op = resource.operations.get(name)
        if op is not None and not (name == "replace" and op.behaviour.action and op.behaviour.action.upsert):
            body = context.bodies.least(op, context.check) if op.media_type else None
            seen = context.send(op, path=made.path, body=MISSING if body is None else body)
            refused(context, "missing", op, seen, "an item that is not there", f"missing {name}")


def unknown_fields(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, statement: UnknownFields
) -> None:
    """A field that the document does not name is ignored, kept or refused, as said."""
    made = context.create(resource) if resource.is_of_item(op) else None
    body = {**(context.body(resource) if made is None else context.bodies.least(op, context.check) or {}), UNHEARD: "x"}
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


def _writes(contract: Contract) -> Iterator[tuple[CheckedResource, ResourceOperation]]:
    for resource in checked_resources(contract).values():
        for name in ("create", "update", "replace"):
            op = resource.operations.get(name)
            if op is not None and op.media_type is not None and resource.can("create"):
                yield resource, op


def _write_places(source: str, text: str) -> Any:
    def places(contract: Contract) -> Iterator[Place]:
        for resource, op in _writes(contract):
            yield op.name, StatementRef(op.name, "http", "documented", source, text), (resource, op)

    return places


def _media_places(contract: Contract) -> Iterator[Place]:
    for resource, op in _writes(contract):
        evidence: Evidence = "documented" if any(r.status == "415" for r in op.operation.responses) else "inferred"
        statement = StatementRef(
            op.name, "http", evidence, "RFC 9110 section 15.5.16", "A content type that is not documented."
        )
        yield op.name, statement, (resource, op)


def _path_places(contract: Contract) -> Iterator[Place]:
    for path in dict.fromkeys(o.path for o in contract.document.operations):
        found = frozenset(o.method.upper() for o in contract.document.operations if o.path == path)
        statement = StatementRef(
            path, "http", "documented", "RFC 9110 section 15.5.6", "Methods that a path does not have."
        )
        yield f"{min(found)} {path}", statement, (path, found)


def _nowhere_places(contract: Contract) -> Iterator[Place]:
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


def _unknown_places(contract: Contract) -> Iterator[Place]:
    statement = contract.behaviour.service.unknown_fields
    for resource, op in _writes(contract):
        is_create = op == resource.operations["create"]
        if (
            _says(contract, "unknown-fields")
            and (is_create or op == resource.operations.get("update"))
            and _is_open(contract, op)
        ):
            yield op.name, StatementRef.of("service", "unknown-fields", statement), (resource, op, statement)


def _says(contract: Contract, key: str) -> bool:
    """Does the behaviour of the service say something under this key, be it the default?"""
    return key in (contract.document.root.get("x-service") or {})


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


def _slash_places(contract: Contract) -> Iterator[Place]:
    statement = contract.behaviour.service.trailing_slash
    for resource in checked_resources(contract).values():
        if _says(contract, "trailing-slash") and resource.can("list"):
            operation = resource.operations["list"].operation
            yield name_of(operation), StatementRef.of("service", "trailing-slash", statement), (operation, statement)


CHECKS = (
    Check("reply", ("reply",), operation_statement("reply"), reply, exclusive=False),
    Check(
        "malformed",
        ("errors",),
        _write_places("RFC 8259 section 2", "A body that is no JSON is refused."),
        malformed,
        exclusive=False,
    ),
    Check("media-type", ("errors",), _media_places, media_types, exclusive=False),
    Check("method", ("errors",), _path_places, methods, exclusive=False),
    Check("unknown-path", ("errors",), _nowhere_places, nowhere, exclusive=False),
    Check("error-body", ("errors",), _missing_places, error_bodies, exclusive=False),
    Check("unknown-fields", ("unknown-fields",), _unknown_places, unknown_fields, exclusive=False),
    Check("trailing-slash", ("trailing-slash",), _slash_places, trailing_slash, exclusive=False),
)
