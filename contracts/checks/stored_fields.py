"""Compares what was sent with what the service shows afterwards, in its reply, in a GET and in the list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from contracts.checks.item_view import as_json, documented, shown_value
from contracts.checks.value_likeness import ABSENT, likeness
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.context import CheckContext

NORMALISED = "The service writes the value in another way, which its document does not mention."


def weaker(context: CheckContext, text: str) -> StatementRef | None:
    """The statement of a check as a guess, so that breaking it is a warning."""
    return replace(context.statement, evidence="inferred", text=text) if context.statement else None


def comparable(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, sent: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """The sent fields that a success reply of `op` shows in the same form, with the part of the value that it shows.

    Fields that the service sets, hides, or shows in another form (an id as an object) are left out.
    """
    hidden = resource.server_fields | resource.write_only_fields | resource.rule_fields
    for name, pointer in documented(context.contract, op).items():
        if name in sent and name not in hidden:
            value = _visible(context, pointer, sent[name])
            if context.contract.schemas.validator(pointer, "response").is_valid(value):
                yield name, value


def _visible(context: CheckContext, pointer: str, value: Any) -> Any:
    """The value without properties that a response does not document, or only for requests."""
    schemas = context.contract.schemas
    known = schemas.properties(pointer) if isinstance(value, dict) else {}
    if not known:
        return value
    return {
        name: _visible(context, known[name], inner)
        for name, inner in value.items()
        if name in known and not schemas.keyword(known[name], "writeOnly")
    }


def check_fields(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    item: Mapping[str, Any],
    sent: Mapping[str, Any],
    where: str,
    *exchanges: RecordedExchange,
) -> None:
    """Report every comparable field of `sent` that `item`, shown by `op`, has not kept. `where` says who shows it."""
    for name, value in comparable(context, resource, op, sent):
        alike = likeness(item.get(name, ABSENT), value, name)
        context.expect(
            alike == "same",
            f"{where} shows {name} as it was sent: {_short(as_json(value))}",
            _short(shown_value(item, name)),
            *exchanges,
            about=f"{where} {name}",
            statement=weaker(context, NORMALISED) if alike == "normalised" else None,
        )


def _short(text: str) -> str:
    return text if len(text) < 200 else f"{text[:120]}… ({len(text)} characters)"


def current(
    context: CheckContext, created: CreatedItem
) -> tuple[ResourceOperation, dict[str, Any], tuple[RecordedExchange, ...]]:
    """An item as the service shows it now, by GET or, without one, by its list; and the operation that shows it.

    Raises CannotBuildRequest if neither exists.
    """
    resource = created.resource
    if resource.can("get"):
        response = context.get(created)
        return resource.operations["get"], context.item(resource.operations["get"], response), (response,)
    if not resource.can("list"):
        raise CannotBuildRequest(f"no operation shows a {resource.name}")
    item, listing = listed_item(context, created)
    return resource.operations["list"], item, tuple(listing)


def listed_item(context: CheckContext, created: CreatedItem) -> tuple[dict[str, Any], list[RecordedExchange]]:
    """An item as its list shows it; empty if the list does not contain it."""
    items, listing = context.list_all(created)
    field = created.resource.behaviour.identity.field
    return next((item for item in items if str(item.get(field)) == str(created.id)), {}), listing
