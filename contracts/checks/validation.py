"""Promises of the request schemas: values on a bound are accepted, values just beyond it are refused without effect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts.checks.item_view import covers, meant
from contracts.checks.responses import error_said, refused
from contracts.cleanup.created_items import CreatedItem
from contracts.client.boundary_values import BoundaryCase, cases
from contracts.client.request_builder import MISSING
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place, resource_of
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.errors import MockServerError
from mockserver.openapi.document import Parameter

UNCERTAIN = frozenset({"format"})
"""Keywords that a service may take as a remark only (JSON Schema Validation section 7.2.1)."""


def bodies(context: CheckContext, kind: CheckedResource, act: ResourceOperation) -> None:
    """Every constraint of a request's schema is kept, at the bound and beyond it."""
    creates = act == kind.acts.get("create")
    made = None if creates else context.create(kind, context.body(kind, full=not kind.acts["create"].may_refuse))
    base = context.body(kind) if creates else {} if act == kind.acts.get("update") else _whole(context, kind, act, made)
    _missing(context, kind, act, base, made)
    for name, pointer in context.bodies.properties(act).items():
        present = base.get(name)
        present = present if present is not None else context.bodies.value(act, name, context.check)
        for case in cases(context.contract.schemas, pointer, present):
            _try(context, kind, act, made, base, name, case)
    for body, what in (([], "array"), ("text", "string"), (None, "null")):
        if not context.bodies.accepts(act, body):
            exchange = _send(context, kind, act, made, body)
            _refuse(context, act, exchange, f"a body that is {what}", "body type", "", "type")


def _whole(
    context: CheckContext, kind: CheckedResource, act: ResourceOperation, made: CreatedItem | None
) -> dict[str, Any]:
    body = context.bodies.least(act, context.check) or {}
    return meant(context, kind, act, body, made) if made else body


def _missing(
    context: CheckContext, kind: CheckedResource, act: ResourceOperation, base: dict[str, Any], made: CreatedItem | None
) -> None:
    for name in list(base):
        body = {key: value for key, value in base.items() if key != name}
        if not context.bodies.accepts(act, body):
            exchange = _send(context, kind, act, made, body)
            _refuse(context, act, exchange, f"a body without {name}", f"{name} required", name, "required")


def _try(
    context: CheckContext,
    kind: CheckedResource,
    act: ResourceOperation,
    made: CreatedItem | None,
    base: dict[str, Any],
    name: str,
    case: BoundaryCase,
) -> None:
    body = base | {name: case.value}
    if context.bodies.accepts(act, body) is not case.valid:
        return
    what = f"{name} {_shown(case.value)}"
    if not case.valid:
        exchange = _send(context, kind, act, made, body)
        _refuse(
            context, act, exchange, f"{what}, against {case.keyword},", f"{name} {case.keyword}", name, case.keyword
        )
    elif not act.may_refuse and name not in act.governed and not _is_unique(kind, name):
        exchange = _send(context, kind, act, made, body)
        context.expect(
            200 <= exchange.status < 300,
            f"{what}, within {case.keyword}, is accepted",
            f"status {exchange.status}",
            exchange,
            about=f"{name} {case.keyword} accepted",
        )
        _kept(context, kind, act, name, case, exchange)


def _kept(
    context: CheckContext,
    kind: CheckedResource,
    act: ResourceOperation,
    name: str,
    case: BoundaryCase,
    exchange: RecordedExchange,
) -> None:
    """What is accepted is kept whole: the reply shows it as it was sent."""
    item = context.item(act, exchange)
    if exchange.status < 300 and name in item and case.value is not None and name not in kind.settled | kind.secret:
        context.expect(
            covers(item[name], case.value),
            f"{name} {_shown(case.value)} as it was sent",
            _shown(item[name]),
            exchange,
            about=f"{name} {case.keyword} kept",
        )


def _is_unique(kind: CheckedResource, name: str) -> bool:
    fields = {field for statement in kind.resource.unique for field in statement.fields}
    return name in fields or (kind.client_named and name == kind.resource.identity.field)


