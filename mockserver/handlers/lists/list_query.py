"""Filtering and sorting a list by the query of a request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mockserver.behaviour.statements import Filter
from mockserver.behaviour.statements.lists import EVERY_FIELD
from mockserver.handlers.lists.filter_plans import FilterPlan, filter_conditions
from mockserver.handlers.lists.ranges import is_within
from mockserver.handlers.request_context import RequestContext
from mockserver.inference.lists.paging import HOLDERS, SORT_ORDER, WAYS
from mockserver.inference.names import plain
from mockserver.inference.relations.references import EACH, Steps, steps_of
from mockserver.lazy_module import LazyModule
from mockserver.state.collection import Collection
from mockserver.state.id_text import number_of
from mockserver.state.record import Record
from mockserver.state.views import FilteredView, Selection

if TYPE_CHECKING:
    from mockserver.handlers.lists import column_filters, filter_expressions, label_selectors
    from mockserver.handlers.lists.filter_expressions import Test
else:
    label_selectors = LazyModule("mockserver.handlers.lists.label_selectors")
    filter_expressions = LazyModule("mockserver.handlers.lists.filter_expressions")
    column_filters = LazyModule("mockserver.handlers.lists.column_filters")


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
        each.field: query[each.parameter]
        for each in context.bound.filters.entries
        if query.get(each.parameter) is not None
    }


def matching(context: RequestContext) -> list[Record]:
    """All items that the filters of the request leave, the oldest first."""
    found = _filtered(context, context.collection())
    return found.slice(0, len(found), newest_first=False)


def _filtered(context: RequestContext, collection: Collection) -> FilteredView | Selection:
    found, plan = _selected(context, collection), context.bound.resource
    own = plan.own if context.bound.own is not None else None
    principal = context.call.principal
    if own is None or not own.caller(principal):
        return found
    records = found.after(None, newest_first=plan.newest_first)
    return Selection([each for each in records if not own.is_others(each, principal)])


def _selected(context: RequestContext, collection: Collection) -> FilteredView | Selection:
    plan, path, query = context.bound.filters, context.call.path, context.call.query
    if not plan.entries:
        return collection.view()
    asked = (filter_conditions(each.entry, each.value(path, query)) for each in plan.choices)
    conditions = [_by_reference(context, *condition) for conditions in asked for condition in conditions]
    tests = [*_expressions(plan, query), *_ranges(plan, path, query), *_columns(plan, path, query)]
    newest_first = context.bound.resource.newest_first
    if tests:
        every = collection.view().after(None, newest_first=newest_first)
        selected = [r for r in every if all(test(r) for test in tests)]
        return Selection([r for r in selected if all(_has(r.fields, name, values) for name, values in conditions)])
    if not conditions:
        return collection.view()
    (name, values), *others = sorted(conditions, key=lambda condition: -len(condition[1]))
    if collection.is_indexed(name) and not others and len(values) == 1:
        found = collection.view((name, values[0]))
        other = _spelled(values[0]) if not len(found) else None
        return found if other is None else collection.view((name, other))
    if collection.is_indexed(name):
        # Many ids cost one look-up each, and not one comparison with each item.
        views = (collection.view((name, value)).after(None, newest_first=newest_first) for value in values)
        walk = iter(sorted(chain.from_iterable(views), key=lambda record: record.sequence, reverse=newest_first))
    else:
        walk, others = collection.view().after(None, newest_first=newest_first), conditions
    return Selection([r for r in walk if all(_has(r.fields, name, values) for name, values in others)])


def _spelled(value: Any) -> Any:
    """A number as a text, or a text as the number that it writes: an item may have the other one as an id."""
    return number_of(value) if isinstance(value, str) else str(value) if type(value) is int else None


RecordTest = Callable[[Record], bool]
"""Is this item selected?"""


def _expressions(plan: FilterPlan, query: Mapping[str, Any]) -> Iterator[RecordTest]:
    """The tests of the filter expressions in a request. Raises Invalid for one that cannot be read."""
    for each in plan.expressions:
        if value := query.get(each.name):
            if each.entry.compare == "label-selector":
                yield partial(
                    _is_labelled, steps_of(each.entry.field), label_selectors.label_test(each.name, str(value))
                )
            else:
                read = (
                    label_selectors.field_test if each.entry.compare == "field-selector" else filter_expressions.selects
                )
                yield partial(_is_selected, read(each.name, str(value)))


def _is_selected(test: Test, record: Record) -> bool:
    return test({"id": record.id, **record.fields})


def _is_labelled(steps: Steps, test: Test, record: Record) -> bool:
    return test(next(_at(record.fields, steps), None))


def _ranges(plan: FilterPlan, path: Mapping[str, Any], query: Mapping[str, Any]) -> Iterator[RecordTest]:
    """The tests of the ranges in a request."""
    for each in plan.bounds:
        value, entry = each.value(path, query), each.entry
        if value is not None and (entry.equals is None or value != entry.unless):
            yield partial(_is_within, entry, value if entry.equals is None else entry.equals)


def _columns(plan: FilterPlan, path: Mapping[str, Any], query: Mapping[str, Any]) -> Iterator[RecordTest]:
    """The tests of the operators in a request. Raises Invalid for one that cannot be read."""
    for each in plan.columns:
        if (value := each.value(path, query)) is not None:
            for one in value if isinstance(value, list) else [value]:
                yield partial(_has_column, each.entry.field, column_filters.column_test(each.name, str(one)))


def _has_column(field: str, test: Callable[[Any], bool], record: Record) -> bool:
    return test(record.fields.get(field))


def _is_within(entry: Filter, value: Any, record: Record) -> bool:
    return is_within(record.fields.get(entry.field), entry.compare, value)


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
    sent = (sort.sent(context.call.query) or sort.default) if sort is not None else None
    if not sent and plan.statements.order.by == "creation":
        return selected
    keys, tie = (
        [SortKey(each, plan.newest_first) for each in (plan.statements.order.by, *plan.statements.order.then)],
        "",
    )
    if sort is not None and sent:
        way = context.call.query.get(sort.direction) if sort.direction else None
        direction = "desc" if way is True else str(way or sort.default_direction)
        first = next(iter(selected.first(1, None, newest_first=False)), None)
        keys = list(_sort_keys(sent, direction, first.fields if first is not None else {}, sort.names)) or keys
        tie = sort.ties.get(keys[-1].name, "")
    if keys[0].name == "creation":
        return selected
    last = SortKey(tie.removeprefix("-"), tie.startswith("-")) if tie else keys[0]
    ranked = sorted(selected.after(None, newest_first=False), key=lambda each: each.sequence, reverse=last.backwards)
    places = sort.places if sort is not None and sent else plan.order_places
    for key in reversed([*keys, last] if tie and last.name != "creation" else keys):
        if _are_amounts([_sort_value(each.fields, key.name) for each in ranked]):
            ranked.sort(key=partial(_amount_of, key.name), reverse=key.backwards)
            continue
        rank = _rank_in_any_case if sort is not None and sort.any_case else _rank
        ranked.sort(key=partial(_rank_of, key.name, places.get(key.name, {}), rank), reverse=key.backwards)
    return Selection(ranked)


class SortKey(Struct, frozen=True):
    """A property to order by, and whether its largest value comes first."""

    name: str
    backwards: bool


def _sort_keys(sent: Any, direction: str, fields: Mapping[str, Any], known: Mapping[str, str]) -> Iterator[SortKey]:
    """The properties that a sort parameter names, the most important first.

    `-price,name` and `price,desc` are as common as a list of them. `fields` are those of some item: a property may be
    called `valid_desc`. `known` are properties by other names that they may have.
    """
    names = [part.strip() for each in (sent if isinstance(sent, list) else [sent]) for part in str(each).split(",")]
    for name, after in zip(names, [*names[1:], ""], strict=True):
        by, way = name.lstrip("+-"), after if after.lower() in WAYS else ""
        if not by or (by.lower() in WAYS and by not in fields):
            continue
        ending = SORT_ORDER.search(by) if by not in fields else None
        by, way = (by[: ending.start()], ending[1]) if ending is not None else (by, way or direction)
        by = by if by in fields else known.get(plain(by), by)
        yield SortKey(by, name.startswith("-") or way.lower().startswith("desc"))


def _are_amounts(values: list[Any]) -> bool:
    """Are all values texts of decimal numbers, such as `9.90`, or null?"""
    texts = [value for value in values if value is not None]
    is_first = bool(texts) and isinstance(texts[0], str) and AMOUNT.fullmatch(texts[0]) is not None
    return is_first and all(isinstance(text, str) and AMOUNT.fullmatch(text) for text in texts)


AMOUNT = re.compile(r"-?\d{1,15}\.\d{1,9}")
"""A decimal number as a text."""


def _amount_of(name: str, record: Record) -> tuple[int, float]:
    value = _sort_value(record.fields, name)
    return (0, 0.0) if value is None else (1, float(value))


def _rank_of(
    name: str, places: Mapping[Any, int], rank: Callable[[Any], tuple[int, Any]], record: Record
) -> tuple[int, Any]:
    value = _sort_value(record.fields, name)
    return (1, places[value]) if isinstance(value, str) and value in places else rank(value)


def _sort_value(fields: Mapping[str, Any], name: str) -> Any:
    """The value to order by: that of a property, of one inside of an object (`owner.name`) or of `attributes`."""
    if name in fields:
        return fields[name]
    found = next(_at(fields, steps_of(name)), None) if "." in name else None
    held = (value.get(name) for key, value in fields.items() if isinstance(value, Mapping) and plain(key) in HOLDERS)
    return found if found is not None else next((value for value in held if value is not None), None)


def _rank_in_any_case(value: Any) -> tuple[int, Any]:
    """The same, where upper and lower case are no different."""
    return _rank(value.casefold() if isinstance(value, str) else value)


def _rank(value: Any) -> tuple[int, Any]:
    """A sort key for values of different types: null first, then numbers, then text."""
    if value is None:
        return (0, 0)
    return (1, value) if isinstance(value, int | float) else (2, str(value))
