"""Promises about odd input: whatever a client sends, the service does not break, and text is kept as it was sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from contracts.checks.item_view import covers
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import Request
from contracts.conformance.response_validation import is_foreseen
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


def unbroken(context: CheckContext, act: ResourceOperation, kind: CheckedResource | None) -> None:
    """Odd ids, parameters, methods and bodies are refused or answered, and are no server error."""
    made = context.create(kind) if kind is not None and kind.can("create") else None
    path = dict(made.path) if made else {}
    if act.operation.method == "get":
        _ids(context, act, kind, path)
        _queries(context, act, path)
        _head(context, act, path)
    elif act.media_type is not None:
        for what, raw in _bodies(context, act, kind):
            exchange = context.send(act, path=path, body=raw, media_type=act.media_type.name)
            _forget(context, act, kind, exchange, path)
            _stands(context, act, what, exchange)
            context.expect(
                exchange.status >= 300 or what in PARSED,
                f"{what} is refused",
                f"status {exchange.status}",
                exchange,
                about=f"accepts {what}",
                statement=_inferred(act),
            )


def _inferred(act: ResourceOperation) -> StatementRef:
    return StatementRef(act.name, "schema", "inferred", "the document's schema of the request", "No body is like that.")


def _stands(context: CheckContext, act: ResourceOperation, what: str, exchange: RecordedExchange) -> None:
    holds = exchange.status < 500 or is_foreseen(act.operation, exchange.status)
    context.expect(holds, f"{what} is no server error", f"status {exchange.status}", exchange, about=what)


def _ids(context: CheckContext, act: ResourceOperation, kind: CheckedResource | None, path: dict[str, Any]) -> None:
    parameter = kind.resource.identity.parameter if kind else ""
    if kind is None or not kind.is_of_item(act):
        return
    for id in IDS:
        exchange = context.send(act, path=path | {parameter: id})
        _stands(context, act, f"the id {_short(id)}", exchange)
        context.expect(
            exchange.status >= 300,
            f"the id {_short(id)} is not found",
            f"status {exchange.status}",
            exchange,
            about="found",
        )


def _short(text: str) -> str:
    return text if len(text) < 30 else f"{text[:10]}… of {len(text)} characters"


def _queries(context: CheckContext, act: ResourceOperation, path: dict[str, Any]) -> None:
    for parameter in act.operation.parameters:
        if parameter.location == "query" and parameter.schema is not None:
            for value in _odd(context, parameter):
                what = f"{parameter.name}={_short(value)}"
                _stands(context, act, what, context.send(act, path=path, query={parameter.name: value}))


def _odd(context: CheckContext, parameter: Parameter) -> tuple[str, ...]:
    if context.contract.schemas.types(str(parameter.schema)) & {"integer", "number"}:
        return ("9" * 20, "-" + "9" * 20, "1e400", "NaN", "")
    return ("é'\"%", "\x00", "a" * 2000, "")


def _head(context: CheckContext, act: ResourceOperation, path: dict[str, Any]) -> None:
    """HEAD is answered as GET is, without the body, or refused (RFC 9110 section 9.3.2)."""
    request = context.request(act.operation, who=context.main, path=path)
    exchange = context.target.send(Request("HEAD", request.path, request.query, request.headers), context.main)
    _stands(context, act, "HEAD", exchange)


def _bodies(context: CheckContext, act: ResourceOperation, kind: CheckedResource | None) -> Iterator[tuple[str, bytes]]:
    body = context.bodies.least(act, context.check)
    texts = [name for name, value in (body or {}).items() if isinstance(value, str)]
    yield f"a body nested {DEEP} deep", b'{"contract-check": ' + b"[" * DEEP + b"]" * DEEP + b"}"
    yield "a body nested that deep and nothing else", b"[" * DEEP + b"]" * DEEP
    yield "a body that is not UTF-8", b'{"contract-check": "\xff\xfe"}'
    if not _takes(context, act, 7):
        yield "a body that is a number", b"7"
    yield "half a pair of surrogates", b'{"contract-check": "\\ud800"}'
    if body is None or not texts:
        return
    if kind is not None and act == kind.acts.get("create"):
        body = context.body(kind)
    for what, text in (("a text of a million characters", "a" * LARGE), ("a text with a NUL", "a\x00b")):
        for name in texts[:2] if "NUL" in what else texts[:1]:
            if "NUL" in what or not context.bodies.accepts(act, body | {name: text}):
                yield what, json.dumps(act.wrapped(body | {name: text})).encode()


def _takes(context: CheckContext, act: ResourceOperation, body: Any) -> bool:
    """Does the document allow a body as it is? Where it says nothing of its form, it allows all."""
    schema = act.media_type.schema if act.media_type else None
    return schema is None or context.contract.schemas.validator(schema, "request").is_valid(body)


def _forget(
    context: CheckContext,
    act: ResourceOperation,
    kind: CheckedResource | None,
    exchange: RecordedExchange,
    path: dict[str, Any],
) -> None:
    """What was created all the same is taken away in the end."""
    if kind is not None and act == kind.acts.get("create") and exchange.status < 300:
        context.made(kind, exchange, {}, context.main, path)


def texts(context: CheckContext, kind: CheckedResource, act: ResourceOperation) -> None:
    """A text that the schema allows is accepted and shown as it was sent, whatever characters it has."""
    body = context.body(kind)
    names = [name for name in context.bodies.free(act, body) if name not in kind.settled | kind.secret | kind.governed]
    unique = {field for statement in kind.resource.unique for field in statement.fields}
    names = [name for name in names if name not in unique]
    if not names:
        raise CannotBuildRequest("no field takes any text")
    for firm, table in ((True, TEXTS), (False, DOUBTFUL)):
        for what, text in table.items():
            _kept(context, kind, act, names[0], what, text, firm=firm)
    _addresses(context, kind, act)


def _kept(
    context: CheckContext, kind: CheckedResource, act: ResourceOperation, name: str, what: str, text: str, *, firm: bool
) -> None:
    body = context.body(kind) | {name: text}
    if not context.bodies.accepts(act, body):
        return
    statement = (
        None if firm else StatementRef(act.name, "schema", "inferred", "the document's schema of the request", "")
    )
    exchange, made = context.try_create(kind, body)
    context.expect(
        exchange.status < 300 or act.may_refuse,
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
    if kind.can("get"):
        seen = context.get(made)
        shown = context.item(kind.acts["get"], seen).get(name, shown)
        history = (made.exchange, seen)
    context.expect(
        covers(shown, text),
        f"{name} with {what} as it was sent: {text!r}",
        repr(shown),
        *history,
        about=f"keeps {what}",
        statement=statement,
    )


def _addresses(context: CheckContext, kind: CheckedResource, act: ResourceOperation) -> None:
    """An address is kept as it was sent, too: parsers like to put a slash behind it, or to sort its parts."""
    body = context.body(kind)
    for name, value in body.items():
        if isinstance(value, str) and value.startswith("https://") and name not in kind.settled | kind.governed:
            for what, text in (
                ("an address without a path", "https://contract-check.example"),
                ("an address with a query", "https://contract-check.example/a?b=2&a=1"),
            ):
                _kept(context, kind, act, name, what, text, firm=True)


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    statement = "RFC 9110 section 15.6 (a server error is the server's)"
    for act in resource_operations(contract):
        if act.operation.method == "get" or act.media_type is not None:
            text = "No request of a client breaks the service."
            yield (
                act.name,
                StatementRef(act.name, "http", "documented", statement, text),
                (act, resource_of(act, known)),
            )


def _text_places(contract: Contract) -> Iterator[Place]:
    for kind in checked_resources(contract).values():
        if kind.can("create") and kind.acts["create"].media_type is not None:
            act = kind.acts["create"]
            statement = StatementRef(
                act.name,
                "schema",
                "documented",
                "RFC 8259 section 8 (JSON texts are Unicode)",
                "A text is kept as it was sent.",
            )
            yield act.name, statement, (kind, act)


CHECKS = (
    Check("unbroken", (), _places, unbroken),
    Check("texts", (), _text_places, texts),
)  # fmt: skip
