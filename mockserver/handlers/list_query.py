"""Filtering and sorting a list by the query of a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from mockserver.behaviour.statements.lists import EVERY_FIELD
from mockserver.handlers.filter_expressions import Test, selects
from mockserver.handlers.ranges import is_within
from mockserver.handlers.request_context import RequestContext
from mockserver.handlers.resource_plan import filter_condition
from mockserver.inference.names import plain
from mockserver.inference.paging import HOLDERS, SORT_ORDER, WAYS
from mockserver.inference.references import EACH, Steps, steps_of
from mockserver.state.collection import Collection
from mockserver.state.record import Record
from mockserver.state.views import FilteredView, Selection


def select(context: RequestContext, collection: Collection) -> FilteredView | Selection:
    """The items that the filters of the request leave, in the order that it asks for."""
    return _sorted(context, _filtered(context, collection))


def newest_match(context: RequestContext) -> Record | None:
    """The newest item that the filters of the request leave, for an operation on one item; None if there is none."""
    found = _filtered(context, context.collection()).after(None, newest_first=True)
    return max(found, key=lambda record: record.sequence, default=None)


def selected_values(context: RequestContext) -> dict[str, Any]:
    """The properties by which the query of the request names its item, with their values."""
    query = context.call.query if context.bound.is_selected else {}
    return {
        each.field: query[each.parameter] for each in context.bound.filters if query.get(each.parameter) is not None
    }


def matching(context: RequestContext) -> list[Record]:
    """All items that the filters of the request leave, the oldest first."""
    found = _filtered(context, context.collection())
    return found.slice(0, len(found), newest_first=False)


def _filtered(context: RequestContext, collection: Collection) -> FilteredView | Selection:
    if not context.bound.filters:
        return collection.view()
    asked = (
        filter_condition(entry, _sent(getattr(context.call, entry.location), entry.parameter))
        for entry in context.bound.filters
    )
    conditions = [_by_reference(context, *condition) for condition in asked if condition is not None]
    ranges = [entry for entry in context.bound.filters if entry.compare not in NO_BOUNDS]
    bounds = [(entry, value) for entry in ranges if (value := _sent(context.call.query, entry.parameter)) is not None]
    tests = _expressions(context)
    if tests:
        walk = collection.view().after(None, newest_first=context.bound.resource.newest_first)
        selected = (r for r in walk if all(test({"id": r.id, **r.fields}) for test in tests))
        within = [r for r in selected if all(is_within(r.fields.get(e.field), e.compare, value) for e, value in bounds)]
        return Selection([r for r in within if all(_has(r.fields, name, values) for name, values in conditions)])
    if bounds:
        every = collection.view().after(None, newest_first=context.bound.resource.newest_first)
        within = [r for r in every if all(is_within(r.fields.get(e.field), e.compare, value) for e, value in bounds)]
        return Selection([r for r in within if all(_has(r.fields, name, values) for name, values in conditions)])
    if not conditions:
        return collection.view()
    newest_first = context.bound.resource.newest_first
    (name, values), *others = sorted(conditions, key=lambda condition: -len(condition[1]))
    if collection.is_indexed(name) and not others and len(values) == 1:
        return collection.view((name, values[0]))
    if collection.is_indexed(name):
        # Many ids cost one look-up each, and not one comparison with each item.
        views = (collection.view((name, value)).after(None, newest_first=newest_first) for value in values)
        walk = iter(sorted(chain.from_iterable(views), key=lambda record: record.sequence, reverse=newest_first))
    else:
        walk, others = collection.view().after(None, newest_first=newest_first), conditions
    return Selection([r for r in walk if all(_has(r.fields, name, values) for name, values in others)])


NO_BOUNDS = ("equal", "any-of", "expression")
"""How a property compares where the value is no bound of a range."""


def _expressions(context: RequestContext) -> list[Test]:
    """The tests of the filter expressions in a request. Raises Invalid for one that cannot be read."""
    asked = [entry.parameter for entry in context.bound.filters if entry.compare == "expression"]
    sent = [(name, context.call.query.get(name)) for name in asked]
    return [selects(name, str(value)) for name, value in sent if value]


def _sent(values: Mapping[str, Any], name: str) -> Any:
    """The value of a parameter, or for `filter[status]` of a property of the parameter `filter`; None without it."""
    if name in values or not name.endswith("]"):
        return values.get(name)
    outer, _, inner = name[:-1].partition("[")
    holder = values.get(outer)
    return holder.get(inner) if isinstance(holder, Mapping) else None


def _by_reference(context: RequestContext, name: str, values: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """A condition about a related item, such as its `project_id.name`, as one about the ids of these items."""
    field, _, inner = name.partition(".")
    references = context.bound.resource.statements.references if inner else ()
    reference = next((one for one in references if one.field == field and one.key), None)
    if reference is None:
        return name, values
    related = context.across(context.bound.plans[reference.resource])
    ids = [each.fields.get(reference.key, each.id) for each in related if _has(each.fields, inner, values)]
    return field, [spelling for id in ids for spelling in (id, str(id))]  # ids of numbers are also written as text


def _has(fields: Mapping[str, Any], name: str, values: Sequence[Any]) -> bool:
    """Has a property one of the values? A property that is in `fields` under the whole name comes first."""
    if name == EVERY_FIELD:
        return any(_contains(fields, str(value).casefold().split()) for value in values)
    found = (fields[name],) if name in fields else _at(fields, steps_of(name))
    return any(value in values for value in found)


def _contains(fields: Mapping[str, Any], words: list[str]) -> bool:
    """Is each of the words in some text? One with a colon is part of a language of the service (`is:open`)."""
    texts = [text.casefold() for text in _texts(fields)]
    return all(":" in word or any(word in text for text in texts) for word in words)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    entries = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for entry in entries:
        yield from _texts(entry)


def _at(value: Any, steps: Steps) -> Iterator[Any]:
    """What is at `project.name` of an object, or at `tags[].name`; None where nothing is."""
    if not steps:
        yield value
    elif steps[0] == EACH:
        for each in value if isinstance(value, list) else ():
            yield from _at(each, steps[1:])
    else:
        yield from _at(value.get(steps[0]) if isinstance(value, Mapping) else None, steps[1:])


def _sorted(context: RequestContext, selected: FilteredView | Selection) -> FilteredView | Selection:
    sort, plan = context.bound.sort, context.bound.resource
    sent = context.call.query.get(sort.parameter) if sort is not None else None
    if not sent and plan.statements.order.by == "creation":
        return selected
    keys, tie = [SortKey(plan.statements.order.by, plan.newest_first)], ""
    if sort is not None and sent:
        way = context.call.query.get(sort.direction) if sort.direction else None
        direction = "desc" if way is True else str(way or "")
        first = next(iter(selected.first(1, None, newest_first=False)), None)
        keys = list(_sort_keys(sent, direction, first.fields if first is not None else {})) or keys
        tie = sort.ties.get(keys[-1].name, "")
    if keys[0].name == "creation":
        return selected
    last = SortKey(tie.removeprefix("-"), tie.startswith("-")) if tie else keys[0]
    ranked = sorted(selected.after(None, newest_first=False), key=lambda each: each.sequence, reverse=last.backwards)
    places = sort.places if sort is not None else {}
    for key in reversed([*keys, last] if tie and last.name != "creation" else keys):
        ranked.sort(key=partial(_rank_of, key.name, places.get(key.name, {})), reverse=key.backwards)
    return Selection(ranked)


class SortKey(NamedTuple):
    """A property to order by, and whether its largest value comes first."""

    name: str
    backwards: bool


def _sort_keys(sent: Any, direction: str, fields: Mapping[str, Any]) -> Iterator[SortKey]:
    """The properties that a sort parameter names, the most important first.

    `-price,name` and `price,desc` are as common as a list of them. `fields` are those of some item: a property may be
    called `valid_desc`.
    """
    names = [part.strip() for each in (sent if isinstance(sent, list) else [sent]) for part in str(each).split(",")]
    for name, after in zip(names, [*names[1:], ""], strict=True):
        by, way = name.lstrip("+-"), after if after.lower() in WAYS else ""
        if not by or (by.lower() in WAYS and by not in fields):
            continue
        ending = SORT_ORDER.search(by) if by not in fields else None
        by, way = (by[: ending.start()], ending[1]) if ending is not None else (by, way or direction)
        yield SortKey(by, name.startswith("-") or way.lower().startswith("desc"))


def _rank_of(name: str, places: Mapping[Any, int], record: Record) -> tuple[int, Any]:
    value = _sort_value(record.fields, name)
    return (1, places[value]) if isinstance(value, str) and value in places else _rank(value)


def _sort_value(fields: Mapping[str, Any], name: str) -> Any:
    """The value to order by: that of a property, of one inside of an object (`owner.name`) or of `attributes`."""
    if name in fields:
        return fields[name]
    found = next(_at(fields, steps_of(name)), None) if "." in name else None
    held = (value.get(name) for key, value in fields.items() if isinstance(value, Mapping) and plain(key) in HOLDERS)
    return found if found is not None else next((value for value in held if value is not None), None)


def _rank(value: Any) -> tuple[int, Any]:
    """A sort key for values of different types: null first, then numbers, then text."""
    if value is None:
        return (0, 0)
    return (1, value) if isinstance(value, int | float) else (2, str(value))
