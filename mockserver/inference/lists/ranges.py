"""Query parameters that select by a range of a property: `min_price`, `price_lte`, `created_after`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.inference.lists.filter_parameters import asked_words, filter_parameters
from mockserver.inference.names import noun, plain, words
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.values.fields import format_of
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation, Parameter
from mockserver.openapi.schemas import Schemas

Statement = dict[str, Any]

BEFORE = {
    "min": "at-least",
    "minimum": "at-least",
    "max": "at-most",
    "maximum": "at-most",
    "from": "at-least",
    "after": "at-least",
    "since": "at-least",
    "to": "at-most",
    "until": "at-most",
    "before": "at-most",
}
"""What the first word of a parameter says about the property that the rest names."""

BEHIND_ONLY = {
    "gte": "at-least",
    "gteq": "at-least",
    "lteq": "at-most",
    "ge": "at-least",
    "lte": "at-most",
    "le": "at-most",
    "gt": "above",
    "lt": "below",
}
"""The same for its last word, which may also be one of those above."""

BEHIND = BEFORE | BEHIND_ONLY

OF_TEXTS = {
    **dict.fromkeys(("contains", "icontains", "contain", "like", "ilike", "cont", "icont", "matches"), "contains"),
    **dict.fromkeys(("startswith", "istartswith", "beginswith", "start", "prefix"), "starts-with"),
    **dict.fromkeys(("ne", "neq", "not"), "not-equal"),
    "in": "any-of",
}
"""What the last word of a parameter says about a text, or about any value: `title_like`, `id_ne`, `status_in`."""

EXCLUDING = frozenset(("exclude", "excluding", "excluded", "except", "not"))
"""First words of a parameter that names what the items have not: `exclude_status`."""

EXACT = frozenset(("min", "minimum", "max", "maximum", *BEHIND_ONLY))
"""Words that say whether the bound itself is in the range; `from`, `until` and `after` do not."""

FURTHER = "(?:earlier|later|older|newer|less|more|lower|higher|larger|greater|smaller|cheaper|longer|shorter|taller)"

INCLUDED = lazy_pattern(
    r"(?i)\binclusive(ly)?\b|\bor equal\b|\bon or (after|before)\b|\b(up to and )?includ(ing|ed)\b"
    rf"|\b(?:or|and) (?:{FURTHER}|before|after|above|below|under|over)\b|\bat (?:least|most)\b"
    rf"|\b(?:no|not) {FURTHER} than\b|\bnot (?:before|after|above|below)\b"
)
EXCLUDED = lazy_pattern(
    rf"(?i)\bexclusive(ly)?\b|\bstrictly\b|\bexcluding\b|\b{FURTHER} than\b|\b(?:before|after) (?:this|that)\b"
    r"|(?<!or )(?<!and )\b(?:before|after)$"
)
"""What a description says about the bound itself."""

OPEN = {"at-least": "above", "at-most": "below"}
CLOSED = {"above": "at-least", "below": "at-most"}

TIMES = frozenset(("date", "date-time"))

TIME_WORDS = ("", "at", "on", "date", "time")
"""How the name of a time may go on: `created_after` is about `created_at`."""


def ranges(
    schemas: Schemas, operation: Operation, properties: Mapping[str, str], taken: frozenset[str], stamps: Statement
) -> Iterator[Statement]:
    """The `filter` statements about ranges of numbers and times of an item, whose `timestamps` are `stamps`."""
    known = {plain(name): name for name in properties}
    periods = dict(_periods(operation, known))
    for parameter in filter_parameters(schemas, operation):
        present = _present(schemas, parameter, known, properties) if parameter.name not in taken else ""
        if present:
            note = f"the query parameter says whether there is a {present}"
            yield {
                "parameter": parameter.name,
                "field": present,
                "compare": "present",
                "evidence": "inferred",
                "note": note,
            }
        elif parameter.name not in taken:
            yield from _between(schemas, parameter, known, properties)
            for about, compare in periods.get(parameter.name) or _readings(asked_words(parameter.name)):
                name = next((known[about + word] for word in TIME_WORDS if about + word in known), "")
                name = name if about else _time(schemas, parameter, properties, stamps)
                is_exact = bool(name)
                if not name and compare not in WORDED:
                    name = _by_ending(schemas, parameter, properties, about, compare)
                if not name and about and compare not in WORDED:
                    name = _by_beginning(schemas, parameter, properties, about, compare)
                if not name and about in ANY_TIME:
                    name = _only_time(schemas, parameter, properties) or _begin(schemas, properties)
                name = name or _spoken_time(schemas, parameter, properties)
                if name and plain(parameter.name) not in known and _fits(schemas, parameter, properties[name], compare):
                    note = f"the query parameter names {WORDED.get(compare, 'a bound')} of the property {name}"
                    stated = {"parameter": parameter.name, "field": name, "compare": compare}
                    sure = bool(about) and compare not in WORDED and is_exact
                    stated |= {"evidence": "implied" if sure else "inferred", "note": note}
                    stated |= _named_more_exactly(schemas, parameter, properties, about, compare)
                    yield stated | _described_bound(schemas, parameter, compare)
                    break


def _present(schemas: Schemas, parameter: Parameter, known: Mapping[str, str], properties: Mapping[str, str]) -> str:
    """The property that a flag says to be there: `stock` for `in_stock`; empty if there is none."""
    first, *about = asked_words(parameter.name)
    name = known.get("".join(about), "") if first in HAVING and about else ""
    is_flag = schemas.types(str(parameter.schema)) - {"null"} == {"boolean"}
    return name if is_flag and name and "boolean" not in schemas.types(properties[name]) else ""


HAVING = frozenset(("in", "has", "have", "having", "with"))
"""First words of a flag that selects the items that have something."""


def _by_ending(schemas: Schemas, parameter: Parameter, properties: Mapping[str, str], about: str, compare: str) -> str:
    """The only property whose name ends as asked: `unit_price` for `min_price`; empty if there is none.

    Of several times it is the one whose first word the description has: `startDate` for "that start on this date".
    """
    found = [
        name
        for name, at in properties.items()
        if about and plain(name).endswith(about) and _fits(schemas, parameter, at, compare)
    ]
    ended = [name for name in found if about in {"".join(words(name)[at:]) for at in range(1, len(words(name)))}]
    if len(ended) > 1:
        spoken = {noun(each)[-1] for each in words(description(schemas, parameter.pointer).text)}
        ended = [name for name in ended if words(name)[0] in spoken]
    return ended[0] if len(ended) == 1 else ""


def _named_more_exactly(
    schemas: Schemas, parameter: Parameter, properties: Mapping[str, str], about: str, compare: str
) -> Statement:
    """What a description that names a longer property says: `min_seats` for rides with so many seats left."""
    said = description(schemas, parameter.pointer)
    for name, at in properties.items():
        own = words(name)
        if about and len(own) > 1 and about in own and about != plain(name) and _fits(schemas, parameter, at, compare):
            orders = {own, own[::-1]} if len(own) == SHORT else {own}
            pattern = "|".join(r"[\s_]+".join(each) for each in sorted(orders))
            found = said.first(re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE))
            if found is not None:
                return found.statement(field=name)
    return {}


SHORT = 2
"""So many words of a name are also said in the other order: `seats_free` for "free seats"."""


def _by_beginning(
    schemas: Schemas, parameter: Parameter, properties: Mapping[str, str], about: str, compare: str
) -> str:
    """The only number whose name begins as asked, or the only time of the event: `capacityPerHour`, `filingDate`.

    They are asked for as `min_capacity` and `filed_from`. Empty if there is none, or more than one.
    """
    able = [name for name, at in properties.items() if len(words(name)) > 1 and _fits(schemas, parameter, at, compare)]
    begun = [name for name in able if about in {"".join(words(name)[:at]) for at in range(1, len(words(name)))}]
    times = [name for name in able if format_of(schemas, properties[name]) in TIMES]
    found = begun or [name for name in times if words(name)[-1] in TIME_WORDS and _stem(words(name)[0]) == _stem(about)]
    return found[0] if len(found) == 1 else ""


def _stem(word: str) -> str:
    """What the forms of a verb have in common: `fil` of `filed` and `filing`."""
    end = next((end for end in ("ing", "ed", "en", "s", "e") if word.endswith(end) and len(word) - len(end) > 2), "")
    return word.removesuffix(end)


def _periods(operation: Operation, known: Mapping[str, str]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The two parameters of a period and how they are read: `startTime` and `endTime` that are no properties."""
    parts = {each.name: asked_words(each.name) for each in operation.parameters if each.location == "query"}
    bare = {name: "".join(part for part in found if part not in TIME_WORDS) for name, found in parts.items()}
    begins = [name for name, word in bare.items() if word in BEGINNING and plain(name) not in known]
    ends = [name for name, word in bare.items() if word in ENDING and plain(name) not in known]
    if len(begins) == len(ends) == 1:
        yield begins[0], [("", "at-least")]
        yield ends[0], [("", "at-most")]


