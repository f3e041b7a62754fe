"""Check of refused requests: they change nothing and create nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import fixed_fields, meant
from contracts.checks.lists.listed_items import ids
from contracts.checks.state.deleted_items import similar_id
from contracts.checks.stored_fields import lasting_changes, settled
from contracts.checks.valid_bodies import distinct_body, is_reference
from contracts.cleanup.created_items import CreatedItem
from contracts.client.boundary_values import cases
from contracts.client.changed_values import changed_body
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

FAILED = "RFC 9110 section 15.5 (the request failed)"

WRONG: Any = {"wrong": [1]}
"""A value of a wrong type for nearly every field."""


def refusal_without_effect(context: CheckContext, resource: CheckedResource) -> None:
    """A refused request has no effect: no item changes, even if only one of many fields is wrong, and none is created."""
    refusals = 0
    for op in changing_operations(resource):
        refusals += _check_refused_updates(context, resource, op)
    if resource.can("list"):
        refusals += _check_refused_creates(context, resource)
    context.compared += refusals
    if not refusals:
        raise CannotBuildRequest("no request of those with a wrong field was refused")


def changing_operations(resource: CheckedResource) -> list[ResourceOperation]:
    """The update and the replace operation, each once."""
    found = [op for kind in ("update", "replace") if (op := resource.operations.get(kind)) and op.media_type]
    return list({op.name: op for op in found}.values())


def _check_refused_updates(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> int:
    """Send updates with many valid changes and one wrong field. Returns how many were refused."""
    created = context.create(resource, distinct_body(context, resource))
    before = settled(context, created)
    refused = 0
    for body, wrong in _half_wrong(context, resource, op, created):
        exchange = context.send(op, path=created.path, body=body)
        if exchange.status < 400:
            return refused  # that it was accepted is another check, and it may have changed the item
        refused += 1
        changed, _, shown = lasting_changes(context, created, before)
        context.expect(
            not changed,
            f"an update that is refused, because {wrong} is wrong, does not change the item",
            "; ".join(changed),
            created.exchange,
            exchange,
            *shown,
            about=f"{op.name} {'first' if next(iter(body)) == wrong else 'last'}",
        )
        if changed:
            break
    return refused


def _half_wrong(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, created: CreatedItem
) -> Iterator[tuple[dict[str, Any], str]]:
    """Bodies with many valid changes and one wrong field, at the end and at the beginning, and the wrong field."""
    fixed = fixed_fields(context, resource)
    names = [name for name in context.bodies.properties(op) if name not in fixed]
    fixed |= {name for name in names if is_reference(context, name)}
    good = changed_body(context.bodies, context.contract.schemas, op, created.sent, fixed)
    tried = 0
    for name in [*names[-1:], *names[:1], *names[1:-1]]:
        rest = {key: value for key, value in good.items() if key != name}
        for wrong in _wrong_values(context, op, name, good.get(name)):
            invalid = not context.bodies.accepts(op, {**good, name: wrong})
            if invalid and rest.keys() - fixed and tried < 6:
                tried += 1
                yield meant(context, resource, op, {**rest, name: wrong}, created), name
                yield meant(context, resource, op, {name: wrong, **rest}, created), name
    for name, unknown in _unknown_references(resource, created) if good.keys() - fixed else ():
        rest = {key: value for key, value in good.items() if key != name}
        for body in ({**rest, name: unknown}, {name: unknown, **rest}):
            if name in names and context.bodies.accepts(op, body):
                yield meant(context, resource, op, body, created), name


def _unknown_references(resource: CheckedResource, created: CreatedItem) -> Iterator[tuple[str, str | int]]:
    """The fields of an item that name another one, with an id that probably none has."""
    for each in resource.behaviour.references:
        sent = created.sent.get(each.field) if each.key else None
        if isinstance(sent, str | int) and sent and not isinstance(sent, bool):
            yield each.field, similar_id(sent)


def _wrong_values(context: CheckContext, op: ResourceOperation, name: str, present: Any) -> list[Any]:
    """A value of a wrong type, and one beyond a bound, which is often noticed later."""
    pointer = context.bodies.properties(op)[name]
    beyond = [
        case.value
        for case in cases(context.contract.schemas, pointer, present)
        if not case.valid and case.keyword not in ("type", "nullable", "format")
    ]
    return [WRONG, *beyond[:1]]


def _check_refused_creates(context: CheckContext, resource: CheckedResource) -> int:
    """Send create requests with a wrong field, and without any. Returns how many were refused."""
    op = resource.operations["create"]
    present = context.create(resource)
    wrong = [name for name in context.bodies.properties(op) if not _allows_wrong(context, op, name)]
    good = distinct_body(context, resource)
    bodies = [{**good, wrong[-1]: WRONG}] if wrong else []
    refused = 0
    for body in [body for body in (*bodies, {}) if not context.bodies.accepts(op, body)]:
        refused += _check_refused_create(context, resource, present, body)
    return refused


def _allows_wrong(context: CheckContext, op: ResourceOperation, name: str) -> bool:
    pointer = context.bodies.properties(op)[name]
    return context.contract.schemas.validator(pointer, "request").is_valid(WRONG)


def _check_refused_create(
    context: CheckContext, resource: CheckedResource, present: CreatedItem, body: Mapping[str, Any]
) -> int:
    """The list has no new item after a refused create. Others may create items too, so it is looked at twice."""
    exchange = listing = None
    for _ in range(2):
        before = set(ids(resource, context.list_all(present)[0]))
        exchange, fresh = context.try_create(resource, body)
        if fresh is not None or exchange.status < 400:
            return 0
        items, listing = context.list_all(present)
        new = [id for id in ids(resource, items) if id not in before]
        if not new:
            return 1
    context.report_violation(
        "a refused create request adds no item to the list",
        f"{len(new)} more in the list",
        *_all(exchange, listing),
        about="create",
    )
    return 1


def _all(exchange: RecordedExchange | None, listing: list[RecordedExchange] | None) -> tuple[RecordedExchange, ...]:
    return (*((exchange,) if exchange else ()), *(listing or ()))


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        if resource.can("create") and (resource.can("get") or resource.can("list")):
            op = next(iter(changing_operations(resource)), resource.operations["create"])
            statement = StatementRef(op.name, "http", "documented", FAILED, "A refused request has no effect.")
            yield op.name, statement, (resource,)


CHECKS = (Check("refusal-without-effect", (), _places, refusal_without_effect),)
