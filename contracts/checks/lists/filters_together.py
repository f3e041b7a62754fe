"""Check of two filters in one request: both apply."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

from contracts.checks.item_view import as_json, documented
from contracts.checks.lists.filter_target import FilteredList
from contracts.checks.lists.listed_items import ids
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place, resource_of
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import FROM_DOCUMENT, Filter
from mockserver.contract import Contract

MOST_PAIRS = 3
"""So many pairs of filters are tried."""

Values = tuple[Any, Any]
"""A value of each of two filters."""


def filters_together(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, pair: tuple[Filter, Filter]
) -> None:
    """With two filters, a list has the items that match both, and no others."""
    targets = [FilteredList(resource, op, statement) for statement in pair]
    first, second = (two_choices(context, target) for target in targets)
    made = [_item(context, targets, values) for values in ((first[0], second[0]), (first[0], second[1]))]
    made.append(_item(context, targets, (first[1], second[0])))
    shown = targets[0].all(context, made[0], {})[0]
    by_id = dict(zip(ids(resource, shown), shown, strict=True))
    if not all(str(each.id) in by_id for each in made):
        raise CannotBuildRequest("the list without filters does not show the new items")
    for values in product(first, second):
        _check_pair(context, targets, values, made, by_id)


def _check_pair(
    context: CheckContext,
    targets: list[FilteredList],
    values: Values,
    made: list[CreatedItem],
    by_id: dict[str, dict[str, Any]],
) -> None:
    wanted = {target.field: value for target, value in zip(targets, values, strict=True)}
    query = {target.statement.parameter: value for target, value in zip(targets, values, strict=True)}
    items, listing = targets[0].all(context, made[0], query)
    if listing[-1].status >= 400:
        raise CannotBuildRequest(f"the list was refused with {listing[-1].status}, which other checks report")
    history = (*(each.exchange for each in made), *listing)
    text = " and ".join(f"{name} is {as_json(value)}" for name, value in wanted.items())
    expected = f"the list with {'&'.join(f'{k}={v}' for k, v in query.items())} has exactly the items whose {text}"
    others = [item for item in items if any(item.get(name, value) != value for name, value in wanted.items())]
    if others:
        _need_each_alone(context, targets, values, made[0])
    seen = f"an item with {', '.join(f'{n} {as_json(others[0].get(n))}' for n in wanted)} is in it" if others else ""
    context.expect(not others, expected, seen, *history, about="leaks")
    matching = {id for id, item in by_id.items() if all(item.get(n) == v for n, v in wanted.items())}
    missing = {str(each.id) for each in made} & matching - set(ids(targets[0].resource, items))
    context.expect(not missing, expected, "a matching item is missing", *history, about="misses")


def _need_each_alone(context: CheckContext, targets: list[FilteredList], values: Values, made: CreatedItem) -> None:
    """Raises CannotBuildRequest if one of the filters is not kept alone: `filter` reports that."""
    for target, value in zip(targets, values, strict=True):
        items, _ = target.all(context, made, {target.statement.parameter: value})
        if any(item.get(target.field, value) != value for item in items):
            raise CannotBuildRequest(f"{target.statement.parameter}={value} alone is not kept, which `filter` reports")


def _item(context: CheckContext, targets: list[FilteredList], values: Values) -> CreatedItem:
    """A new item with the two values, as far as a create request sets them."""
    resource = targets[0].resource
    create = resource.operations["create"]
    known = context.bodies.properties(create)
    fields = {t.field: value for t, value in zip(targets, values, strict=True) if t.field in known}
    body = context.body(resource) | fields
    if not context.bodies.accepts(create, body):
        raise CannotBuildRequest(f"no valid create request sets {' and '.join(fields)}")
    return context.create(resource, body)


def two_choices(context: CheckContext, target: FilteredList) -> Values:
    """Two values that the property may have and the parameter takes. Raises CannotBuildRequest if there are none."""
    schemas = context.contract.schemas
    pointer = documented(context.contract, target.op)[target.field]
    parameter = target.op.query_schema(target.statement.parameter)
    choices = schemas.keyword(pointer, "enum") or ((True, False) if "boolean" in schemas.types(pointer) else ())
    valid = [each for each in choices if parameter and schemas.validator(parameter, "request").is_valid(each)]
    create = target.resource.operations["create"]
    settable = context.bodies.properties(create).get(target.field)
    if settable is not None:
        valid = [each for each in valid if schemas.validator(settable, "request").is_valid(each)]
    if len(valid) < 2:
        raise CannotBuildRequest(f"no two values of {target.statement.parameter} are known")
    return valid[0], valid[1]


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for op in resource_operations(contract):
        resource = resource_of(op, known)
        if resource is None or not resource.can("create") or op.behaviour.action is None:
            continue
        usable = [each for each in op.behaviour.filter if is_usable(contract, op, each)]
        for pair in list(combinations(usable, 2))[:MOST_PAIRS] if op.behaviour.action.does == "list" else ():
            weaker = next((each for each in pair if each.evidence not in FROM_DOCUMENT), pair[0])
            text = f"{pair[0].parameter} and {pair[1].parameter} apply together."
            yield op.name, StatementRef.of(op.name, "filter", weaker, text), (resource, op, pair)


def is_usable(contract: Contract, op: ResourceOperation, statement: Filter) -> bool:
    """Is it a filter by the value of a property with few values, which the list shows?"""
    is_query = statement.location == "query" and statement.compare == "equal" and statement.parameter
    pointer = documented(contract, op).get(statement.field)
    if not is_query or pointer is None or statement.equals is not None:
        return False
    values = contract.schemas.keyword(pointer, "enum")
    return bool(values) or contract.schemas.types(pointer) == {"boolean"}


CHECKS = (Check("filters-together", ("filter",), _places, filters_together),)
