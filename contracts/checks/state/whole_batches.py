"""A check of requests that create several items: where the document says all or none, a refused one creates none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from contracts.checks.item_view import as_json
from contracts.checks.lists.listed_items import ids
from contracts.checks.relations.unknown_references import unknown_id
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.batch_sentences import says_all_or_none
from contracts.model.body_references import body_references, referring
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

WRONG: Any = {"wrong": [1]}
"""A value of a wrong type for nearly every field."""


class Batch(NamedTuple):
    """An operation that creates several items, which its body has in `name`, or is (empty)."""

    op: ResourceOperation
    resource: CheckedResource
    name: str

    def body(self, bodies: list[dict[str, Any]]) -> Any:
        """A request body with the bodies of several items."""
        return {self.name: bodies} if self.name else bodies


def whole_batch(context: CheckContext, batch: Batch) -> None:
    """A request about several items that is refused creates none of them, if the document says all or none."""
    good, resource = [_one(context, batch.resource) for _ in range(2)], batch.resource
    before, _ = context.list_all(resource)
    known, compared = set(ids(resource, before)), False
    for bad, what in _bad(context, resource, good[1]):
        exchange = context.send(batch.op, body=batch.body([good[0], bad]), may_fail=True)
        if exchange.status < 400:
            continue
        compared = True
        items, listing = context.list_all(resource)
        new = [item for item in items if str(item.get(resource.behaviour.identity.field)) not in known]
        left = [item for item in new if _is_like(item, good[0])]
        _clean(context, resource, left, good[0], exchange)
        if not context.expect(
            not left,
            f"{batch.op.name}, refused for {what} of its second {resource.name}, creates none",
            f"it created {as_json(left[0])}"[:300] if left else "",
            exchange,
            *listing,
            about="refused",
        ):
            return
    _check_accepted(context, batch, good)
    if not compared:
        raise CannotBuildRequest(f"{batch.op.name} accepts what is wrong")


def _check_accepted(context: CheckContext, batch: Batch, good: list[dict[str, Any]]) -> None:
    """A request that succeeds creates all of its items."""
    exchange = context.send(batch.op, body=batch.body(good))
    if not 200 <= exchange.status < 300 or exchange.status == 202:
        return
    items, listing = context.list_all(batch.resource)
    found = [[item for item in items if _is_like(item, sent)] for sent in good]
    for sent, shown in zip(good, found, strict=True):
        _clean(context, batch.resource, shown[-1:], sent, exchange)
    context.expect(
        all(found),
        f"{batch.op.name}, which succeeds, creates each {batch.resource.name}",
        f"the list shows {len([each for each in found if each])} of {len(good)}",
        exchange,
        *listing,
        about="accepted",
    )


def _one(context: CheckContext, resource: CheckedResource) -> dict[str, Any]:
    """A valid body, which refers to items of its own. Raises CannotBuildRequest if such an item cannot be created."""
    body = context.body(resource)
    for each in body_references(context.contract.schemas, resource, resource.operations["create"]):
        referred = context.shared.resources.get(each.resource)
        if referred is not None and referred.can("create") and each.key == referred.behaviour.identity.field:
            other = referring(body, each.field, context.create_plentiful(referred).id)
            body = other if context.bodies.accepts(resource.operations["create"], other) else body
    return body


def _bad(
    context: CheckContext, resource: CheckedResource, good: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], str]]:
    """Bodies that a service refuses: with an unknown reference, with a wrong type, without a required field."""
    op = resource.operations["create"]
    for each in body_references(context.contract.schemas, resource, op):
        referred = context.shared.resources.get(each.resource)
        if referred is not None and referred.can("create") and each.key == referred.behaviour.identity.field:
            known = context.create_plentiful(referred)
            yield referring(good, each.field, unknown_id(context, known)[0]), f"the unknown {each.field}"
    for name in good:
        if not context.bodies.accepts(op, good | {name: WRONG}):
            yield good | {name: WRONG}, f"the wrong type of {name}"
            break
    for name in sorted(context.bodies.required(op) & good.keys())[:1]:
        yield {key: value for key, value in good.items() if key != name}, f"the missing {name}"


def _is_like(item: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
    """Does an item show what was sent, as far as it shows it?"""
    common = [name for name in sent if name in item and isinstance(sent[name], str | int)]
    return bool(common) and all(item[name] == sent[name] for name in common)


def _clean(
    context: CheckContext,
    resource: CheckedResource,
    items: Sequence[Mapping[str, Any]],
    sent: dict[str, Any],
    exchange: RecordedExchange,
) -> None:
    """Delete what was created all the same."""
    identity = resource.behaviour.identity
    for item in items if resource.can("delete") else ():
        id = item[identity.field]
        context.remove(CreatedItem(resource, id, item, sent, context.main_user, exchange, {identity.parameter: id}))


def _places(contract: Contract) -> Iterator[Place]:
    schemas = contract.schemas
    for op in resource_operations(contract):
        said = says_all_or_none(schemas, op.operation) if op.operation.method == "post" else None
        media = op.media_type
        if said is None or media is None or media.schema is None or "{" in op.operation.path:
            continue
        for resource in checked_resources(contract).values():
            single = resource.operations["create"].body_schema(schemas) if resource.can("create", "list") else None
            name = _place(contract, media.schema, single) if single is not None else None
            if name is not None and op.name != resource.operations["create"].name:
                text = "A request about several items does all or nothing."
                statement = StatementRef(op.name, "http", "described", said.source, text)
                yield op.name, statement, (Batch(op, resource, name),)


def _place(contract: Contract, pointer: str, single: str) -> str | None:
    """The property of a body with a list of such bodies; empty if the body is the list, None if there is neither."""
    schemas = contract.schemas
    wanted = schemas.resolve(single)[1]
    for name, at in {"": pointer, **schemas.properties(pointer)}.items():
        entries = schemas.items(at) if "array" in schemas.types(at) else None
        if entries is not None and schemas.resolve(entries)[1] == wanted:
            return name
    return None


CHECKS = (Check("whole-batch", (), _places, whole_batch),)
