"""Checks of the order of lists, and of sorting."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from contracts.checks.item_view import as_json
from contracts.checks.lists import ids, only
from contracts.checks.timestamps import moment_of
from contracts.cleanup.created_items import CreatedItem
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.check import Check, operation_statement, resource_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Order, Sort


def order(context: CheckContext, resource: CheckedResource, statement: Order) -> None:
    """A list has the stated order, also after an update."""
    created = [context.create(resource) for _ in range(4)]
    if resource.can("update"):
        for name in [
            n
            for n in context.bodies.properties(resource.operations["update"])
            if isinstance(created[0].sent.get(n), str)
        ][:1]:
            context.update(
                created[1],
                {name: context.bodies.other(resource.operations["update"], name, created[1].sent[name], "order")},
            )
    items, listing = context.list_all(created[0])
    ours = only(resource, items, created)
    history = (*(m.exchange for m in created), *listing)
    if statement.by == "creation":
        wanted = [str(m.id) for m in (reversed(created) if statement.direction == "descending" else created)]
        context.expect(
            ids(resource, ours) == wanted,
            f"the list is in order of creation, {statement.direction}",
            _creation_numbers(ids(resource, ours), wanted),
            *history,
        )
    else:
        values = [item.get(statement.by) for item in ours]
        context.expect(
            values == _sorted(values, statement.direction == "descending"),
            f"the list is ordered by {statement.by}, {statement.direction}",
            as_json(values),
            *history,
        )


def _creation_numbers(seen: Sequence[str], wanted: Sequence[str]) -> str:
    return "the items in this order of creation: " + ", ".join(str(wanted.index(id) + 1) for id in seen if id in wanted)


def _sorted(values: list[Any], backwards: bool) -> list[Any]:
    try:
        return sorted(values, reverse=backwards)
    except TypeError:
        return values


def sort(context: CheckContext, resource: CheckedResource, op: ResourceOperation, statement: Sort) -> None:
    """A sort parameter orders the list by the requested field, in both directions."""
    pointer = next((p.schema for p in op.operation.parameters if p.name == statement.parameter), None)
    choices = context.contract.schemas.keyword(pointer, "enum") if pointer else None
    created = [context.create(resource, body) for body in _various(context, resource)]
    fields = [str(c).lstrip("+-") for c in choices or [n for n, v in created[0].sent.items() if isinstance(v, str)][:2]]
    for field in dict.fromkeys(fields):
        for backwards in (False, True):
            _in_order(context, resource, statement, created, field, backwards, choices)


def _various(context: CheckContext, resource: CheckedResource) -> list[dict[str, Any]]:
    """Four bodies that differ in every field whose values can differ."""
    op, found = resource.operations["create"], [context.body(resource, full=True)]
    for _ in range(3):
        body = context.body(resource, full=True)
        for name in context.bodies.properties(op):
            value = context.bodies.other_than(op, name, [each.get(name) for each in found], context.check)
            free = name not in resource.server_fields | resource.rule_fields and not (
                isinstance(body.get(name), str) and "-" in body[name]
            )
            if value is not None and free and context.bodies.accepts(op, body | {name: value}):
                body[name] = value
        found.append(body)
    return [found[i] for i in (2, 0, 3, 1)]


def _in_order(
    context: CheckContext,
    resource: CheckedResource,
    statement: Sort,
    created: list[CreatedItem],
    field: str,
    backwards: bool,
    choices: Any,
) -> None:
    asked_for = field if statement.direction or not backwards else f"-{field}"
    if choices and asked_for not in choices:
        return
    query = {statement.parameter: asked_for} | (
        {statement.direction: "desc" if backwards else "asc"} if statement.direction else {}
    )
    for size in (None, 2) if resource.operations["list"].behaviour.paging else (None,):
        items, listing = context.list_all(created[0], query=query, size=size)
        values = [_comparable(item.get(field)) for item in only(resource, items, created)]
        pairs = [(a, b) if not backwards else (b, a) for a, b in pairwise(values) if a is not None and b is not None]
        text = f"the list is sorted by {field}{', descending' * backwards}{', in pages of 2' if size else ''}"
        context.expect(
            all(type(a) is not type(b) or a <= b for a, b in pairs), text, as_json(values), *listing, about=asked_for
        )


def _comparable(value: Any) -> Any:
    return (moment_of(value) or value) if isinstance(value, str) else value if isinstance(value, int | float) else None


CHECKS = (
    Check("order", ("order",), resource_statement("order", "list", "create"), order),
    Check("sort", ("sort",), operation_statement("sort", "create", "list"), sort),
)
