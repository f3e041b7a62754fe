"""A check of requests with several lines: if one of them is refused, nothing of what the others name is taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import as_json
from contracts.checks.relations.unknown_references import unknown_id
from contracts.checks.state.refused_requests import FAILED
from contracts.checks.stored_fields import current, expect_at_rest
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.body_references import LIST, body_references
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.amounts import with_numbers
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Reference
from mockserver.contract import Contract

MOST = 1_000_000
"""More than there is of anything; a smaller maximum of the schema takes its place."""


def refused_lines(context: CheckContext, child: CheckedResource, owner: CheckedResource, reference: Reference) -> None:
    """A request with a refused line takes nothing of what its other line names."""
    item = context.create_plentiful(owner, always=True)
    before = _numbers(current(context, item)[1])
    if not before:
        raise CannotBuildRequest(f"a {owner.name} shows no number")
    refused = 0
    for why, body in _bodies(context, child, owner, reference, item.id):
        if not context.bodies.accepts(child.operations["create"], body):
            continue
        exchange, _ = context.try_create(child, body, may_conflict=True)
        if not 400 <= exchange.status < 500:
            before = _numbers(current(context, item)[1])
            continue  # that it is accepted is another check
        refused += 1
        _, shown, reading = current(context, item)
        changed = [name for name, value in before.items() if shown.get(name) != value]
        for name in changed:
            expect_at_rest(context, item, name)
        context.expect(
            not changed,
            f"a {child.name} that is refused, {why}, takes nothing of the {owner.name} in its first line",
            "; ".join(f"{name} was {as_json(before[name])} and is {as_json(shown.get(name))}" for name in changed),
            item.exchange,
            exchange,
            *reading,
            about=why,
        )
        if changed:
            return
    if not refused:
        raise CannotBuildRequest(f"no {child.name} with a second line was refused")


def _numbers(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if type(value) in (int, float)}


def _bodies(
    context: CheckContext, child: CheckedResource, owner: CheckedResource, reference: Reference, key: Any
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Bodies whose first line is right, and why their second one may be refused."""
    name, _, field = reference.field.partition(f"{LIST}.")
    body = context.body(child)
    lines = body.get(name)
    if not isinstance(lines, list) or not lines or not isinstance(lines[0], dict) or field not in lines[0]:
        raise CannotBuildRequest(f"a {child.name} has no line that names a {owner.name}")
    other = context.create_plentiful(owner, always=True)
    first, unknown = {**lines[0], field: key}, {**lines[0], field: unknown_id(context, other)[0]}
    yield "because its second line names nothing", {**body, name: [first, unknown]}
    op, schemas = child.operations["create"], context.contract.schemas
    pointer = schemas.items(context.bodies.properties(op)[name])
    fields = schemas.properties(pointer) if pointer is not None else {}
    numbers = dict.fromkeys((each for each, at in fields.items() if "integer" in schemas.types(at)), 1)
    scarce = context.create(owner, _least(context, owner))
    much = {**numbers, **lines[0], field: scarce.id}
    if pointer is not None:
        much = with_numbers(schemas, pointer, much, _largest, {field})
    yield "because there is too little for its second line", {**body, name: [first, much]}


def _least(context: CheckContext, owner: CheckedResource) -> dict[str, Any]:
    """The body of an item with little of everything."""
    op, schemas = owner.operations["create"], context.contract.schemas
    body, pointer = context.body(owner), context.bodies.schema(op)
    kept = {each.field for each in owner.behaviour.references}
    least = with_numbers(schemas, pointer, body, _smallest, kept) if pointer is not None else body
    return least if context.bodies.accepts(op, least) else body


def _smallest(_: float, bounds: Mapping[str, Any]) -> list[Any]:
    low = bounds["minimum"]
    return [low, 0, 1] if isinstance(low, int | float) else [0, 1]


def _largest(_: float, bounds: Mapping[str, Any]) -> list[Any]:
    high = bounds["maximum"]
    return [high] if isinstance(high, int | float) else [MOST]


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for child in known.values():
        for each in body_references(contract.schemas, child, child.operations["create"]) if child.can("create") else ():
            owner = known.get(each.resource)
            is_line = f"{LIST}." in each.field and each.field.count(LIST) == 1
            if (
                owner is not None
                and is_line
                and owner.can("create", "get")
                and each.key == owner.behaviour.identity.field
            ):
                op = child.operations["create"].name
                text = f"A refused {child.name} has no effect."
                yield op, StatementRef(op, "http", "documented", FAILED, text), (child, owner, each)
                break


CHECKS = (Check("refused-lines", ("references",), _places, refused_lines, exclusive=False),)
