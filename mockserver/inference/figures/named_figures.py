"""Figures of several items by their names: `total_minutes`, `average_points`, `last_treatment_on`, `by_status`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from mockserver.inference.draft import ResourceDraft
from mockserver.inference.figures.count_conditions import condition
from mockserver.inference.figures.counts import COUNTS
from mockserver.inference.names import noun, plain, words
from mockserver.inference.relations.references import ID_WORDS
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.values.event_times import TIME_ENDS
from mockserver.inference.values.fields import format_of, timestamps
from mockserver.inference.values.state_values import choices
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

MARKS = {
    **dict.fromkeys(("average", "avg", "mean"), "mean"),
    **dict.fromkeys(("best", "max", "maximum", "highest", "top", "largest", "longest"), "max"),
    **dict.fromkeys(("worst", "min", "minimum", "lowest", "smallest", "shortest"), "min"),
    **dict.fromkeys(("sum", "total"), "sum"),
}
"""Words in the name of a number, and which figure they say it is."""

ENDS = dict.fromkeys(("last", "latest", "newest"), "max") | dict.fromkeys(("first", "earliest", "oldest"), "min")
"""The first words in the name of a time."""

COUNTING = frozenset((*COUNTS, "total", "totals", "num", "number", "of", "by", "per"))
"""Words around what is counted."""

UNITS = {"kilograms": "kg", "kilometers": "km", "kilometres": "km", "litres": "l", "liters": "l", "hours": "h"}
"""Units as the whole name of a sum, and how the numbers of items end that have them."""

SUM_OF_KIND = lazy_pattern(
    r"^(?:the )?(?:sum|total) of (?:(?:all|the) )*(?P<kind>[a-z]+) (?P<noun>[a-z]+)$", re.IGNORECASE
)
"""A sum of some items only: "Sum of the unpaid fees"."""


class NamedFigure(NamedTuple):
    """A figure of the items of a resource: its kind, the property of which it is, and the values that items have."""

    draft: ResourceDraft
    kind: str
    field: str = ""
    where: dict[str, Any] = {}  # noqa: RUF012  # no one changes it


def named_figure(schemas: Schemas, drafts: Sequence[ResourceDraft], name: str, pointer: str) -> NamedFigure | None:
    """What a value of a reply is by its name; `drafts` are the resources that it may be about, the likeliest first."""
    types = schemas.types(pointer) - {"null"}
    if not types or not drafts:
        return None
    if types <= {"integer", "number"}:
        return next(_numbers(schemas, drafts, name, pointer), None)
    if types == {"string"} and format_of(schemas, pointer) in ("date", "date-time"):
        return next(_times(schemas, drafts, name, pointer), None)
    values = schemas.values(pointer) if types == {"object"} else None
    if values is not None and schemas.types(values) <= {"integer", "number"}:
        asked = "".join(part for part in words(name) if part not in COUNTING)
        fields = drafts[0].properties().items()
        field = next((each for each, at in fields if plain(each) == asked and choices(schemas, at)), "")
        return NamedFigure(drafts[0], "by", field) if field else None
    return None


def _numbers(schemas: Schemas, drafts: Sequence[ResourceDraft], name: str, pointer: str) -> Iterator[NamedFigure]:
    parts = words(name)
    rest = tuple(part for part in parts if part not in MARKS and part not in ("of", "the"))
    kinds = [MARKS[part] for part in parts if part in MARKS]
    kind = next((each for each in kinds if each != "sum"), "sum")
    said = description(schemas, pointer).first(SUM_OF_KIND)
    is_of_fields = said is not None or (rest and (kinds or len(rest) > 1))
    for draft in drafts if is_of_fields else ():
        fields = {"".join(noun(each)): each for each in _amounts(schemas, draft)}
        where = condition(draft, said.match["kind"]) if said is not None else None
        if said is not None and where and noun(said.match["noun"])[-1] == noun(draft.name)[-1] and len(fields) == 1:
            yield NamedFigure(draft, "sum", next(iter(fields.values())), where)
        if kinds and rest and (field := fields.get("".join(noun("_".join(rest))))):
            yield NamedFigure(draft, kind, field)
        inner = fields.get("".join(noun("_".join(rest[1:])))) if len(rest) > 1 and kind == "sum" else None
        if inner and (where := condition(draft, rest[0])):
            yield NamedFigure(draft, "sum", inner, where)
    if kind == "sum":
        yield from _counts(drafts, tuple(part for part in parts if part not in COUNTING), is_said=bool(kinds))
    of_unit = drafts if plain(name) in UNITS else ()
    ended = [(draft, each) for draft in of_unit for each in _amounts(schemas, draft) if _has_unit(each, name)]
    if len(ended) == 1:
        yield NamedFigure(ended[0][0], "sum", ended[0][1])


def _has_unit(field: str, name: str) -> bool:
    """Does the name of a number end with the unit that another one is called: `honeyKg` for `kilograms`?"""
    return words(field)[-1:] in ((UNITS[plain(name)],), (plain(name),))


def _amounts(schemas: Schemas, draft: ResourceDraft) -> Iterator[str]:
    """The numbers of an item that can be added: no ids."""
    for name, at in draft.properties().items():
        is_id = plain(name) in draft.id_names or words(name)[-1:] == () or words(name)[-1] in ID_WORDS
        types = schemas.types(at) - {"null"}
        if types and types <= {"integer", "number"} and not is_id:
            yield name


def _counts(drafts: Sequence[ResourceDraft], parts: tuple[str, ...], *, is_said: bool) -> Iterator[NamedFigure]:
    """How many items there are, or how many of a kind: `liftsTotal`, `slopesGroomed`, `urgent_total`."""
    for draft in drafts:
        called = noun(draft.name)[-1]
        own = [part for part in parts if noun(part)[-1] != called]
        if len(own) < len(parts) and len(own) < 2 and (where := condition(draft, "".join(own))) is not None:
            yield NamedFigure(draft, "count", "", where)
    if len(parts) == 1 and is_said and (where := condition(drafts[0], parts[0])):
        yield NamedFigure(drafts[0], "count", "", where)


def _times(schemas: Schemas, drafts: Sequence[ResourceDraft], name: str, pointer: str) -> Iterator[NamedFigure]:
    first, *about = words(name) or ("",)
    asked = [part for part in about if part not in TIME_ENDS]
    for draft in drafts if first in ENDS else ():
        is_named = not asked or "".join(noun("_".join(asked))) in ("".join(noun(draft.word)), noun(draft.name)[-1])
        shown = draft.properties()
        form = format_of(schemas, pointer)
        times = [each for each, at in shown.items() if format_of(schemas, at) == form]
        stamps = timestamps(schemas, shown) or {}
        own = [each for each in times if each not in (stamps.get("created"), stamps.get("updated"))]
        found = own if len(own) == 1 else [each for each in times if each == stamps.get("created")]
        if is_named and found:
            yield NamedFigure(draft, ENDS[first], found[0])
