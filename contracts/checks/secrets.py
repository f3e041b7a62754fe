"""Promises about secrets: what a client sends and no reply shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import documented
from contracts.cleanup.created_items import CreatedItem
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.check import Check, resource_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import WriteOnly
from mockserver.errors import MockServerError

CANARY = "canary0secret0value"
"""A text that stands in every secret we send; wherever it turns up in a reply, a secret is given away."""

UNKNOWN: Any = object()
"""No such value can be made."""


def write_only(context: CheckContext, kind: CheckedResource, statement: WriteOnly) -> None:
    """A secret that a client sends is in no reply: not of create, read, list or update, and not in an error."""
    act = kind.acts["create"]
    for name in statement.fields:
        value = _secret(context, act, name)
        if value is UNKNOWN:
            continue
        body = context.body(kind) | {name: value}
        if not context.bodies.accepts(act, body):
            continue
        exchange, made = context.try_create(kind, body)
        if made is None:
            continue
        seen = [exchange, *_replies(context, kind, made, name, value), *_errors(context, kind, body)]
        reference = _marked(context, kind, name)
        for each in seen:
            _silent(context, kind, name, each, made.exchange, reference)
        for each in (*_elsewhere(context, kind), *_referred(context, kind, made)):
            _silent(context, kind, name, each, made.exchange, reference, only_value=True)


def _marked(context: CheckContext, kind: CheckedResource, name: str) -> StatementRef | None:
    """Where the document itself marks the field as `writeOnly`, that is documented, whoever inferred the statement."""
    act = kind.acts["create"]
    if context.contract.schemas.keyword(context.bodies.properties(act)[name], "writeOnly"):
        return StatementRef(
            act.name, "schema", "documented", "OpenAPI 3.1 section 4.8.24 (writeOnly)", f"{name} is write-only."
        )
    return None


def _referred(context: CheckContext, kind: CheckedResource, made: CreatedItem) -> Iterator[RecordedExchange]:
    """The items of other resources that the new one refers to."""
    for other in context.tools.kinds.values():
        for name, value in made.item.items():
            if other.name != kind.name and other.can("get") and isinstance(value, str) and other.is_meant_by(name):
                yield context.send(other.acts["get"], path={**made.path, other.resource.identity.parameter: value})


def _elsewhere(context: CheckContext, kind: CheckedResource) -> Iterator[RecordedExchange]:
    """The lists of other resources, where a secret may turn up as well."""
    for other in context.tools.kinds.values():
        if other.name != kind.name and other.can("list") and not other.resource.parent:
            yield from context.walk(other, pages=3)[1]


def _replies(
    context: CheckContext, kind: CheckedResource, made: CreatedItem, name: str, value: Any
) -> Iterator[RecordedExchange]:
    yield from _views(context, kind, made)
    update = kind.acts.get("update")
    if update is not None and name in context.bodies.properties(update):
        yield context.update(made, {name: value})
        yield from _views(context, kind, made)
    replace = kind.acts.get("replace")
    if replace is not None and name in context.bodies.properties(replace):
        yield context.send(replace, path=made.path, body={**made.sent, name: value})
        yield from _views(context, kind, made)


def _views(context: CheckContext, kind: CheckedResource, made: CreatedItem) -> Iterator[RecordedExchange]:
    if kind.can("get"):
        yield context.get(made)
    if kind.can("list"):
        yield from context.walk(made)[1]


def _errors(context: CheckContext, kind: CheckedResource, body: Mapping[str, Any]) -> Iterator[RecordedExchange]:
    """Refusals of requests that carry the secret: something else in them is wrong."""
    act = kind.acts["create"]
    required = context.bodies.required(act)
    for name in sorted(required & body.keys())[:1]:
        yield context.try_create(kind, {key: value for key, value in body.items() if key != name})[0]
        yield context.try_create(kind, {**body, name: {"wrong": [1]}})[0]


def _silent(
    context: CheckContext,
    kind: CheckedResource,
    name: str,
    exchange: RecordedExchange,
    created: RecordedExchange,
    statement: StatementRef | None,
    *,
    only_value: bool = False,
) -> None:
    given = CANARY.encode() in exchange.reply_body
    history = (exchange,) if exchange is created else (created, exchange)
    context.expect(
        not given,
        f"{name} is in no reply",
        f"its value, in the reply to {exchange.method}",
        *history,
        about=f"value {name}",
        statement=statement,
    )
    if 200 <= exchange.status < 300 and not only_value:
        for act in kind.acts.values():
            items = [context.item(act, exchange)] if act.place("items") is None else context.items(kind, exchange)
            if any(name in item for item in items) and name not in documented(context.contract, act):
                context.breach(
                    f"no reply has a field {name}",
                    f"the reply to {exchange.method} has one",
                    *history,
                    about=f"field {name}",
                    statement=statement,
                )
                return


def _secret(context: CheckContext, act: ResourceOperation, name: str) -> Any:
    """A valid value of a field with the canary in every text of it."""
    if name not in context.bodies.properties(act):
        return UNKNOWN
    value = context.bodies.value(act, name, context.check)
    pointer = context.bodies.properties(act)[name]
    if isinstance(value, list) and not value:
        items = context.contract.schemas.items(pointer)
        try:
            value = [context.tools.maker.at(items, seed=name, direction="request")] if items else value
        except MockServerError:
            return UNKNOWN
    if isinstance(value, list):
        value = [_whole(context, pointer, each) for each in value]
    filled = _inked(value)
    return filled if context.bodies.accepts(act, context.bodies.least(act, name) or {} | {name: filled}) else value


def _whole(context: CheckContext, pointer: str, entry: Any) -> Any:
    """An entry of a list with every documented text of it."""
    items = context.contract.schemas.items(pointer)
    if not isinstance(entry, dict) or items is None:
        return entry
    texts = {
        n: "X-Canary"
        for n, at in context.contract.schemas.properties(items).items()
        if "string" in context.contract.schemas.types(at)
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


CHECKS = (Check("write-only", ("write-only",), resource_statement("write-only", "create"), write_only),)
