"""A check of figures that follow from other fields: after an update they are those of a new item with the same fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import as_json, documented
from contracts.checks.stored_fields import current, expect_at_rest
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.derived_sentences import DerivedFigure, derived_figures
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.amounts import PLENTY
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.inference.names import words

MOST_FIELDS = 8
"""So many fields are changed, each in an item of its own."""


def derived_after_update(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, derived: tuple[DerivedFigure, ...]
) -> None:
    """A figure that follows from other fields has the value after an update that a new item with these fields has."""
    fixed = choices(context, resource) | _lines(context, resource)
    first, again = (_created(context, resource, fixed)[1] for _ in range(2))
    stable = [each for each in derived if _number(first, each.field) is not None and _same(first, again, each.field)]
    if not stable:
        raise CannotBuildRequest("two items with the same fields show other figures")
    for name in [each for each in fixed if each in context.bodies.properties(op)][:MOST_FIELDS]:
        for other in other_values(context, op, name, fixed[name]):
            _, wanted = _created(context, resource, fixed | {name: other})
            moved = [each for each in stable if wanted and not _same(first, wanted, each.field)]
            if moved:
                _compare(context, resource, op, moved, fixed, name, other, wanted)
                break
    if not context.compared:
        raise CannotBuildRequest("no field that an update changes has an effect on a figure")


def _compare(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    moved: list[DerivedFigure],
    fixed: Mapping[str, Any],
    name: str,
    other: Any,
    wanted: Mapping[str, Any],
) -> None:
    created, _ = _created(context, resource, fixed)
    whole = created.sent if op == resource.operations.get("replace") else {}
    exchange = context.send(op, path=created.path, body={**whole, name: other})
    _, item, shown = current(context, created)
    if exchange.status >= 300 or item.get(name) != other:
        return
    for each in moved:
        if not _same(item, wanted, each.field):
            expect_at_rest(context, created, each.field)
        text = f"{each.field} follows from the other fields."
        context.expect(
            _same(item, wanted, each.field),
            f"after {name} was changed to {as_json(other)}, {each.field} is {wanted[each.field]}, as in a new item with "
            "these fields",
            f"{each.field} is {as_json(item.get(each.field))}",
            created.exchange,
            exchange,
            *shown,
            about=f"{each.field} by {name}",
            statement=StatementRef(op.name, "schema", "described", each.source, text),
        )


def _created(context: CheckContext, resource: CheckedResource, fixed: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """A new item with these values, and what a GET shows of it."""
    body = {**context.body(resource, full=True), **fixed}
    if not context.bodies.accepts(resource.operations["create"], body):
        body = {**context.body(resource), **fixed}
    created = context.create(resource, body)
    return created, current(context, created)[1]


def choices(context: CheckContext, resource: CheckedResource) -> dict[str, Any]:
    """The numbers and listed values of a create body, all of them small."""
    op, schemas = resource.operations["create"], context.contract.schemas
    refers = {each.field for each in resource.behaviour.references} | op.rule_fields
    body, found = context.body(resource, full=True), dict[str, Any]()
    for name, pointer in context.bodies.properties(op).items():
        if name not in body or name in refers:
            continue
        if schemas.keyword(pointer, "enum") or isinstance(body[name], bool):
            found[name] = body[name]
        elif type(body[name]) in (int, float):
            valid = schemas.validator(pointer, "request").is_valid
            found[name] = next((each for each in (7, 3, 1) if valid(each)), body[name])
    return found


def _lines(context: CheckContext, resource: CheckedResource) -> dict[str, Any]:
    """The lists of a create body whose entries have numbers, as the lines of an order have quantities."""
    body, refers = context.body(resource, full=True), {each.field for each in resource.behaviour.references}
    return {
        name: value
        for name, value in body.items()
        if name not in refers and isinstance(value, list) and value and _amounts(value[0])
    }


def _amounts(entry: Any) -> list[str]:
    """The numbers of an entry of a list that name no other item."""
    known = entry.items() if isinstance(entry, dict) else ()
    return [name for name, value in known if type(value) in (int, float) and words(name)[-1:] != ("id",)]


def other_values(context: CheckContext, op: ResourceOperation, name: str, present: Any) -> list[Any]:
    """Other values of a field, the most different ones first."""
    pointer, schemas = context.bodies.properties(op)[name], context.contract.schemas
    listed = schemas.keyword(pointer, "enum")
    candidates = listed or ((not present,) if isinstance(present, bool) else _other_lines(present) or PLENTY)
    valid = schemas.validator(pointer, "request").is_valid
    return [each for each in candidates if each != present and each is not None and valid(each)][:3]


def _other_lines(lines: Any) -> list[Any]:
    """A list whose first entry has another number in one place."""
    first, *rest = lines if isinstance(lines, list) and lines else [{}]
    return [[{**first, name: amount}, *rest] for amount in (3, 2, *PLENTY) for name in _amounts(first)]


def _number(item: Mapping[str, Any], name: str) -> float | None:
    value = item.get(name)
    return value if type(value) in (int, float) else None


def _same(one: Mapping[str, Any], other: Mapping[str, Any], name: str) -> bool:
    return _number(one, name) == _number(other, name)


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        op = resource.operations.get("update") or resource.operations.get("replace")
        pointer = op.body_schema(contract.schemas) if op is not None else None
        if op is None or pointer is None or resource.is_put or not resource.can("create", "get"):
            continue
        shown, sent = documented(contract, resource.operations["get"]), contract.schemas.properties(pointer)
        found = tuple(derived_figures(contract.schemas, shown, sent, op))
        if found:
            text = f"{found[0].field} follows from the other fields."
            yield op.name, StatementRef(op.name, "schema", "described", found[0].source, text), (resource, op, found)


CHECKS = (Check("derived-after-update", (), _places, derived_after_update, exclusive=False),)
