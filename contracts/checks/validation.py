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
from contracts.runner.check import Check, Place, holder
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.errors import MockServerError
from mockserver.openapi.document import Parameter

UNCERTAIN = frozenset({"format"})
"""Keywords that a service may take as a remark only (JSON Schema Validation section 7.2.1)."""


def bodies(stage: CheckContext, kind: CheckedResource, act: ResourceOperation) -> None:
    """Every constraint of a request's schema is kept, at the bound and beyond it."""
    creates = act == kind.acts.get("create")
    made = None if creates else stage.create(kind, stage.body(kind, full=not kind.acts["create"].may_refuse))
    base = stage.body(kind) if creates else {} if act == kind.acts.get("update") else _whole(stage, kind, act, made)
    _missing(stage, kind, act, base, made)
    for name, pointer in stage.bodies.properties(act).items():
        present = base.get(name)
        present = present if present is not None else stage.bodies.value(act, name, stage.check)
        for case in cases(stage.contract.schemas, pointer, present):
            _try(stage, kind, act, made, base, name, case)
    for body, what in (([], "array"), ("text", "string"), (None, "null")):
        if not stage.bodies.accepts(act, body):
            exchange = _send(stage, kind, act, made, body)
            _refuse(stage, act, exchange, f"a body that is {what}", "body type", "", "type")


def _whole(
    stage: CheckContext, kind: CheckedResource, act: ResourceOperation, made: CreatedItem | None
) -> dict[str, Any]:
    body = stage.bodies.least(act, stage.check) or {}
    return meant(stage, kind, act, body, made) if made else body


def _missing(
    stage: CheckContext, kind: CheckedResource, act: ResourceOperation, base: dict[str, Any], made: CreatedItem | None
) -> None:
    for name in list(base):
        body = {key: value for key, value in base.items() if key != name}
        if not stage.bodies.accepts(act, body):
            exchange = _send(stage, kind, act, made, body)
            _refuse(stage, act, exchange, f"a body without {name}", f"{name} required", name, "required")


def _try(
    stage: CheckContext,
    kind: CheckedResource,
    act: ResourceOperation,
    made: CreatedItem | None,
    base: dict[str, Any],
    name: str,
    case: BoundaryCase,
) -> None:
    body = base | {name: case.value}
    if stage.bodies.accepts(act, body) is not case.valid:
        return
    what = f"{name} {_shown(case.value)}"
    if not case.valid:
        exchange = _send(stage, kind, act, made, body)
        _refuse(stage, act, exchange, f"{what}, against {case.keyword},", f"{name} {case.keyword}", name, case.keyword)
    elif not act.may_refuse and name not in act.governed and not _is_unique(kind, name):
        exchange = _send(stage, kind, act, made, body)
        stage.expect(
            200 <= exchange.status < 300,
            f"{what}, within {case.keyword}, is accepted",
            f"status {exchange.status}",
            exchange,
            about=f"{name} {case.keyword} accepted",
        )
        _kept(stage, kind, act, name, case, exchange)


def _kept(
    stage: CheckContext,
    kind: CheckedResource,
    act: ResourceOperation,
    name: str,
    case: BoundaryCase,
    exchange: RecordedExchange,
) -> None:
    """What is accepted is kept whole: the reply shows it as it was sent."""
    item = stage.item(act, exchange)
    if exchange.status < 300 and name in item and case.value is not None and name not in kind.settled | kind.secret:
        stage.expect(
            covers(item[name], case.value),
            f"{name} {_shown(case.value)} as it was sent",
            _shown(item[name]),
            exchange,
            about=f"{name} {case.keyword} kept",
        )


def _is_unique(kind: CheckedResource, name: str) -> bool:
    fields = {field for said in kind.resource.unique for field in said.fields}
    return name in fields or (kind.client_named and name == kind.resource.identity.field)


