"""Checks of unusual input: it causes no server error, and text is stored as it was sent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from contracts.checks.http.http_errors import NOT_IMPLEMENTED
from contracts.checks.input.refusal_causes import told_elsewhere
from contracts.checks.item_view import as_json, covers
from contracts.checks.stored_fields import NORMALISED, is_rewritten, weaker
from contracts.checks.value_likeness import likeness
from contracts.client.request_builder import CannotBuildRequest
from contracts.conformance.response_validation import is_documented_error
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place, resource_of
from contracts.runner.context import CheckContext
from contracts.runner.start_page import is_start_page
from mockserver.contract import Contract
from mockserver.errors import MockServerError
from mockserver.inference.names import plain, words
from mockserver.openapi import path_template
from mockserver.openapi.document import Parameter

IDS = ("contract-check", "0", "-1", "99999999999999999999", "1e9", "a" * 300, "é'\"%", "null")
"""Ids that no item has; most are not even valid ids."""

UNKNOWN_IDS = "Nothing creates or lists what the path names, so it may be a number and no id."

LARGE = 1_000_000
"""The size in bytes of a large body."""

DEEP = 2_000
"""The nesting depth of a deeply nested body."""

TEXTS = {
    "characters beyond 16 bits": "🙂 𝒳",
    "letters of many languages": "ß é 漢字 עברית",
    "characters that HTML escapes": "<b>&amp;\"'</b>",
    "quotes and special characters of SQL and shells": "'; -- $HOME %s \\",
}
"""Texts that services often corrupt. Each must be stored as it was sent."""

DOUBTFUL = {
    "space around it": " both ends ",
    "nothing but space": "   ",
    "a combining accent": "e\u0301",
    "a tab and a line's end": "tab\tline\nend",
}
"""Texts that a service may normalize. A change is only a warning."""

PARSED = frozenset({"a text with a NUL", "an unpaired surrogate", f"a body nested {DEEP} deep"})
"""Bodies that a JSON parser may accept or refuse. Only a server error is wrong."""

LIMITS = PARSED | {f"a top-level array nested {DEEP} deep"}
"""Bodies at which the parsers and databases of many frameworks fail (RFC 8259 section 9: a parser may have limits).