BEGINNING, ENDING = frozenset(("start", "begin", "starting", "beginning")), frozenset(("end", "stop", "ending"))
"""Words of the parameters of a period; `from` and `to` are read alone, too."""


def _between(
    schemas: Schemas, parameter: Parameter, known: Mapping[str, str], properties: Mapping[str, str]
) -> Iterator[Statement]:
    """A number that lies between two of the item: `players` where a room has `minPlayers` and `maxPlayers`."""
    asked = plain("_".join(asked_words(parameter.name)))
    pairs = (tuple(known.get(form.format(asked), "") for form in forms) for forms in BOUNDS)
    low, high = next((pair for pair in pairs if all(pair)), ("", ""))
    able = [name for name in (low, high) if name and _fits(schemas, parameter, properties[name], "at-least")]
    if len(able) == len(BOUNDS[0]) and asked not in known:
        note = f"the query parameter is between {low} and {high}, by their names"
        for name, compare in ((low, "at-most"), (high, "at-least")):
            stated = {"parameter": parameter.name, "field": name, "compare": compare}
            yield {**stated, "evidence": "inferred", "note": note}


BOUNDS = (("min{}", "max{}"), ("minimum{}", "maximum{}"), ("{}min", "{}max"), ("{}from", "{}to"))
"""Plain names of the least and the greatest number of something."""