def _send(
    stage: CheckContext, kind: CheckedResource, act: ResourceOperation, made: CreatedItem | None, body: Any
) -> RecordedExchange:
    """Send a body; what a create request makes is taken away at once, so that no limit is reached."""
    if made is not None:
        return stage.send(act, path=made.path, body=body)
    path = stage.parents(kind, stage.main)
    exchange = stage.send(act, path=path, body=body)
    fresh = stage.made(kind, exchange, body if isinstance(body, dict) else {}, stage.main, path)
    if fresh is not None and kind.can("delete"):
        stage.drop(fresh)
    return exchange


def _refuse(
    stage: CheckContext,
    act: ResourceOperation,
    exchange: RecordedExchange,
    what: str,
    about: str,
    name: str,
    keyword: str,
) -> None:
    if 200 <= exchange.status < 300:
        doubt = keyword.removeprefix("items/") in UNCERTAIN
        said = StatementRef(
            act.name,
            "schema",
            "inferred" if doubt else "documented",
            "JSON Schema Validation section 6",
            f"{name}: {keyword}",
        )
        stage.breach(f"{what} is refused", f"status {exchange.status}", exchange, about=about, said=said)
    elif refused(stage, "invalid", act, exchange, what, f"{about} status") and name:
        _named(stage, act, exchange, name)


def _named(stage: CheckContext, act: ResourceOperation, exchange: RecordedExchange, name: str) -> None:
    """Where the body of a refusal says what is wrong, it names the field."""
    statement = error_said(stage, "invalid", act)
    if statement is not None and any(word in str(statement.body) for word in ("{message}", "{field}", "{loc}")):
        said = StatementRef.of("service", "errors.invalid", statement)
        stage.expect(
            name.encode() in exchange.reply_body,
            f"the refusal names {name}",
            exchange.reply_body[:200].decode("utf-8", "replace"),
            exchange,
            about="names",
            said=said,
        )


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 60 else f"{text[:40]}… ({len(value) if hasattr(value, '__len__') else text[-5:]})"


def unchanged(stage: CheckContext, kind: CheckedResource) -> None:
    """A refused request leaves everything as it was."""
    made = stage.create(kind)
    before = stage.item(kind.acts["get"], stage.get(made))
    for name in ("update", "replace"):
        act = kind.acts.get(name)
        if act is not None:
            wrong, good = _mixed(stage, kind, act, made)
            if wrong:
                exchange = stage.send(act, path=made.path, body={**good, **wrong})
                seen = stage.get(made)
                after = stage.item(kind.acts["get"], seen)
                stage.expect(
                    exchange.status < 400 or after == before,
                    "a refused change changes nothing",
                    f"{[n for n in before if after.get(n) != before[n]]} changed",
                    made.exchange,
                    exchange,
                    seen,
                    about=name,
                )
    if kind.can("list"):
        _no_more(stage, kind, made)


def _no_more(stage: CheckContext, kind: CheckedResource, made: CreatedItem) -> None:
    count = len(stage.walk(made)[0])
    wrong, _ = _mixed(stage, kind, kind.acts["create"], made)
    for body in ({**stage.body(kind), **wrong}, {}):
        if not stage.bodies.accepts(kind.acts["create"], body):
            exchange, fresh = stage.try_create(kind, body)
            items, asked = stage.walk(made)
            stage.expect(
                fresh is not None or exchange.status < 400 or len(items) == count,
                "a refused request creates nothing",
                f"{len(items) - count} more in the list",
                exchange,
                *asked,
                about="create",
            )


def _mixed(
    stage: CheckContext, kind: CheckedResource, act: ResourceOperation, made: CreatedItem
) -> tuple[dict[str, Any], dict[str, Any]]:
    """One wrong field and one right change, so that a half-done change shows."""
    properties = stage.bodies.properties(act)
    good: dict[str, Any] = {}
    for name in properties:
        if isinstance(made.sent.get(name), str) and name not in kind.settled | kind.governed:
            good = {name: stage.bodies.other(act, name, made.sent[name], stage.check)}
            break
    for name in reversed(list(properties)):
        if name not in good and not stage.bodies.accepts(act, {**made.sent, **good, name: {"wrong": [1]}}):
            return {name: {"wrong": [1]}}, (dict(made.sent) if act == kind.acts.get("replace") else {}) | good
    return {}, {}