No usual client sends them, so a server error is only a warning.
"""


def odd_input(context: CheckContext, op: ResourceOperation, resource: CheckedResource | None) -> None:
    """Unusual ids, parameters, methods and bodies cause no server error."""
    created = context.create(resource) if resource is not None and resource.can("create") else None
    path = dict(created.path) if created else {}
    if op.operation.method == "get":
        _check_ids(context, op, resource, path)
        _check_queries(context, op, path)
        _check_head(context, op, path)
    elif op.media_type is not None:
        for what, raw in _bodies(context, op, resource):
            exchange = context.send(op, path=path, body=raw, media_type=op.media_type.name, may_fail=True)
            _record_created(context, op, resource, exchange, path)
            if exchange.status >= 500 and _plain_status(context, op, resource, path) >= 500:
                return  # every body has this effect, which is a finding about the response
            _check_no_server_error(context, op, what, exchange)
            context.expect_status(
                exchange.status >= 300 or what in PARSED,
                f"{what} is refused",
                exchange,
                about=f"accepts {what}",
                statement=_inferred(op),
            )


def _plain_status(
    context: CheckContext, op: ResourceOperation, resource: CheckedResource | None, path: Mapping[str, Any]
) -> int:
    """The status of a request with an ordinary valid body; 0 if none can be built."""
    body = context.bodies.minimal(op, context.check)
    if body is None:
        return 0
    exchange = context.send(op, path=path, body=body)
    _record_created(context, op, resource, exchange, dict(path))
    return exchange.status


def _inferred(op: ResourceOperation) -> StatementRef:
    return StatementRef(
        op.name, "schema", "inferred", "the document's schema of the request", "The schema allows no such body."
    )


def _check_no_server_error(context: CheckContext, op: ResourceOperation, what: str, exchange: RecordedExchange) -> None:
    holds = exchange.status < 500 or is_documented_error(op.operation, exchange.status)
    statement = _limit(op) if what in LIMITS else None
    context.expect_status(holds, f"{what} causes no server error", exchange, about=what, statement=statement)


def _limit(op: ResourceOperation) -> StatementRef:
    return StatementRef(
        op.name, "http", "inferred", "RFC 8259 section 9 (a parser may have limits)", "A limit is a client error."
    )


def _check_ids(
    context: CheckContext, op: ResourceOperation, resource: CheckedResource | None, path: dict[str, Any]
) -> None:
    parameter = resource.behaviour.identity.parameter if resource else ""
    if resource is None or not resource.is_of_item(op):
        return
    for id in IDS:
        exchange = context.send(op, path=path | {parameter: id}, may_fail=True)
        _check_no_server_error(context, op, f"the id {_short(id)}", exchange)
        if is_start_page(context, exchange):
            continue
        context.expect_status(
            exchange.status >= 300 or resource.shows(context.item(op, exchange), id),  # numbers may begin at 0
            f"the id {_short(id)}, which no item has, is not found",
            exchange,
            about="found",
            statement=None if resource.can("create") or resource.can("list") else weaker(context, UNKNOWN_IDS),
        )


def _short(text: str) -> str:
    return text if len(text) < 30 else f"{text[:10]}… of {len(text)} characters"


def _check_queries(context: CheckContext, op: ResourceOperation, path: dict[str, Any]) -> None:
    for parameter in op.operation.parameters:
        if parameter.location == "query" and parameter.schema is not None:
            for value in _odd(context, parameter):
                what = f"{parameter.name}={_short(value)}"
                exchange = context.send(op, path=path, query={parameter.name: value}, may_fail=True)
                if exchange.status >= 500 and context.send(op, path=path).status == exchange.status:
                    return  # every request has this effect, which is a finding about the response
                if exchange.status >= 500 and _fails_always(context, op, path, parameter):
                    break  # every value has this effect
                _check_no_server_error(context, op, what, exchange)


def _fails_always(context: CheckContext, op: ResourceOperation, path: Mapping[str, Any], parameter: Parameter) -> bool:
    """Does an ordinary value of a query parameter cause a server error too? It is reported, once for the parameter."""
    try:
        value = context.valid(parameter)
    except MockServerError:
        return False
    exchange = context.send(op, path=path, query={parameter.name: value}, may_fail=True)
    if exchange.status < 500 or is_documented_error(op.operation, exchange.status):
        return False
    what = f"a valid value of {parameter.name}"
    context.expect_status(False, f"{what} causes no server error", exchange, about=f"{parameter.name} valid")
    return True


def _odd(context: CheckContext, parameter: Parameter) -> tuple[str, ...]:
    if context.contract.schemas.types(str(parameter.schema)) & {"integer", "number"}:
        return ("9" * 20, "-" + "9" * 20, "1e400", "NaN", "")
    return ("é'\"%", "\x00", "a" * 2000, "")


def _check_head(context: CheckContext, op: ResourceOperation, path: dict[str, Any]) -> None:
    """HEAD works as GET without the body, or is refused (RFC 9110 section 9.3.2)."""
    request = context.request(op.operation, user=context.main_user, path=path)
    exchange = context.target.send(request._replace(method="HEAD"), context.main_user)
    if exchange.status >= 500 and context.send(op, path=path).status == exchange.status:
        return  # so does GET, which is a finding about its response
    if exchange.status != NOT_IMPLEMENTED:
        _check_no_server_error(context, op, "HEAD", exchange)


def _bodies(
    context: CheckContext, op: ResourceOperation, resource: CheckedResource | None
) -> Iterator[tuple[str, bytes]]:
    body = context.bodies.minimal(op, context.check)
    texts = [name for name, value in (body or {}).items() if isinstance(value, str)]
    yield f"a body nested {DEEP} deep", b'{"contract-check": ' + b"[" * DEEP + b"]" * DEEP + b"}"
    yield f"a top-level array nested {DEEP} deep", b"[" * DEEP + b"]" * DEEP
    yield "a body that is not UTF-8", b'{"contract-check": "\xff\xfe"}'
    if not _takes(context, op, 7):
        yield "a body that is a number", b"7"
    yield "an unpaired surrogate", b'{"contract-check": "\\ud800"}'
    if body is None or not texts:
        return
    if resource is not None and op == resource.operations.get("create"):
        body = context.body(resource)
    for what, text in (("a text of a million characters", "a" * LARGE), ("a text with a NUL", "a\x00b")):
        for name in texts[:2] if "NUL" in what else texts[:1]:
            if "NUL" in what or not context.bodies.accepts(op, body | {name: text}):
                yield what, json.dumps(op.in_envelope(body | {name: text})).encode()


def _takes(context: CheckContext, op: ResourceOperation, body: Any) -> bool:
    """Does the document allow a body? Without a schema it allows every body."""
    schema = op.media_type.schema if op.media_type else None
    return schema is None or context.contract.schemas.validator(schema, "request").is_valid(body)


def _record_created(
    context: CheckContext,
    op: ResourceOperation,
    resource: CheckedResource | None,
    exchange: RecordedExchange,
    path: dict[str, Any],
) -> None:
    """Record an item that was created although the body is invalid, so that it is deleted at the end."""
    if resource is not None and op == resource.operations.get("create") and exchange.status < 300:
        context.record_created(resource, exchange, {}, context.main_user, path)


NAMES = frozenset(
    (
        *("username", "login", "handle", "slug", "nickname", "host", "hostname", "domain", "email", "mail", "phone"),
        *("url", "uri", "link", "password", "token", "key", "code", "color", "colour", "currency", "country"),
        *("language", "locale", "timezone", "ip"),
    )
)
"""Words in the name of a field that has a form of its own, whatever its schema says."""


def text_preserved(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """A text that the schema allows is accepted and stored as it was sent, with any characters."""
    body = context.body(resource)
    names = [
        name
        for name in context.bodies.free_text_fields(op, body)
        if name not in resource.server_fields | resource.write_only_fields | resource.rule_fields
    ]
    unique = {field for statement in resource.behaviour.unique for field in statement.fields}
    names = [name for name in names if name not in unique]
    if not names:
        raise CannotBuildRequest("no field accepts arbitrary text")
    formed = {resource.behaviour.identity.field, *filter(partial(_has_form, context), names)}
    chosen = next((name for name in names if name not in formed), names[0])
    context.create(resource, body)  # otherwise a refusal is not about the text
    for firm, table in ((True, TEXTS), (False, DOUBTFUL)):
        for what, text in table.items():  # an id is part of an address, for which a service may allow fewer characters
            _check_text(context, resource, op, chosen, what, text, firm=firm and chosen not in formed)
    _check_urls(context, resource, op)


def _has_form(context: CheckContext, name: str) -> bool:
    """Is a text a part of addresses, or of a form of its own? Few letters may be allowed there."""
    known = {
        plain(each) for op in context.shared.operations.values() for each in path_template.names(op.operation.path)
    }
    return plain(name) in known or not NAMES.isdisjoint(words(name))


def _check_text(
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
    exchange, created = context.try_create(resource, body)
    if exchange.status >= 300:
        ordinary, control = context.try_create(resource, body | {name: context.body(resource)[name]})
        if control is None:
            raise CannotBuildRequest(f"{op.name} answers {ordinary.status} to the same body with an ordinary text")
        statement = statement or told_elsewhere(context, op, name, exchange)
    context.expect_status(
        exchange.status < 300 or op.may_refuse,
        f"a request with {name} {as_json(text)} is accepted ({what})",
        exchange,
        about=f"accepts {what}",
        statement=statement,
    )
    if created is None:
        return
    history: tuple[RecordedExchange, ...] = (created.exchange,)
    shown = created.item.get(name, text)
    if resource.can("get"):
        response = context.get(created)
        shown = context.item(resource.operations["get"], response).get(name, shown)
        history = (created.exchange, response)
    normalised = likeness(shown, text, name) == "normalised"
    context.expect(
        covers(shown, text) or (normalised and is_rewritten(context, resource, name)),
        f"{name} {as_json(text)} is stored as it was sent ({what})",
        as_json(shown),
        *history,
        about=f"keeps {what}",
        statement=weaker(context, NORMALISED) if normalised else statement,
    )


def _check_urls(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """A URL is stored as it was sent. Some parsers add a slash or sort its query."""
    body = context.body(resource)
    for name, value in body.items():
        if (
            isinstance(value, str)
            and value.startswith("https://")
            and name not in resource.server_fields | resource.rule_fields
        ):
            for what, text in (
                ("a URL without a path", "https://contract-check.example"),
                ("a URL with a query", "https://contract-check.example/a?b=2&a=1"),
            ):
                _check_text(context, resource, op, name, what, text, firm=True)


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    statement = "RFC 9110 section 15.6 (a server error is a fault of the server)"
    for op in resource_operations(contract):
        if op.operation.method == "get" or op.media_type is not None:
            text = "No request causes a server error."
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
                "A text is stored as it was sent.",
            )
            yield op.name, statement, (resource, op)


CHECKS = (
    Check("odd-input", (), _places, odd_input),
    Check("text-preserved", (), _text_places, text_preserved),
)
