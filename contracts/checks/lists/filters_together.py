"""Check of two filters in one request: both apply."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import partial
from itertools import combinations, product
from operator import eq
from typing import Any, NamedTuple

from contracts.checks.item_view import as_json, documented
from contracts.checks.lists.filter_target import FilteredList
from contracts.checks.lists.filter_values import three_values, two_values
from contracts.checks.lists.listed_items import ids
from contracts.checks.lists.server_set_filters import SIDES
from contracts.checks.state.timestamps import moment_of
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place, resource_of
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import FROM_DOCUMENT, Filter
from mockserver.contract import Contract
from mockserver.inference.values.ordered_pairs import in_order_around

MOST_PAIRS = 4
"""So many pairs of filters are tried, neighbours in the document first."""

RANGES = ("at-least", "at-most", "above", "below")
"""How a filter compares that has a bound."""

Values = tuple[Any, Any]
"""Two values of the field of a filter."""


class Asked(NamedTuple):
    """A value of the parameter of a filter; `fits` says of the value of an item if the list shows the item for it."""

    target: FilteredList
    value: Any
    fits: Callable[[Any], bool]

    @property
    def text(self) -> str:
        statement = self.target.statement
        how = "" if statement.compare == "equal" else f"{statement.compare} "
        return f"{self.target.field} is {how}{as_json(self.value)}"

    def takes(self, item: Mapping[str, Any]) -> bool:
        """Does an item fit? One that does not show the field may."""
        return self.target.field not in item or self.fits(item[self.target.field])


def filters_together(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, pair: tuple[Filter, Filter]
) -> None:
    """With two filters, a list has the items that match both, and no others."""
    targets = [FilteredList(resource, op, statement) for statement in pair]
    (first, asked_first), (second, asked_second) = (_choices(context, target) for target in targets)
    made = [_item(context, targets, values) for values in ((first[0], second[0]), (first[0], second[1]))]
    made.append(_item(context, targets, (first[1], second[0])))
    shown = targets[0].all(context, made[0], {})[0]
    by_id = dict(zip(ids(resource, shown), shown, strict=True))
    if not all(str(each.id) in by_id for each in made):
        raise CannotBuildRequest("the list without filters does not show the new items")
    for asked in product(asked_first, asked_second):
        _check_pair(context, asked, made, by_id)


def _choices(context: CheckContext, target: FilteredList) -> tuple[Values, list[Asked]]:
    """Two values for the field of items, and what to ask for. Raises CannotBuildRequest if there are none."""
    if target.statement.compare in RANGES:
        low, bound, high = three_values(context, target.resource, target.op, target.statement)
        is_upper = target.statement.compare in ("at-least", "above")
        return (high, low) if is_upper else (low, high), [Asked(target, bound, partial(_is_on_side, target, bound))]
    if has_few_values(context.contract, target.op, target.statement):
        values = two_choices(context, target)
    else:
        values = two_values(context, target.resource, target.statement)
        pointer = target.op.query_schema(target.statement.parameter)
        if pointer is not None and not all(
            map(context.contract.schemas.validator(pointer, "request").is_valid, values)
        ):
            raise CannotBuildRequest(f"no two values of {target.statement.parameter} are known")
    return values, [Asked(target, value, partial(eq, value)) for value in values]


def _is_on_side(target: FilteredList, bound: Any, value: Any) -> bool:
    """Is a value on the side of a bound that is asked for? One that cannot be compared, or is the bound, may be."""
    if type(value) is not type(bound):
        return True
    place, limit = (_place(each) if isinstance(each, str) else each for each in (value, bound))
    is_comparable = type(place) is type(limit) and place is not None
    return not is_comparable or place == limit or SIDES[target.statement.compare](place, limit)


def _place(text: str) -> Any:
    """The time or the day that a text is; None for another text."""
    with suppress(ValueError):
        return date.fromisoformat(text) if len(text) == len("2020-02-03") else moment_of(text)
    return None


def _check_pair(
    context: CheckContext, asked: tuple[Asked, Asked], made: list[CreatedItem], by_id: dict[str, dict[str, Any]]
) -> None:
    target = asked[0].target
    query = {each.target.statement.parameter: each.value for each in asked}
    items, listing = target.all(context, made[0], query)
    if listing[-1].status >= 400:
        raise CannotBuildRequest(f"the list was refused with {listing[-1].status}, which other checks report")
    history = (*(each.exchange for each in made), *listing)
    text = " and ".join(each.text for each in asked)
    expected = f"the list with {'&'.join(f'{k}={v}' for k, v in query.items())} has exactly the items whose {text}"
    others = [item for item in items if not all(each.takes(item) for each in asked)]
    matching = {id for id, item in by_id.items() if all(each.takes(item) for each in asked)}
    missing = {str(each.id) for each in made} & matching - set(ids(target.resource, items))
    if others or missing:
        _need_each_alone(context, asked, made[0], missing)
    names = [each.target.field for each in asked]
    seen = f"an item with {', '.join(f'{n} {as_json(others[0].get(n))}' for n in names)} is in it" if others else ""
    context.expect(not others, expected, seen, *history, about="leaks")
    context.expect(not missing, expected, "a matching item is missing", *history, about="misses")


def _need_each_alone(
    context: CheckContext, asked: tuple[Asked, Asked], made: CreatedItem, missing: Collection[str]
) -> None:
    """Raises CannotBuildRequest if one of the filters is not kept alone: `filter` reports that."""
    for each in asked:
        items, _ = each.target.all(context, made, {each.target.statement.parameter: each.value})
        if not all(map(each.takes, items)) or not set(missing) <= set(ids(each.target.resource, items)):
            what = f"{each.target.statement.parameter}={each.value}"
            raise CannotBuildRequest(f"{what} alone is not kept, which `filter` reports")


def _item(context: CheckContext, targets: list[FilteredList], values: Values) -> CreatedItem:
    """A new item with the two values, as far as a create request sets them."""
    resource = targets[0].resource
    create = resource.operations["create"]
    known = context.bodies.properties(create)
    fields = {t.field: value for t, value in zip(targets, values, strict=True) if t.field in known}
    for is_full in (False, True):
        body = context.body(resource, full=is_full) | fields
        for name in fields:
            body = in_order_around(body, name, resource.ordered_pairs)
        if context.bodies.accepts(create, body):
            return context.create(resource, body)
    raise CannotBuildRequest(f"no valid create request sets {' and '.join(fields)}")


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
        usable = [each for each in op.behaviour.filter if is_usable(contract, op, each, resource)]
        for pair in _pairs(usable) if op.behaviour.action.does == "list" else ():
            weaker = next((each for each in pair if each.evidence not in FROM_DOCUMENT), pair[0])
            text = f"{pair[0].parameter} and {pair[1].parameter} apply together."
            yield op.name, StatementRef.of(op.name, "filter", weaker, text), (resource, op, pair)


def _pairs(usable: list[Filter]) -> list[tuple[Filter, Filter]]:
    """Pairs of filters of different fields, those that are neighbours first."""
    apart = sorted(combinations(range(len(usable)), 2), key=lambda pair: pair[1] - pair[0])
    pairs = [(usable[first], usable[second]) for first, second in apart]
    return [pair for pair in pairs if pair[0].field != pair[1].field][:MOST_PAIRS]


def has_few_values(contract: Contract, op: ResourceOperation, statement: Filter) -> bool:
    """Is it a filter by the value of a property with few values, which the list shows?"""
    is_query = statement.location == "query" and statement.compare == "equal" and statement.parameter
    pointer = documented(contract, op).get(statement.field)
    if not is_query or pointer is None or statement.equals is not None:
        return False
    values = contract.schemas.keyword(pointer, "enum")
    return bool(values) or contract.schemas.types(pointer) == {"boolean"}


def is_usable(contract: Contract, op: ResourceOperation, statement: Filter, resource: CheckedResource) -> bool:
    """Is it a filter by a property with few values, or by one that clients set and the list shows?"""
    if has_few_values(contract, op, statement):
        return True
    asked = resource.operations["create"].body_schema(contract.schemas)
    sent = contract.schemas.properties(asked) if asked is not None else {}
    is_query = statement.location == "query" and statement.parameter and statement.equals is None
    is_known = statement.field in sent and statement.field in documented(contract, op)
    return bool(is_query and is_known and statement.compare in ("equal", *RANGES))


CHECKS = (Check("filters-together", ("filter",), _places, filters_together),)