def _send(
    context: CheckContext, kind: CheckedResource, act: ResourceOperation, made: CreatedItem | None, body: Any
) -> RecordedExchange:
    """Send a body; what a create request makes is taken away at once, so that no limit is reached."""
    if made is not None:
        return context.send(act, path=made.path, body=body)
    path = context.parents(kind, context.main)
    exchange = context.send(act, path=path, body=body)
    fresh = context.made(kind, exchange, body if isinstance(body, dict) else {}, context.main, path)
    if fresh is not None and kind.can("delete"):
        context.drop(fresh)
    return exchange


def _refuse(
    context: CheckContext,
    act: ResourceOperation,
    exchange: RecordedExchange,
    what: str,
    about: str,
    name: str,
    keyword: str,
) -> None:
    if 200 <= exchange.status < 300:
        doubt = keyword.removeprefix("items/") in UNCERTAIN
        statement = StatementRef(
            act.name,
            "schema",
            "inferred" if doubt else "documented",
            "JSON Schema Validation section 6",
            f"{name}: {keyword}",
        )
        context.breach(f"{what} is refused", f"status {exchange.status}", exchange, about=about, statement=statement)
    elif refused(context, "invalid", act, exchange, what, f"{about} status") and name:
        _named(context, act, exchange, name)


def _named(context: CheckContext, act: ResourceOperation, exchange: RecordedExchange, name: str) -> None:
    """Where the body of a refusal says what is wrong, it names the field."""
    statement = error_said(context, "invalid", act)
    if statement is not None and any(word in str(statement.body) for word in ("{message}", "{field}", "{loc}")):
        reference = StatementRef.of("service", "errors.invalid", statement)
        context.expect(
            name.encode() in exchange.reply_body,
            f"the refusal names {name}",
            exchange.reply_body[:200].decode("utf-8", "replace"),
            exchange,
            about="names",
            statement=reference,
        )


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 60 else f"{text[:40]}… ({len(value) if hasattr(value, '__len__') else text[-5:]})"


def unchanged(context: CheckContext, kind: CheckedResource) -> None:
    """A refused request leaves everything as it was."""
    made = context.create(kind)
    before = context.item(kind.acts["get"], context.get(made))
    for name in ("update", "replace"):
        act = kind.acts.get(name)
        if act is not None:
            wrong, good = _mixed(context, kind, act, made)
            if wrong:
                exchange = context.send(act, path=made.path, body={**good, **wrong})
                seen = context.get(made)
                after = context.item(kind.acts["get"], seen)
                context.expect(
                    exchange.status < 400 or after == before,
                    "a refused change changes nothing",
                    f"{[n for n in before if after.get(n) != before[n]]} changed",
                    made.exchange,
                    exchange,
                    seen,
                    about=name,
                )
    if kind.can("list"):
        _no_more(context, kind, made)


def _no_more(context: CheckContext, kind: CheckedResource, made: CreatedItem) -> None:
    count = len(context.walk(made)[0])
    wrong, _ = _mixed(context, kind, kind.acts["create"], made)
    for body in ({**context.body(kind), **wrong}, {}):
        if not context.bodies.accepts(kind.acts["create"], body):
            exchange, fresh = context.try_create(kind, body)
            items, asked = context.walk(made)
            context.expect(
                fresh is not None or exchange.status < 400 or len(items) == count,
                "a refused request creates nothing",
                f"{len(items) - count} more in the list",
                exchange,
                *asked,
                about="create",
            )


def _mixed(
    context: CheckContext, kind: CheckedResource, act: ResourceOperation, made: CreatedItem
) -> tuple[dict[str, Any], dict[str, Any]]:
    """One wrong field and one right change, so that a half-done change shows."""
    properties = context.bodies.properties(act)
    good: dict[str, Any] = {}
    for name in properties:
        if isinstance(made.sent.get(name), str) and name not in kind.settled | kind.governed:
            good = {name: context.bodies.other(act, name, made.sent[name], context.check)}
            break
    for name in reversed(list(properties)):
        if name not in good and not context.bodies.accepts(act, {**made.sent, **good, name: {"wrong": [1]}}):
            return {name: {"wrong": [1]}}, (dict(made.sent) if act == kind.acts.get("replace") else {}) | good
    return {}, {}


