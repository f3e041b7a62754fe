"""The filters of an operation, sorted once by how they compare, so that a request only looks up what it sends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from mockserver.behaviour.item_parameters import ABOUT_ONE
from mockserver.behaviour.statements import Behaviour, Filter
from mockserver.behaviour.statements.lists import EVERY_FIELD
from mockserver.state.collection import CREATOR
from mockserver.state.id_text import number_of

SELECTS = ("equal", "any-of", "all-of")
"""How a property compares where the filter gives the values that it may have."""

WRITTEN = ("expression", "label-selector", "field-selector")
"""How it compares where the value of the parameter is written in a language of its own."""


class SentFilter(Struct, frozen=True):
    """A filter, and where a request has its value: as a parameter, or for `filter[status]` as a property of one."""

    entry: Filter
    is_in_path: bool
    name: str
    steps: tuple[str, ...]

    def value(self, path: Mapping[str, Any], query: Mapping[str, Any]) -> Any:
        """The value that a request sends; None if it sends none."""
        values = path if self.is_in_path else query
        if self.name in values or not self.steps:
            found = values.get(self.name)
        else:
            found = values
            for step in self.steps:
                found = found.get(step) if isinstance(found, Mapping) else None
        return self.entry.default if found is None else found


class FilterPlan(Struct, frozen=True):
    """All filters in the order of the behaviour file, and apart those of values, of ranges, expressions, operators."""

    entries: tuple[Filter, ...]
    choices: tuple[SentFilter, ...]
    bounds: tuple[SentFilter, ...]
    expressions: tuple[SentFilter, ...]
    columns: tuple[SentFilter, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The properties that the filters are about."""
        return tuple(each.field for each in self.entries)


def filter_plan(entries: Iterable[Filter]) -> FilterPlan:
    """The filters of an operation as its requests are read."""
    found = tuple(entries)
    sent = [_sent(each) for each in found]
    return FilterPlan(
        found,
        tuple(each for each in sent if each.entry.compare in SELECTS),
        tuple(each for each in sent if each.entry.compare not in (*SELECTS, *WRITTEN, "operator")),
        tuple(each for each in sent if each.entry.compare in WRITTEN),
        tuple(each for each in sent if each.entry.compare == "operator"),
    )


def _sent(entry: Filter) -> SentFilter:
    outer, _, inner = entry.parameter[:-1].partition("[") if entry.parameter.endswith("]") else ("", "", "")
    return SentFilter(entry, entry.location == "path", entry.parameter, (outer, *inner.split("][")) if outer else ())


Condition = tuple[str, Sequence[Any]]
"""A field and its possible values."""


def filter_conditions(entry: Filter, value: Any) -> list[Condition]:
    """What an item must fulfil by the value of a filter's parameter; nothing: every item passes."""
    if entry.compare == "all-of":
        return [(entry.field, _spellings(each)) for each in _several(value) if each not in (None, "")]
    condition = _condition(entry, value)
    return [condition] if condition is not None else []


def _several(value: Any) -> list[Any]:
    """The values in a list, or in a text with commas."""
    return value if isinstance(value, list) else [part.strip() for part in str(value or "").split(",")]


def _spellings(value: Any) -> tuple[Any, ...]:
    """A value, also as the text or the number that it may be written as, each once."""
    found = (value, str(value), number_of(value))
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _condition(entry: Filter, value: Any) -> Condition | None:
    """The field and its possible values, from the value of a filter's parameter; None: every item passes."""
    if not entry.parameter:
        return entry.field, (entry.equals,)
    if entry.nothing is not None and value == entry.nothing:
        return entry.field, (None,)
    if entry.compare == "any-of":
        spellings = tuple(_ids_in(value))
        return (entry.field, spellings) if spellings else None
    if entry.anything is not None and value == entry.anything:
        return None
    if entry.equals is not None or entry.unless is not None:
        return None if value == entry.unless else (entry.field, (entry.equals,))
    if isinstance(value, list):
        return (entry.field, value) if value else None
    return None if value is None else (entry.field, (value,))


def _ids_in(value: Any) -> dict[Any, None]:
    """The ids in a text with commas or in a list, each once; also as a number, if it is written as one."""
    texts = [part.strip() for each in (value if isinstance(value, list) else [value]) for part in str(each).split(",")]
    found = [spelling for text in texts if text for spelling in (text, number_of(text)) if spelling is not None]
    return dict.fromkeys(found if value is not None else ())


def filter_fields(behaviour: Behaviour) -> dict[str, tuple[str, ...]]:
    """For each resource the fields that filters select by. The store indexes them: a filter is then a look-up.

    Where each client may create one item only, the store indexes who did so, too.
    """
    found: dict[str, dict[str, None]] = {
        name: {each.alike[0]: None for each in resource.sum_limit if each.alike}
        for name, resource in behaviour.resources.items()
    }
    for operation in behaviour.operations.values():
        if operation.action and operation.action.does in ("list", *ABOUT_ONE):
            found.setdefault(operation.action.of, {}).update(
                (entry.field, None) for entry in operation.filter if not {".", "[", EVERY_FIELD} & set(entry.field)
            )
        if operation.action and operation.action.does == "create" and operation.once is not None:
            found.setdefault(operation.action.of, {})[CREATOR] = None
    return {name: tuple(fields) for name, fields in found.items()}
