"""Promises about secrets: what a client sends and no reply shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import documented
from contracts.cleanup.created_items import CreatedItem
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.check import Check, stated
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import WriteOnly
from mockserver.errors import MockServerError

CANARY = "canary0secret0value"
"""A text that stands in every secret we send; wherever it turns up in a reply, a secret is given away."""

UNKNOWN: Any = object()
"""No such value can be made."""


def write_only(stage: CheckContext, kind: CheckedResource, statement: WriteOnly) -> None:
    """A secret that a client sends is in no reply: not of create, read, list or update, and not in an error."""
    act = kind.acts["create"]
    for name in statement.fields:
        value = _secret(stage, act, name)
        if value is UNKNOWN:
            continue
        body = stage.body(kind) | {name: value}
        if not stage.bodies.accepts(act, body):
            continue
        exchange, made = stage.try_create(kind, body)
        if made is None:
            continue
        seen = [exchange, *_replies(stage, kind, made, name, value), *_errors(stage, kind, body)]
        said = _marked(stage, kind, name)
        for each in seen:
            _silent(stage, kind, name, each, made.exchange, said)
        for each in (*_elsewhere(stage, kind), *_referred(stage, kind, made)):
            _silent(stage, kind, name, each, made.exchange, said, only_value=True)


def _marked(stage: CheckContext, kind: CheckedResource, name: str) -> StatementRef | None:
    """Where the document itself marks the field as `writeOnly`, that is documented, whoever inferred the statement."""
    act = kind.acts["create"]
    if stage.contract.schemas.keyword(stage.bodies.properties(act)[name], "writeOnly"):
        return StatementRef(
            act.name, "schema", "documented", "OpenAPI 3.1 section 4.8.24 (writeOnly)", f"{name} is write-only."
        )
    return None


def _referred(stage: CheckContext, kind: CheckedResource, made: CreatedItem) -> Iterator[RecordedExchange]:
    """The items of other resources that the new one refers to."""
    for other in stage.tools.kinds.values():
        for name, value in made.item.items():
            if other.name != kind.name and other.can("get") and isinstance(value, str) and other.is_meant_by(name):
                yield stage.send(other.acts["get"], path={**made.path, other.resource.identity.parameter: value})


def _elsewhere(stage: CheckContext, kind: CheckedResource) -> Iterator[RecordedExchange]:
    """The lists of other resources, where a secret may turn up as well."""
    for other in stage.tools.kinds.values():
        if other.name != kind.name and other.can("list") and not other.resource.parent:
            yield from stage.walk(other, pages=3)[1]


def _replies(
    stage: CheckContext, kind: CheckedResource, made: CreatedItem, name: str, value: Any
) -> Iterator[RecordedExchange]:
    yield from _views(stage, kind, made)
    update = kind.acts.get("update")
    if update is not None and name in stage.bodies.properties(update):
        yield stage.update(made, {name: value})
        yield from _views(stage, kind, made)
    replace = kind.acts.get("replace")
    if replace is not None and name in stage.bodies.properties(replace):
        yield stage.send(replace, path=made.path, body={**made.sent, name: value})
        yield from _views(stage, kind, made)


def _views(stage: CheckContext, kind: CheckedResource, made: CreatedItem) -> Iterator[RecordedExchange]:
    if kind.can("get"):
        yield stage.get(made)
    if kind.can("list"):
        yield from stage.walk(made)[1]


def _errors(stage: CheckContext, kind: CheckedResource, body: Mapping[str, Any]) -> Iterator[RecordedExchange]:
    """Refusals of requests that carry the secret: something else in them is wrong."""
    act = kind.acts["create"]
    required = stage.bodies.required(act)
    for name in sorted(required & body.keys())[:1]:
        yield stage.try_create(kind, {key: value for key, value in body.items() if key != name})[0]
        yield stage.try_create(kind, {**body, name: {"wrong": [1]}})[0]


def _silent(
    stage: CheckContext,
    kind: CheckedResource,
    name: str,
    exchange: RecordedExchange,
    created: RecordedExchange,
    said: StatementRef | None,
    *,
    only_value: bool = False,
) -> None:
    given = CANARY.encode() in exchange.reply_body
    history = (exchange,) if exchange is created else (created, exchange)
    stage.expect(
        not given,
        f"{name} is in no reply",
        f"its value, in the reply to {exchange.method}",
        *history,
        about=f"value {name}",
        said=said,
    )
    if 200 <= exchange.status < 300 and not only_value:
        for act in kind.acts.values():
            items = [stage.item(act, exchange)] if act.place("items") is None else stage.items(kind, exchange)
            if any(name in item for item in items) and name not in documented(stage.contract, act):
                stage.breach(
                    f"no reply has a field {name}",
                    f"the reply to {exchange.method} has one",
                    *history,
                    about=f"field {name}",
                    said=said,
                )
                return


def _secret(stage: CheckContext, act: ResourceOperation, name: str) -> Any:
    """A valid value of a field with the canary in every text of it."""
    if name not in stage.bodies.properties(act):
        return UNKNOWN
    value = stage.bodies.value(act, name, stage.check)
    pointer = stage.bodies.properties(act)[name]
    if isinstance(value, list) and not value:
        items = stage.contract.schemas.items(pointer)
        try:
            value = [stage.tools.maker.at(items, seed=name, direction="request")] if items else value
        except MockServerError:
            return UNKNOWN
    if isinstance(value, list):
        value = [_whole(stage, pointer, each) for each in value]
    filled = _inked(value)
    return filled if stage.bodies.accepts(act, stage.bodies.least(act, name) or {} | {name: filled}) else value


def _whole(stage: CheckContext, pointer: str, entry: Any) -> Any:
    """An entry of a list with every documented text of it."""
    items = stage.contract.schemas.items(pointer)
    if not isinstance(entry, dict) or items is None:
        return entry
    texts = {
        n: "X-Canary"
        for n, at in stage.contract.schemas.properties(items).items()
        if "string" in stage.contract.schemas.types(at)
    }
    return texts | entry


def _inked(value: Any) -> Any:
    if isinstance(value, str):
        return CANARY
    if isinstance(value, Mapping):
        return {
            key: (each if str(key).lower() in ("name", "type", "key") else _inked(each)) for key, each in value.items()
        }
    return [_inked(each) for each in value] if isinstance(value, list) else value


PROMISES = (Check("write-only", ("write-only",), stated("write-only", "create"), write_only),)
