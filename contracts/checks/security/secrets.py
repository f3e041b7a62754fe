"""Check of secrets: write-only values never appear in a reply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import documented
from contracts.cleanup.created_items import CreatedItem
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, value_at
from contracts.runner.check import Check, resource_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import WriteOnly
from mockserver.errors import MockServerError

CANARY = "canary0secret0value"
"""A text in every secret that we send. A reply that contains it leaks a secret."""

UNKNOWN: Any = object()
"""The value of a field for which no valid value exists."""


def write_only(context: CheckContext, resource: CheckedResource, statement: WriteOnly) -> None:
    """No reply contains a write-only value: not create, read, list or update, and no error."""
    op = resource.operations["create"]
    for name in statement.fields:
        value = _secret(context, op, name)
        if value is UNKNOWN:
            continue
        body = context.body(resource) | {name: value}
        if not context.bodies.accepts(op, body):
            continue
        exchange, created = context.try_create(resource, body)
        if created is None:
            continue
        replies = [exchange, *_replies(context, resource, created, name, value), *_errors(context, resource, body)]
        reference = _documented_as_write_only(context, resource, name)
        for each in replies:
            _check_reply(context, resource, name, each, created.exchange, reference)
        for each in (*_other_lists(context, resource), *_referenced_items(context, resource, created)):
            _check_reply(context, resource, name, each, created.exchange, reference, only_value=True)


def _documented_as_write_only(context: CheckContext, resource: CheckedResource, name: str) -> StatementRef | None:
    """The document's own `writeOnly`, which makes an inferred statement a documented one; None without it."""
    op = resource.operations["create"]
    if context.contract.schemas.keyword(context.bodies.properties(op)[name], "writeOnly"):
        return StatementRef(
            op.name, "schema", "documented", "OpenAPI 3.1 section 4.8.24 (writeOnly)", f"{name} is write-only."
        )
    return None


def _referenced_items(
    context: CheckContext, resource: CheckedResource, created: CreatedItem
) -> Iterator[RecordedExchange]:
    """Replies with the items of other resources that the new item refers to."""
    for other in context.shared.resources.values():
        for name, value in created.item.items():
            if (
                other.name != resource.name
                and other.can("get")
                and isinstance(value, str)
                and other.is_referenced_by(name)
            ):
                yield context.send(
                    other.operations["get"], path={**created.path, other.behaviour.identity.parameter: value}
                )


def _other_lists(context: CheckContext, resource: CheckedResource) -> Iterator[RecordedExchange]:
    """The lists of other resources, which may leak the secret, too."""
    for other in context.shared.resources.values():
        if other.name != resource.name and other.can("list") and not other.behaviour.parent:
            yield from context.list_all(other, pages=3)[1]


def _replies(
    context: CheckContext, resource: CheckedResource, created: CreatedItem, name: str, value: Any
) -> Iterator[RecordedExchange]:
    yield from _views(context, resource, created)
    update = resource.operations.get("update")
    if update is not None and name in context.bodies.properties(update):
        yield context.update(created, {name: value})
        yield from _views(context, resource, created)
    replace = resource.operations.get("replace")
    if replace is not None and name in context.bodies.properties(replace):
        yield context.send(replace, path=created.path, body={**created.sent, name: value})
        yield from _views(context, resource, created)


def _views(context: CheckContext, resource: CheckedResource, created: CreatedItem) -> Iterator[RecordedExchange]:
    if resource.can("get"):
        yield context.get(created)
    if resource.can("list"):
        yield from context.list_all(created)[1]


def _errors(context: CheckContext, resource: CheckedResource, body: Mapping[str, Any]) -> Iterator[RecordedExchange]:
    """Error replies to requests that contain the secret and another, invalid field."""
    op = resource.operations["create"]
    required = context.bodies.required(op)
    for name in sorted(required & body.keys())[:1]:
        yield context.try_create(resource, {key: value for key, value in body.items() if key != name})[0]
        yield context.try_create(resource, {**body, name: {"wrong": [1]}})[0]


def _holds_items(resource: CheckedResource, name: str, exchange: RecordedExchange) -> bool:
    """Is it the reply of a list, whose items are in a property that has the name of the field?"""
    path = resource.operations["list"].reply_path("items") if resource.can("list") else None
    return path is not None and path[:1] == (name,) and isinstance(value_at(exchange.json, path), list)


def _check_reply(
    context: CheckContext,
    resource: CheckedResource,
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
        f"no reply contains the value of the write-only field {name}",
        f"the reply to {exchange.method} contains it",
        *history,
        about=f"value {name}",
        statement=statement,
    )
    if 200 <= exchange.status < 300 and not only_value:
        for op in resource.operations.values():
            if op.reply_path("items") is None and _holds_items(resource, name, exchange):
                continue
            items = (
                [context.item(op, exchange)] if op.reply_path("items") is None else context.items(resource, exchange)
            )
            if any(name in item for item in items) and name not in documented(context.contract, op):
                context.report_violation(
                    f"no reply contains the write-only field {name}",
                    f"the reply to {exchange.method} contains it",
                    *history,
                    about=f"field {name}",
                    statement=statement,
                )
                return


def _secret(context: CheckContext, op: ResourceOperation, name: str) -> Any:
    """A valid value of a field with CANARY in every text."""
    if name not in context.bodies.properties(op):
        return UNKNOWN
    value = context.bodies.value(op, name, context.check)
    pointer = context.bodies.properties(op)[name]
    if isinstance(value, list) and not value:
        items = context.contract.schemas.items(pointer)
        try:
            value = [context.shared.maker.at(items, seed=name, direction="request")] if items else value
        except MockServerError:
            return UNKNOWN
    if isinstance(value, list):
        value = [_with_all_texts(context, pointer, each) for each in value]
    filled = _with_canary(value)
    return filled if context.bodies.accepts(op, context.bodies.minimal(op, name) or {} | {name: filled}) else value


def _with_all_texts(context: CheckContext, pointer: str, entry: Any) -> Any:
    """An entry of a list with all its documented text fields."""
    items = context.contract.schemas.items(pointer)
    if not isinstance(entry, dict) or items is None:
        return entry
    texts = {
        n: "X-Canary"
        for n, at in context.contract.schemas.properties(items).items()
        if "string" in context.contract.schemas.types(at)
    }
    return texts | entry


def _with_canary(value: Any) -> Any:
    if isinstance(value, str):
        return CANARY
    if isinstance(value, Mapping):
        return {
            key: (each if str(key).lower() in ("name", "type", "key") else _with_canary(each))
            for key, each in value.items()
        }
    return [_with_canary(each) for each in value] if isinstance(value, list) else value


CHECKS = (
    Check("write-only", ("write-only",), resource_statement("write-only", "create"), write_only, exclusive=False),
)