def _time(schemas: Schemas, parameter: Parameter, properties: Mapping[str, str], stamps: Statement) -> str:
    """The time that a parameter such as `from` is about, which names none; empty if there are several.

    Of several it is the one that its description names, else the only one that says more than when the item was made
    or changed, else that at which it was made.
    """
    found = _only_time(schemas, parameter, properties) or _spoken_time(schemas, parameter, properties)
    if found or format_of(schemas, str(parameter.schema)) not in TIMES:
        return found
    times = [name for name, at in properties.items() if _fits(schemas, parameter, at, "at-least")]
    form = format_of(schemas, str(parameter.schema))
    own = [name for name in times if name not in (stamps.get("created"), stamps.get("updated"))]
    own = [name for name in own if format_of(schemas, properties[name]) == form] or own
    made = [name for name in times if name == stamps.get("created") and not own]
    return (own or made)[0] if len(own or made) == 1 else ""


def _only_time(schemas: Schemas, parameter: Parameter, properties: Mapping[str, str]) -> str:
    """The only time of an item that `from` and `to` may be about; empty if there is none, or there are several.

    A day is no moment: of a date and the `date-time` of the creation, a parameter of the format `date` means the date.
    """
    form = format_of(schemas, str(parameter.schema))
    times = [name for name, at in properties.items() if form in TIMES and format_of(schemas, at) == form]
    every = [name for name, at in properties.items() if format_of(schemas, at) in TIMES]
    return times[0] if len(times) == 1 and (form == "date" or len(every) == 1) else ""


def _begin(schemas: Schemas, properties: Mapping[str, str]) -> str:
    """The only time at which an item begins, such as `starts_at`, which a range of days is about; empty for none."""
    times = [name for name, at in properties.items() if format_of(schemas, at) in TIMES]
    found = [name for name in times if words(name)[:1] != () and words(name)[0] in BEGINS]
    return found[0] if len(found) == 1 else ""


