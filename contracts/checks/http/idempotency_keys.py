"""Check of `Idempotency-Key`: a create request that is sent again with the same key creates nothing more."""

from __future__ import annotations

import uuid
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from contracts.checks.lists.listed_items import ids
from contracts.checks.security.other_user_changes import body_of
from contracts.checks.stored_fields import changed_fields, lasting_changes, settled, weaker
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.request_headers import is_idempotency_key
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import (
    CheckedResource,
    ResourceOperation,
    checked_resources,
    resource_operations,
    views_below,
)
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from contracts.runner.larger_bodies import widest_body
from mockserver.contract import Contract
from mockserver.openapi import path_template
from mockserver.openapi.document import Parameter

SOURCE = "the parameter Idempotency-Key of the document (draft-ietf-httpapi-idempotency-key-header section 2)"
REFUSED = "The service refuses a repeated key instead of repeating its response."
MOST_BESIDE = 8
"""At most this many values of a body are tried as ids of other items."""

MOST_OTHERS = 3
"""Items of so many other resources are looked at."""

TOGETHER = 4
"""How many requests with one key are sent together."""


def idempotency_key(context: CheckContext, resource: CheckedResource, header: str) -> None:
    """A create request that is repeated with the same key returns the same item, and only one is created."""
    others = _items_of_others(context, resource)
    body, key = context.body(resource), new_key()
    first, created = context.try_create(resource, body, headers={header: key})
    if created is None:
        raise CannotBuildRequest(f"{context.operation} with a key answers {first.status}")
    named = first.sent if isinstance(first.sent, dict) else body
    beside = _items_beside(context, resource, {**named, **created.path})
    for made, op in others:
        each = _ItemBeside(op, made.path, _settled(context, op, made.path), is_named=False)
        beside += [each._replace(item=each.shown(each.item))] * bool(each.shown(each.item))
    second, repeated = context.try_create(resource, body, headers={header: key})
    _check_beside(context, beside, first, second)
    context.expect(
        repeated is None or str(repeated.id) == str(created.id),
        "the same request with the same key returns the item that it created before",
        f"another item: {repeated.id if repeated else None}",
        first,
        second,
        about="repeated",
    )
    context.expect_status(
        second.status < 400,
        "the same request with the same key gets the same response",
        first,
        second,
        about="status",
        statement=weaker(context, REFUSED) if second.status < 500 else None,
    )
    third, other = context.try_create(resource, context.body(resource), headers={header: new_key()})
    context.expect(
        other is None or str(other.id) != str(created.id),
        "a request with another key creates another item",
        "the item of the first key",
        first,
        third,
        about="other key",
    )
    _check_together(context, resource, header)


class _ItemBeside(NamedTuple):
    """An item that a request may affect, such as the account that a transfer is from, and how it was before.

    Of one that the request does not name only the numbers and the lengths of lists count: its state may go on by itself.
    """

    op: ResourceOperation
    path: Mapping[str, Any]
    item: dict[str, Any]
    is_named: bool = True

    def shown(self, item: dict[str, Any]) -> dict[str, Any]:
        """What counts of what a reply shows."""
        if self.is_named:
            return item
        figures = {name: len(value) if isinstance(value, list) else value for name, value in item.items()}
        return {name: value for name, value in figures.items() if type(value) in (int, float)}


def _items_beside(context: CheckContext, resource: CheckedResource, named: Mapping[str, Any]) -> list[_ItemBeside]:
    """The items whose ids a body or a path contains; the document need not say whose ids they are."""
    texts = {value for value in named.values() if isinstance(value, str | int)}
    found: list[_ItemBeside] = []
    for op in context.shared.operations.values():
        parameter = _only_parameter(op)
        if parameter is None or op in resource.operations.values():
            continue
        validator = context.contract.schemas.validator(str(parameter.schema), "request")
        for id in [each for each in sorted(texts, key=str) if validator.is_valid(each)][:MOST_BESIDE]:
            item = _settled(context, op, {parameter.name: id})
            found += [_ItemBeside(op, {parameter.name: id}, item)] * bool(item)
    return found


def _items_of_others(context: CheckContext, resource: CheckedResource) -> list[tuple[CreatedItem, ResourceOperation]]:
    """New items of other resources, which a request may affect without naming them, and what shows them.

    They ask for all that they can: an endpoint gets the events of every type.
    """
    found: list[tuple[CreatedItem, ResourceOperation]] = []
    beside = (each for each in context.shared.resources.values() if each.can("create", "get") and not owner_of(each))
    for other in [each for each in beside if each.name not in (resource.name, owner_of(resource))][:MOST_OTHERS]:
        try:
            made = context.create(other, widest_body(context, other))
        except CannotBuildRequest:
            continue
        found += [(made, op) for op in (other.operations["get"], *views_below(context.contract, other))]
    return found


def _only_parameter(op: ResourceOperation) -> Parameter | None:
    """The last step of the path of a GET, if it is its only parameter."""
    path = op.operation.path.rstrip("/")
    described = [p for p in op.operation.parameters if p.location == "path" and p.schema]
    is_last = len(described) == 1 and path.endswith("{" + described[0].name + "}")
    return described[0] if op.operation.method == "get" and is_last else None


