"""Checks of a filter on a property that no create request sets: an update sets it, or the service itself does."""

from __future__ import annotations

from operator import ge, gt, le, lt
from typing import Any

from contracts.checks.item_view import as_json, changing, documented
from contracts.checks.lists.filter_target import FilteredList
from contracts.checks.lists.listed_items import in_one_list
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of

MOST_VALUES = 8
"""So many values of a filter are tried."""


def check_shown_values(context: CheckContext, target: FilteredList) -> None:
    """For each value of the property, the list shows the item that has it, and no item that shows another value.

    An update gives one item each value that it may; the other items keep the value that they began with, or that an
    action, another owner or a second user gave them. Raises CannotBuildRequest if the filter cannot be examined so.
    """
    field, resource = target.field, target.resource
    if field not in documented(context.contract, target.op):
        raise CannotBuildRequest(f"no create request sets {field}, and the list does not document it")
    mine, other = context.create(resource), context.create(resource)
    others = [other, *_of_other_values(context, target)]
    before, _ = target.all(context, other, {})
    present = _shown(target, before, other)
    if present is None or _shown(target, before, mine) is None:
        raise CannotBuildRequest(f"no create request sets {field}, and the list does not show it in new items")
    values = _values(context, target, [item[field] for item in before if _is_scalar(item.get(field))])
    if len(values) < 2:
        raise CannotBuildRequest(f"no request sets {field}, and all items have the same value")
    for value in values:
        changed = _changed(context, target, mine, value)
        items, filtered = target.all(context, mine, {target.statement.parameter: value})
        _check_answer(context, target, value, items, (*_history(mine, other), *changed, *filtered))
        kept = [(mine, value)] if changed else []
        for made, its in (*kept, *((each, _shown(target, before, each)) for each in others)):
            if its == value:
                context.expect(
                    _shown(target, items, made) is not None,
                    f"the list with {target.statement.parameter}={value} contains the item whose {field} it is",
                    "a matching item is missing",
                    *_history(mine, made),
                    *changed,
                    *filtered,
                    about="misses",
                )


def _of_other_values(context: CheckContext, target: FilteredList) -> list[CreatedItem]:
    """Items with which something was done, one below an owner of its own, and one of a second user. Some may fail."""
    resource, user = target.resource, context.main_user
    made = context.in_states(resource)
    owner = context.shared.resources.get(owner_of(resource))
    second = context.second_user(user)
    try:
        if owner is not None and owner.can("create"):
            made.append(context.create(resource, path=context.create(owner).path_below(resource)))
        if second is not None:
            made.append(context.create(resource, user=second))
    except CannotBuildRequest:
        return made
    return made


def check_shown_range(context: CheckContext, target: FilteredList) -> None:
    """For each bound, the list shows the items on the right side of it, by what the list itself shows of them.

    Items get different values by what is done to them: items below them, actions and updates. Raises CannotBuildRequest
    if they all show the same value.
    """
    field, parameter = target.field, target.statement.parameter
    if field not in documented(context.contract, target.op) or not parameter:
        raise CannotBuildRequest(f"no create request sets {field}, and the list does not document it")
    made = in_one_list(target.resource, [context.create(target.resource), *context.in_states(target.resource)])
    items, listing = target.all(context, made[0], {})
    shown = {str(each.id): value for each in made if type(value := _shown(target, items, each)) in (int, float)}
    asked = target.op.query_schema(parameter)
    bounds = [
        value
        for value in sorted({each for value in shown.values() for each in (value, value + 1, value - 1)})
        if asked is None or context.contract.schemas.validator(asked, "request").is_valid(value)
    ]
    if len(set(shown.values())) < 2 or not bounds:
        raise CannotBuildRequest(f"no request sets {field}, and all items have the same value")
    is_right = SIDES[target.statement.compare]
    for bound in bounds[:MOST_VALUES]:
        filtered, answer = target.all(context, made[0], {parameter: bound})
        if answer[-1].status >= 400:
            raise CannotBuildRequest(f"the list was refused with {answer[-1].status}, which other checks report")
        found = {str(each.get(target.resource.behaviour.identity.field)) for each in filtered}
        wrong = [id for id, value in shown.items() if value != bound and is_right(value, bound) != (id in found)]
        wrong += [id for id, value in shown.items() if value == bound and is_right(value, bound) and id not in found]
        context.expect(
            not wrong,
            f"{parameter}={bound} selects the items whose {field} is {target.statement.compare.replace('-', ' ')} that",
            "".join(
                f"an item with {as_json(shown[id])} is {'there' if id in found else 'missing'}" for id in wrong[:1]
            ),
            *_history(*made),
            *listing,
            *answer,
            about=f"{field} {bound}",
        )


SIDES = {"at-least": ge, "above": gt, "at-most": le, "below": lt}
"""On which side of a bound the items of a list are."""


def _check_answer(
    context: CheckContext,
    target: FilteredList,
    value: Any,
    items: list[dict[str, Any]],
    history: tuple[RecordedExchange, ...],
) -> None:
    """No item in the answer to a filter shows another value than that of the filter."""
    if history[-1].status >= 400:
        raise CannotBuildRequest(f"the list was refused with {history[-1].status}, which other checks report")
    others = [item[target.field] for item in items if item.get(target.field, value) != value]
    context.expect(
        not others,
        f"the list with {target.statement.parameter}={value} has only items whose {target.field} is {as_json(value)}",
        f"an item whose {target.field} is {as_json(others[0])} is in the list" if others else "",
        *history,
        about="leaks",
    )


def _changed(
    context: CheckContext, target: FilteredList, made: CreatedItem, value: Any
) -> tuple[RecordedExchange, ...]:
    """The update that gave an item a value, and the GET that shows it; empty if no update does."""
    for kind in ("update", "replace"):
        op = target.resource.operations.get(kind)
        if op is None or target.field not in context.bodies.properties(op) or not target.resource.can("get"):
            continue
        body = changing(context, op, {**made.item, **made.sent}, target.field, value)
        changed = context.send(op, path=made.path, body=body) if body is not None else None
        if changed is not None and 200 <= changed.status < 300:
            read = context.get(made)
            shows = context.item(target.resource.operations["get"], read).get(target.field)
            return (changed, read) if shows == value else ()
    return ()


def _values(context: CheckContext, target: FilteredList, shown: list[Any]) -> list[Any]:
    """The values to filter by: those that items show, and those of the `enum`. Not more than a few."""
    pointer = documented(context.contract, target.op)[target.field]
    parameter = target.op.query_schema(target.statement.parameter)
    schemas, found = context.contract.schemas, list[Any]()
    choices = [*(schemas.keyword(pointer, "enum") or ()), *(_flags(schemas.types(pointer)))]
    for value in (*shown[-1:], *choices, *shown):
        asked = (
            [value] if parameter is not None and "array" in schemas.types(parameter) else value
        )  # it may be repeated
        is_valid = parameter is None or schemas.validator(parameter, "request").is_valid(asked)
        if _is_scalar(value) and is_valid and value not in found:
            found.append(value)
    return found[:MOST_VALUES]


def _flags(types: frozenset[str]) -> tuple[bool, ...]:
    return (True, False) if "boolean" in types else ()


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int) and value != ""


def _shown(target: FilteredList, items: list[dict[str, Any]], made: CreatedItem) -> Any:
    """The value of the property in the list's view of an item; None if the list does not show it."""
    key = target.resource.behaviour.identity.field
    return next((item.get(target.field) for item in items if str(item.get(key)) == str(made.id)), None)


def _history(*made: CreatedItem) -> tuple[RecordedExchange, ...]:
    return tuple(each.exchange for each in made)
