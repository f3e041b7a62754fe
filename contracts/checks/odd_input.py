"""Promises about odd input: whatever a client sends, the service does not break, and text is kept as it was sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from contracts.checks.item_view import covers
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import Request
from contracts.conformance.response_validation import is_documented_error
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place, resource_of
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.openapi.document import Parameter

IDS = ("contract-check", "0", "-1", "99999999999999999999", "1e9", "a" * 300, "é'\"%", "null")
"""Ids that no item has, and that are none by their looks for most services."""

LARGE = 1_000_000
"""The size in bytes of a large body."""

DEEP = 2_000
"""How deep a nested body is."""

TEXTS = {
    "characters beyond 16 bits": "🙂 𝒳",
    "letters of many languages": "ß é 漢字 עברית",
    "what HTML escapes": "<b>&amp;\"'</b>",
    "quotes and signs of SQL and shells": "'; -- $HOME %s \\",
}
"""Texts that services mangle; every one is kept as it was sent."""

DOUBTFUL = {
    "space around it": " both ends ",
    "nothing but space": "   ",
    "a combining accent": "e\u0301",
    "a tab and a line's end": "tab\tline\nend",
}
"""Texts that a service may well take for another: what becomes of them is news, never a failure."""

PARSED = frozenset({"a text with a NUL", "half a pair of surrogates", f"a body nested {DEEP} deep"})
"""What a service may take, since its parser does, or refuse; but it must not break."""


def unbroken(context: CheckContext, op: ResourceOperation, resource: CheckedResource | None) -> None:
    """Odd ids, parameters, methods and bodies are refused or answered, and are no server error."""
    made = context.create(resource) if resource is not None and resource.can("create") else None
    path = dict(made.path) if made else {}
    if op.operation.method == "get":
        _ids(context, op, resource, path)
        _queries(context, op, path)
        _head(context, op, path)
    elif op.media_type is not None:
        for what, raw in _bodies(context, op, resource):
            exchange = context.send(op, path=path, body=raw, media_type=op.media_type.name)
            _forget(context, op, resource, exchange, path)
            _stands(context, op, what, exchange)
            context.expect(
                exchange.status >= 300 or what in PARSED,
                f"{what} is refused",
                f"status {exchange.status}",
                exchange,
                about=f"accepts {what}",
                statement=_inferred(op),
            )


def _inferred(op: ResourceOperation) -> StatementRef:
    return StatementRef(op.name, "schema", "inferred", "the document's schema of the request", "No body is like that.")


def _stands(context: CheckContext, op: ResourceOperation, what: str, exchange: RecordedExchange) -> None:
    holds = exchange.status < 500 or is_documented_error(op.operation, exchange.status)
    context.expect(holds, f"{what} is no server error", f"status {exchange.status}", exchange, about=what)


def _ids(context: CheckContext, op: ResourceOperation, resource: CheckedResource | None, path: dict[str, Any]) -> None:
    parameter = resource.behaviour.identity.parameter if resource else ""
    if resource is None or not resource.is_of_item(op):
        return
    for id in IDS:
        exchange = context.send(op, path=path | {parameter: id})
        _stands(context, op, f"the id {_short(id)}", exchange)
        context.expect(
            exchange.status >= 300,
            f"the id {_short(id)} is not found",
            f"status {exchange.status}",
            exchange,
            about="found",
        )


def _short(text: str) -> str:
    return text if len(text) < 30 else f"{text[:10]}… of {len(text)} characters"


def _queries(context: CheckContext, op: ResourceOperation, path: dict[str, Any]) -> None:
    for parameter in op.operation.parameters:
        if parameter.location == "query" and parameter.schema is not None:
            for value in _odd(context, parameter):
                what = f"{parameter.name}={_short(value)}"
                _stands(context, op, what, context.send(op, path=path, query={parameter.name: value}))


def _odd(context: CheckContext, parameter: Parameter) -> tuple[str, ...]:
    if context.contract.schemas.types(str(parameter.schema)) & {"integer", "number"}:
        return ("9" * 20, "-" + "9" * 20, "1e400", "NaN", "")
    return ("é'\"%", "\x00", "a" * 2000, "")


def _head(context: CheckContext, op: ResourceOperation, path: dict[str, Any]) -> None:
    """HEAD is answered as GET is, without the body, or refused (RFC 9110 section 9.3.2)."""
    request = context.request(op.operation, user=context.main_user, path=path)
    exchange = context.target.send(Request("HEAD", request.path, request.query, request.headers), context.main_user)
    _stands(context, op, "HEAD", exchange)


def _bodies(
    context: CheckContext, op: ResourceOperation, resource: CheckedResource | None
) -> Iterator[tuple[str, bytes]]:
    body = context.bodies.minimal(op, context.check)
    texts = [name for name, value in (body or {}).items() if isinstance(value, str)]
    yield f"a body nested {DEEP} deep", b'{"contract-check": ' + b"[" * DEEP + b"]" * DEEP + b"}"
    yield "a body nested that deep and nothing else", b"[" * DEEP + b"]" * DEEP
    yield "a body that is not UTF-8", b'{"contract-check": "\xff\xfe"}'
    if not _takes(context, op, 7):
        yield "a body that is a number", b"7"
    yield "half a pair of surrogates", b'{"contract-check": "\\ud800"}'
    if body is None or not texts:
        return
    if resource is not None and op == resource.operations.get("create"):
        body = context.body(resource)
    for what, text in (("a text of a million characters", "a" * LARGE), ("a text with a NUL", "a\x00b")):
        for name in texts[:2] if "NUL" in what else texts[:1]:
            if "NUL" in what or not context.bodies.accepts(op, body | {name: text}):
                yield what, json.dumps(op.in_envelope(body | {name: text})).encode()


def _takes(context: CheckContext, op: ResourceOperation, body: Any) -> bool:
    """Does the document allow a body as it is? Where it says nothing of its form, it allows all."""
    schema = op.media_type.schema if op.media_type else None
    return schema is None or context.contract.schemas.validator(schema, "request").is_valid(body)


def _forget(
    context: CheckContext,
    op: ResourceOperation,
    resource: CheckedResource | None,
    exchange: RecordedExchange,
    path: dict[str, Any],
) -> None:
    """What was created all the same is taken away in the end."""
    if resource is not None and op == resource.operations.get("create") and exchange.status < 300:
        context.record_created(resource, exchange, {}, context.main_user, path)


def texts(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """A text that the schema allows is accepted and shown as it was sent, whatever characters it has."""
    body = context.body(resource)
    names = [
        name
        for name in context.bodies.free_text_fields(op, body)
        if name not in resource.server_fields | resource.write_only_fields | resource.rule_fields
    ]
    unique = {field for statement in resource.behaviour.unique for field in statement.fields}
    names = [name for name in names if name not in unique]
    if not names:
        raise CannotBuildRequest("no field takes any text")
    for firm, table in ((True, TEXTS), (False, DOUBTFUL)):
        for what, text in table.items():
            _kept(context, resource, op, names[0], what, text, firm=firm)
    _addresses(context, resource, op)


def _kept(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    name: str,
    what: str,
    text: str,
    *,
    firm: bool,
) -> None:
    body = context.body(resource) | {name: text}
    if not context.bodies.accepts(op, body):
        return
    statement = (
        None if firm else StatementRef(op.name, "schema", "inferred", "the document's schema of the request", "")
    )
    exchange, made = context.try_create(resource, body)
    context.expect(
        exchange.status < 300 or op.may_refuse,
        f"{name} with {what} is accepted",
        f"status {exchange.status}",
        exchange,
        about=f"accepts {what}",
        statement=statement,
    )
    if made is None:
        return
    history: tuple[RecordedExchange, ...] = (made.exchange,)
    shown = made.item.get(name, text)
    if resource.can("get"):
        seen = context.get(made)
        shown = context.item(resource.operations["get"], seen).get(name, shown)
        history = (made.exchange, seen)
    context.expect(
        covers(shown, text),
        f"{name} with {what} as it was sent: {text!r}",
        repr(shown),
        *history,
        about=f"keeps {what}",
        statement=statement,
    )


def _addresses(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """An address is kept as it was sent, too: parsers like to put a slash behind it, or to sort its parts."""
    body = context.body(resource)
    for name, value in body.items():
        if (
            isinstance(value, str)
            and value.startswith("https://")
            and name not in resource.server_fields | resource.rule_fields
        ):
            for what, text in (
                ("an address without a path", "https://contract-check.example"),
                ("an address with a query", "https://contract-check.example/a?b=2&a=1"),
            ):
                _kept(context, resource, op, name, what, text, firm=True)


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    statement = "RFC 9110 section 15.6 (a server error is the server's)"
    for op in resource_operations(contract):
        if op.operation.method == "get" or op.media_type is not None:
            text = "No request of a client breaks the service."
            yield (
                op.name,
                StatementRef(op.name, "http", "documented", statement, text),
                (op, resource_of(op, known)),
            )


def _text_places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        if resource.can("create") and resource.operations["create"].media_type is not None:
            op = resource.operations["create"]
            statement = StatementRef(
                op.name,
                "schema",
                "documented",
                "RFC 8259 section 8 (JSON texts are Unicode)",
                "A text is kept as it was sent.",
            )
            yield op.name, statement, (resource, op)


CHECKS = (
    Check("unbroken", (), _places, unbroken),
    Check("texts", (), _text_places, texts),
)  # fmt: skip