def parameters(stage: CheckContext, act: ResourceOperation, kind: CheckedResource | None) -> None:
    """Every constraint of a query parameter is kept, at the bound and beyond it."""
    made = stage.subject(kind) if kind is not None and kind.can("create") else None
    for parameter in act.operation.parameters:
        if parameter.location != "query" or parameter.schema is None:
            continue
        for case in _parameter_cases(stage, parameter):
            exchange = stage.send(
                act, path=made.path if made else None, query={parameter.name: case.value}, body=_some(stage, act)
            )
            what = f"{parameter.name}={_shown(case.value)}"
            about = f"{parameter.name} {case.keyword}"
            if case.valid:
                stage.expect(
                    exchange.status not in (400, 422),
                    f"{what}, within {case.keyword}, is accepted",
                    f"status {exchange.status}",
                    exchange,
                    about=f"{about} accepted",
                )
            else:
                _refuse(stage, act, exchange, f"{what}, against {case.keyword},", about, parameter.name, case.keyword)


def _some(stage: CheckContext, act: ResourceOperation) -> Any:
    body = stage.bodies.least(act, stage.check) if act.media_type else None
    return MISSING if body is None else body


def _parameter_cases(stage: CheckContext, parameter: Parameter) -> Iterator[BoundaryCase]:
    """Values as they can stand in an address: a text is a text of whatever type."""
    pointer = str(parameter.schema)
    types = stage.contract.schemas.types(pointer)
    try:
        present = stage.valid(parameter)
    except MockServerError:
        return
    for case in cases(stage.contract.schemas, pointer, present):
        if case.value is None or isinstance(case.value, dict | list) or (case.keyword == "type" and "string" in types):
            continue
        if case.keyword == "type" and "array" in types and _takes_texts(stage, pointer):
            continue  # one value is a list of one
        if case.keyword == "type" and "object" in types:
            continue  # its properties stand there, or a notation of its own (OpenAPI 3.1 section 4.8.12.2)
        if types & {"integer", "number"} and case.keyword == "type" and isinstance(case.value, bool):
            continue
        if "boolean" in types and case.value in (7, "yes"):
            continue  # 1, yes and on are read as true by many
        yield case


def _takes_texts(stage: CheckContext, pointer: str) -> bool:
    """May the items of a list be texts?"""
    items = stage.contract.schemas.items(pointer)
    types = stage.contract.schemas.types(items) if items else frozenset()
    return not types or "string" in types


def _body_places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for act in resource_operations(contract):
        kind = holder(act, known)
        if kind is not None and act.media_type is not None and kind.can("create"):
            own = next((each for each in kind.acts.values() if each.name == act.name), act)
            yield act.name, _said(act), (kind, own)


def _unchanged_places(contract: Contract) -> Iterator[Place]:
    for kind in checked_resources(contract).values():
        if kind.can("create", "get"):
            act = kind.acts.get("update") or kind.acts["create"]
            said = StatementRef(
                act.name,
                "http",
                "documented",
                "RFC 9110 section 15.5 (the request failed)",
                "A refused request has no effect.",
            )
            yield act.name, said, (kind,)


def _parameter_places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for act in resource_operations(contract):
        if any(p.location == "query" and p.schema for p in act.operation.parameters) and act.operation.method == "get":
            yield act.name, _said(act), (act, holder(act, known))


def _said(act: ResourceOperation) -> StatementRef:
    return StatementRef(act.name, "schema", "documented", "the document's schema of the request", "")


PROMISES = (
    Check("validation", (), _body_places, bodies),
    Check("no-effect", (), _unchanged_places, unchanged),
    Check("parameters", (), _parameter_places, parameters),
)  # fmt: skip
