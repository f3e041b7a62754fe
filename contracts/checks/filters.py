"""Checks of filters on lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contracts.checks.item_view import as_json
from contracts.checks.lists import ids
from contracts.checks.page_facts import check_total
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.check import Check, operation_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Filter


def filters(context: CheckContext, resource: CheckedResource, op: ResourceOperation, statement: Filter) -> None:
    """A filtered list contains the matching items and no others."""
    create = resource.operations["create"]
    properties = context.bodies.properties(create)
    if statement.field not in properties:
        raise CannotBuildRequest(f"clients cannot set {statement.field}")
    if statement.parameter and statement.equals is None:
        return _check_parameter(context, resource, op, statement)
    inside = context.create(resource, context.body(resource) | {statement.field: statement.equals})
    value = context.bodies.other(create, statement.field, statement.equals, context.check)
    outside = context.create(resource, context.body(resource) | {statement.field: value})
    items, listing = context.list_all(inside)
    text = f"the list contains exactly the items whose {statement.field} is {as_json(statement.equals)}"
    _expect_items(context, resource, items, [inside], [outside], listing, text)
    _check_pages(context, resource, op, {}, inside, value, statement, text)
    if statement.parameter and statement.unless is not None:
        items, listing = context.list_all(inside, query={statement.parameter: statement.unless})
        _expect_items(
            context,
            resource,
            items,
            [inside, outside],
            [],
            listing,
            f"the list contains all items with {statement.parameter}={statement.unless}",
        )
    return None


def _check_pages(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    query: dict[str, Any],
    inside: CreatedItem,
    value: Any,
    statement: Filter,
    text: str,
) -> None:
    """Items that do not match take no place on a page and do not count."""
    paging = op.behaviour.paging
    if paging is None or value is None:
        return
    wanted = inside.sent[statement.field]
    outside = [context.create(resource, context.body(resource) | {statement.field: value}) for _ in range(3)]
    last = context.create(resource, context.body(resource) | {statement.field: wanted})
    items, listing = context.list_all(inside, size=2, query=query)
    _expect_items(context, resource, items, [inside, last], outside, listing, f"{text}, in pages of 2")
    sizes = [len(context.items(resource, each)) for each in listing]
    context.expect(
        all(size == 2 for size in sizes[:-1]),
        f"{text}, and each page before the last is full",
        f"pages of {sizes}",
        *listing,
        about="full",
    )
    for each in listing:
        check_total(context, op, len(items), each)


def _check_parameter(
    context: CheckContext, resource: CheckedResource, list_act: ResourceOperation, statement: Filter
) -> None:
    op = resource.operations["create"]
    first = context.body(resource, full=statement.field not in context.body(resource))
    if statement.field not in first or first[statement.field] is None:
        raise CannotBuildRequest(f"no value for {statement.field}")
    value = first[statement.field]
    other = context.bodies.other(op, statement.field, value, context.check)
    inside = context.create(resource, first)
    outside = context.create(resource, context.body(resource) | {statement.field: other})
    for mine, theirs in ((inside, outside), (outside, inside)):
        wanted = mine.sent[statement.field]
        items, listing = context.list_all(mine, query={statement.parameter: wanted})
        text = f"the list contains exactly the items whose {statement.field} is {as_json(wanted)}"
        _expect_items(context, resource, items, [mine], [theirs], listing, text)
    wanted = inside.sent[statement.field]
    _check_pages(
        context,
        resource,
        list_act,
        {statement.parameter: wanted},
        inside,
        other,
        statement,
        f"the list contains exactly the items whose {statement.field} is {as_json(wanted)}",
    )


def _expect_items(
    context: CheckContext,
    resource: CheckedResource,
    items: Sequence[Any],
    inside: list[CreatedItem],
    outside: list[CreatedItem],
    listing: Sequence[RecordedExchange],
    expected: str,
) -> None:
    listed_ids = set(ids(resource, items))
    history = (*(m.exchange for m in (*inside, *outside)), *listing)
    context.expect(
        all(str(m.id) in listed_ids for m in inside), expected, "a matching item is missing", *history, about="misses"
    )
    context.expect(
        not any(str(m.id) in listed_ids for m in outside),
        expected,
        "an item that does not match is in the list",
        *history,
        about="leaks",
    )


CHECKS = (Check("filter", ("filter",), operation_statement("filter", "create", "list"), filters),)
