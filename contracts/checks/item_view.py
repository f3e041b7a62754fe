"""How replies show an item: which fields they contain, which of them can change, and whether a value is as sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from contracts.cleanup.created_items import CreatedItem
from contracts.client.named_items import id_name
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

SUMMARY = "A list may show less of an item than a GET of the item does."

FEW = 1000
"""With fewer ids than this, a service must reuse the ids of deleted items."""


def item_schema(contract: Contract, op: ResourceOperation) -> str | None:
    """The pointer to the schema of the item in an operation's success reply, or None."""
    return op.item_schema(contract.schemas)


def documented(contract: Contract, op: ResourceOperation) -> Mapping[str, str]:
    """The documented fields of the item in a success reply, with the pointers to their schemas."""
    pointer = item_schema(contract, op)
    return contract.schemas.properties(pointer) if pointer else {}


def showable(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> frozenset[str]:
    """The documented fields of the item in a success reply, without write-only fields."""
    return frozenset(documented(context.contract, op)) - resource.write_only_fields


def shows_id(context: CheckContext, resource: CheckedResource) -> bool:
    """Is the id of the new item documented in the create reply?"""
    op = resource.operations["create"]
    return op.reply_path("id") is not None or resource.behaviour.identity.field in documented(context.contract, op)


def few_ids(context: CheckContext, resource: CheckedResource) -> bool:
    """Does the path allow so few numbers as ids that the service must reuse the ids of deleted items?"""
    keyword, operations = (
        context.contract.schemas.keyword,
        [op for op in resource.operations.values() if resource.is_of_item(op)],
    )
    places = {
        p.schema
        for op in operations
        for p in op.operation.parameters
        if p.schema and (p.location, p.name) == ("path", resource.behaviour.identity.parameter)
    }
    most = [found for place in places if isinstance(found := keyword(place, "maximum"), int)]
    return bool(most) and min(most) < FEW


def shows_less(entry: Any, alone: Any) -> bool:
    """Does an entry of a list only leave out what a GET of the item shows: null or a part in place of an object?

    Each object in a list may leave out some, too. A missing text or number of the item is a wrong one.
    """
    if entry is None:
        return isinstance(alone, dict | list)
    if isinstance(entry, list) and isinstance(alone, list):
        pairs = list(zip(entry, alone, strict=False))
        return len(entry) == len(alone) and all(part == whole or shows_less(part, whole) for part, whole in pairs)
    return (
        isinstance(entry, dict)
        and isinstance(alone, dict)
        and all(
            name in alone and (part == alone[name] or shows_less(part, alone[name])) for name, part in entry.items()
        )
    )


def changing(
    context: CheckContext, op: ResourceOperation, sent: Mapping[str, Any], name: str, value: Any
) -> dict[str, Any] | None:
    """A body that changes one field, with the required fields as sent before; None where no body is valid.

    An id that the body has to repeat is any one here: that of the item is filled in where the request is built.
    """
    alone, required = {name: value}, context.bodies.required(op)
    resource = context.shared.resources.get(op.behaviour.action.of) if op.behaviour.action else None
    ids = {id_name(op, resource), resource.behaviour.identity.field} if resource is not None else set()
    named = {key: context.bodies.value(op, key, "id") for key in sorted(ids & required - sent.keys())}
    whole = named | {key: sent[key] for key in required if key in sent} | alone
    return next((body for body in (alone, whole) if context.bodies.accepts(op, body)), None)


def shows_null(context: CheckContext, resource: CheckedResource, name: str) -> bool:
    """Does the document allow null for a field in a GET reply?"""
    pointer = documented(context.contract, resource.operations["get"]).get(name)
    return pointer is None or context.contract.schemas.validator(pointer, "response").is_valid(None)


def meant(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    body: Mapping[str, Any],
    created: CreatedItem,
) -> dict[str, Any]:
    """A body with the id of the item, if the body has an id already or the path does not name it.

    The fields after which the service names the item stay as they are.
    """
    after = context.shared.named_after[resource.name] & body.keys() & created.sent.keys()
    body = {**body, **{name: created.sent[name] for name in after}}
    field, schema = resource.behaviour.identity.field, context.bodies.schema(op)
    known = context.contract.schemas.properties(schema) if schema else {}
    named = field in body or (field in known and not resource.is_of_item(op))
    return {**body, field: created.id} if named else dict(body)


def always_shown(context: CheckContext, op: ResourceOperation) -> set[str]:
    """The required fields of the item in a success reply that cannot be null."""
    pointer, schemas, fields = (
        item_schema(context.contract, op),
        context.contract.schemas,
        documented(context.contract, op),
    )
    required = schemas.required(pointer) & fields.keys() if pointer else set()
    return {name for name in required if not schemas.validator(fields[name], "response").is_valid(None)}


def immutable(resource: CheckedResource) -> frozenset[str]:
    """Fields that a statement says no update changes: it may refuse them, or leave them as they are."""
    return frozenset(name for statement in resource.behaviour.immutable for name in statement.fields)


def unchangeable(resource: CheckedResource) -> frozenset[str]:
    """Fields that an update cannot change, or that follow other fields."""
    return frozenset(
        immutable(resource)
        | resource.server_fields
        | resource.write_only_fields
        | resource.rule_fields
        | {resource.behaviour.identity.field}
    )


def fixed_fields(context: CheckContext, resource: CheckedResource) -> frozenset[str]:
    """The same, and the fields after which the service names an item, so that a change may give it another address."""
    return unchangeable(resource) | context.shared.named_after[resource.name]


def covers(shown: Any, sent: Any) -> bool:
    """Does a shown value contain the sent one? Objects may have more properties, and numbers another notation.

    An id may be shown as an object with this id; the document check decides whether an object is allowed there.
    """
    if isinstance(sent, Mapping) and isinstance(shown, Mapping):
        return all(key in shown and covers(shown[key], value) for key, value in sent.items())
    if isinstance(sent, list) and isinstance(shown, list):
        return len(sent) == len(shown) and all(covers(a, b) for a, b in zip(shown, sent, strict=True))
    if isinstance(sent, str | int) and isinstance(shown, Mapping):
        return any(covers(value, sent) for value in shown.values() if not isinstance(value, Mapping))
    return bool(shown == sent) and isinstance(shown, bool) == isinstance(sent, bool)


def as_json(value: Any) -> str:
    """A value as a finding shows it."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text.encode("utf-8", "backslashreplace").decode()  # an unpaired surrogate cannot be printed


def shown_value(item: Mapping[str, Any], name: str) -> str:
    """The value of a field as a finding shows it."""
    return as_json(item[name]) if name in item else "no such field"


def views(context: CheckContext, created: CreatedItem) -> list[tuple[dict[str, Any], tuple[RecordedExchange, ...]]]:
    """An item as the create reply and the GET reply show it, with the exchanges."""
    views: list[tuple[dict[str, Any], tuple[RecordedExchange, ...]]] = (
        [(dict(created.item), (created.exchange,))] if created.item else []
    )
    if created.resource.can("get"):
        response = context.get(created)
        views.append((context.item(created.resource.operations["get"], response), (created.exchange, response)))
    return views


def shown_fields(context: CheckContext, resource: CheckedResource) -> frozenset[str]:
    """Fields that are documented in both the create reply and the GET reply."""
    operations = [resource.operations[name] for name in ("create", "get") if name in resource.operations]
    shown = [showable(context, resource, op) for op in operations if op.reply_path("item") is not None]
    return frozenset.intersection(*shown) if shown else frozenset()


def change_of(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, created: CreatedItem
) -> tuple[str, Any]:
    """A text field of an item and another valid value. Raises CannotBuildRequest where no field can be changed."""
    for name in context.bodies.properties(op):
        if isinstance(created.sent.get(name), str) and name not in resource.server_fields | resource.rule_fields:
            value = context.bodies.other(op, name, created.sent[name], context.check)
            if value is not None:
                return name, value
    raise CannotBuildRequest("no field of an item can be changed")