def parameters(context: CheckContext, act: ResourceOperation, kind: CheckedResource | None) -> None:
    """Every constraint of a query parameter is kept, at the bound and beyond it."""
    made = context.subject(kind) if kind is not None and kind.can("create") else None
    for parameter in act.operation.parameters:
        if parameter.location != "query" or parameter.schema is None:
            continue
        for case in _parameter_cases(context, parameter):
            exchange = context.send(
                act, path=made.path if made else None, query={parameter.name: case.value}, body=_some(context, act)
            )
            what = f"{parameter.name}={_shown(case.value)}"
            about = f"{parameter.name} {case.keyword}"
            if case.valid:
                context.expect(
                    exchange.status not in (400, 422),
                    f"{what}, within {case.keyword}, is accepted",
                    f"status {exchange.status}",
                    exchange,
                    about=f"{about} accepted",
                )
            else:
                _refuse(context, act, exchange, f"{what}, against {case.keyword},", about, parameter.name, case.keyword)


def _some(context: CheckContext, act: ResourceOperation) -> Any:
    body = context.bodies.least(act, context.check) if act.media_type else None
    return MISSING if body is None else body


def _parameter_cases(context: CheckContext, parameter: Parameter) -> Iterator[BoundaryCase]:
    """Values as they can stand in an address: a text is a text of whatever type."""
    pointer = str(parameter.schema)
    types = context.contract.schemas.types(pointer)
    try:
        present = context.valid(parameter)
    except MockServerError:
        return
    for case in cases(context.contract.schemas, pointer, present):
        if case.value is None or isinstance(case.value, dict | list) or (case.keyword == "type" and "string" in types):
            continue
        if case.keyword == "type" and "array" in types and _takes_texts(context, pointer):
            continue  # one value is a list of one
        if case.keyword == "type" and "object" in types:
            continue  # its properties stand there, or a notation of its own (OpenAPI 3.1 section 4.8.12.2)
        if types & {"integer", "number"} and case.keyword == "type" and isinstance(case.value, bool):
            continue
        if "boolean" in types and case.value in (7, "yes"):
            continue  # 1, yes and on are read as true by many
        yield case


def _takes_texts(context: CheckContext, pointer: str) -> bool:
    """May the items of a list be texts?"""
    items = context.contract.schemas.items(pointer)
    types = context.contract.schemas.types(items) if items else frozenset()
    return not types or "string" in types


def _body_places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for act in resource_operations(contract):
        kind = resource_of(act, known)
        if kind is not None and act.media_type is not None and kind.can("create"):
            own = next((each for each in kind.acts.values() if each.name == act.name), act)
            yield act.name, _said(act), (kind, own)


def _unchanged_places(contract: Contract) -> Iterator[Place]:
    for kind in checked_resources(contract).values():
        if kind.can("create", "get"):
            act = kind.acts.get("update") or kind.acts["create"]
            statement = StatementRef(
                act.name,
                "http",
                "documented",
                "RFC 9110 section 15.5 (the request failed)",
                "A refused request has no effect.",
            )
            yield act.name, statement, (kind,)


def _parameter_places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for act in resource_operations(contract):
        if any(p.location == "query" and p.schema for p in act.operation.parameters) and act.operation.method == "get":
            yield act.name, _said(act), (act, resource_of(act, known))


def _said(act: ResourceOperation) -> StatementRef:
    return StatementRef(act.name, "schema", "documented", "the document's schema of the request", "")


CHECKS = (
    Check("validation", (), _body_places, bodies),
    Check("no-effect", (), _unchanged_places, unchanged),
    Check("parameters", (), _parameter_places, parameters),
)  # fmt: skip