ANY_TIME = frozenset(("date", "time", "day", "datetime"))
"""What a range is about that names no property: `date_from`."""

BEGINS = frozenset(("start", "starts", "begin", "begins", "started", "from"))
"""First words of the time at which something begins."""


def _spoken_time(schemas: Schemas, parameter: Parameter, properties: Mapping[str, str]) -> str:
    """The only time that a description names by its verb: `start` or `startsAt` for "that start after this time"."""
    spoken = {noun(each)[-1] for each in words(description(schemas, parameter.pointer).text)}
    form = schemas.keyword(str(parameter.schema), "format")
    times = [name for name, at in properties.items() if schemas.keyword(at, "format") == form and form in TIMES]
    meant = [name for name in times if noun(words(name)[0])[-1] in spoken]
    return meant[0] if len(meant) == 1 else ""


def says_if_included(parameter: str) -> bool:
    """Does the name of a parameter say whether its value itself is in the range?"""
    return bool(EXACT & set(asked_words(parameter)))


def _described_bound(schemas: Schemas, parameter: Parameter, compare: str) -> Statement:
    """What the description says about the value itself: `Last year (inclusive)`. Empty if it says nothing."""
    text = description(schemas, parameter.pointer)
    for pattern, turned in ((INCLUDED, CLOSED), (EXCLUDED, OPEN)):
        said = text.first(pattern)
        if said is not None:
            return said.statement(compare=turned.get(compare, compare))
    return {}


def _readings(name: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The property that a parameter may be about, and the comparison; `from` alone names none."""
    if len(name) == 1 and name[0] in BEFORE and name[0] not in EXACT:
        yield "", BEFORE[name[0]]
    if len(name) > 1:
        if name[0] in BEFORE:
            yield "".join(name[1:]), BEFORE[name[0]]
        if name[0] in EXCLUDING:
            yield "".join(name[1:]), "not-equal"
        if name[-1] in BEHIND:
            yield "".join(name[:-1]), BEHIND[name[-1]]
        elif name[-1] in OF_TEXTS:
            yield "".join(name[:-1]), OF_TEXTS[name[-1]]
        elif len(name) > 2 and "".join(name[-2:]) in OF_TEXTS:
            yield "".join(name[:-2]), OF_TEXTS["".join(name[-2:])]


WORDED = {
    "contains": "a part",
    "starts-with": "the beginning",
    "not-equal": "another value",
    "any-of": "one of several values",
}
"""What a parameter names of a property where it is no bound."""

SCALARS = frozenset(("integer", "number", "boolean"))


def _fits(schemas: Schemas, parameter: Parameter, pointer: str, compare: str) -> bool:
    """Are both numbers, or both times; for a part both texts, or both of one type that is not to be equal?"""
    asked, own = (schemas.types(at) - {"null"} for at in (str(parameter.schema), pointer))
    if compare == "any-of":
        entries = schemas.items(str(parameter.schema)) if asked - {"null"} == {"array"} else None
        several = schemas.types(entries) if entries is not None else asked
        return len(own) == 1 and own <= {"string", "integer"} and several in ({"string"}, own)
    if compare == "not-equal" and asked == {"boolean"} and asked_words(parameter.name)[0] in EXCLUDING:
        return False  # `exclude_archived=false` excludes nothing
    if compare == "not-equal" and asked - {"null"} == {"array"}:
        entries = schemas.items(str(parameter.schema))
        asked = schemas.types(entries) if entries is not None else frozenset()
    if compare in WORDED:
        return asked == own and len(own) == 1 and (own == {"string"} or (compare == "not-equal" and own <= SCALARS))
    if own and own <= {"integer", "number"}:
        return bool(asked) and asked <= {"integer", "number"}
    formats = (format_of(schemas, pointer), format_of(schemas, str(parameter.schema)))
    return own == asked == {"string"} and formats[0] in TIMES and formats[1] in TIMES