def _settled(context: CheckContext, op: ResourceOperation, path: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an item that two reads show alike; empty if there is none."""
    first, second = (_shown(context.send(op, path=path)) for _ in range(2))
    return {name: value for name, value in first.items() if name in second and second[name] == value}


def _shown(exchange: RecordedExchange) -> dict[str, Any]:
    return exchange.json if exchange.status < 300 and isinstance(exchange.json, dict) else {}


def _check_beside(
    context: CheckContext, beside: list[_ItemBeside], first: RecordedExchange, second: RecordedExchange
) -> None:
    """The second request has no effect on other items, either."""
    for each in beside:
        shown = context.send(each.op, path=each.path)
        changed = changed_fields(each.item, each.shown(_shown(shown)))
        context.expect(
            not changed,
            "the same request with the same key changes no other item once more",
            "; ".join(changed),
            first,
            second,
            shown,
            about=f"beside {each.op.name}",
        )


def _check_together(context: CheckContext, resource: CheckedResource, header: str) -> None:
    """Of concurrent requests with one key at most one creates an item."""
    op, user = resource.operations["create"], context.main_user
    body, path, key = context.body(resource), context.parent_path(resource, user), new_key()
    before = _listed_ids(context, resource)
    request = context.request(op.operation, user=user, path=path, body=body, headers={header: key})
    exchanges = context.target.send_together([(request, user)] * TOGETHER)
    found = [context.record_created(resource, each, body, user, path) for each in exchanges]
    different = {str(each.id) for each in found if each is not None}
    context.expect(
        len(different) <= 1,
        f"{TOGETHER} concurrent requests with the same key create one item",
        f"{len(different)} items",
        *exchanges,
        about="together",
    )
    if different and resource.can("list"):
        _check_listed(context, resource, different, exchanges, before)


def _check_listed(
    context: CheckContext,
    resource: CheckedResource,
    different: set[str],
    exchanges: Sequence[RecordedExchange],
    before: Container[str],
) -> None:
    """The list has no second item with the values of the request, besides those that it had `before`."""
    created = next(each for each in context.created_items(resource) if str(each.id) in different)
    items, listing = context.list_all(created)
    alike = [item for item in items if _is_like(item, created.sent)]
    alike = [item for item in alike if not any(id in before for id in ids(resource, [item]))]
    context.expect(
        len(alike) <= 1,
        "the list has one item for one key",
        f"{len(alike)} items with the same values: {', '.join(ids(resource, alike))}",
        *exchanges,
        *listing,
        about="listed",
    )


def _listed_ids(context: CheckContext, resource: CheckedResource) -> frozenset[str]:
    """The ids that a list shows: bodies without a mark of our own are equal to those of other checks."""
    return frozenset(ids(resource, context.list_all(resource)[0])) if resource.can("list") else frozenset()


def _is_like(item: dict[str, Any], sent: Any) -> bool:
    """Does an item have all texts of a request?"""
    texts = {name: value for name, value in sent.items() if isinstance(value, str)}
    return bool(texts) and all(item.get(name) == value for name, value in texts.items())


def key_of_action(context: CheckContext, op: ResourceOperation, owner: CheckedResource, header: str) -> None:
    """A request below an item that is repeated with the same key gets the same response and has no further effect."""
    item = context.create_plentiful(owner)
    body, key = body_of(context, op), new_key()
    if body is None:
        raise CannotBuildRequest(f"no valid body of {op.name} is known")
    first = context.send(op, path=item.path, body=body, headers={header: key})
    if first.status >= 300:
        raise CannotBuildRequest(f"{op.name} with a key answers {first.status}")
    before = settled(context, item)
    second = context.send(op, path=item.path, body=body, headers={header: key})
    changed, _, shown = lasting_changes(context, item, before)
    context.expect(
        not changed,
        f"the same request with the same key does not change the {owner.name} once more",
        "; ".join(changed),
        item.exchange,
        first,
        second,
        *shown,
        about="effect",
    )
    own, again = ((each.json if isinstance(each.json, dict) else {}).get("id") for each in (first, second))
    context.expect(
        own is None or again is None or own == again,
        "the same request with the same key gets the same response",
        f"another id: {again} instead of {own}",
        item.exchange,
        first,
        second,
        about="repeated",
    )


def new_key() -> str:
    """A new key. It is random even with the same seed, because a service remembers the keys of the last run."""
    return str(uuid.uuid4())


def key_header(op: ResourceOperation) -> str:
    """The header with the key; empty if the operation has none."""
    named = (p.name for p in op.operation.parameters if p.location == "header")
    return next((name for name in named if is_idempotency_key(name)), "")


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        op = resource.operations.get("create")
        if op is not None and key_header(op):
            text = "A repeated key creates nothing more."
            yield op.name, StatementRef(op.name, "http", "documented", SOURCE, text), (resource, key_header(op))


def _action_places(contract: Contract) -> Iterator[Place]:
    """Operations with such a header below items that can be created, besides those that create items themselves."""
    known = checked_resources(contract)
    creates = {each.operations["create"].name for each in known.values() if each.can("create")}
    for op in resource_operations(contract):
        owner = next((each for each in known.values() if _is_below(op, each)), None)
        if owner is not None and key_header(op) and op.name not in creates and op.operation.method in ("post", "patch"):
            text = "A repeated key has no further effect."
            yield op.name, StatementRef(op.name, "http", "documented", SOURCE, text), (op, owner, key_header(op))


def _is_below(op: ResourceOperation, owner: CheckedResource) -> bool:
    """Is the path of an operation that of an item or below it, with the same parameters?"""
    if not owner.can("create", "get"):
        return False
    item, path = owner.operations["get"].operation.path.rstrip("/"), op.operation.path.rstrip("/")
    is_there = path == item or path.startswith(f"{item}/")
    return is_there and path_template.names(item) == path_template.names(path)


CHECKS = (
    Check("idempotency-key", (), _places, idempotency_key),
    Check("idempotency-key-of-action", (), _action_places, key_of_action),
)
