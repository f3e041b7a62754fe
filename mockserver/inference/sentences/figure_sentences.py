"""Descriptions that say how a figure follows from other fields: "subtotal minus discount", "sum over lines of …"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

from mockserver.inference.figures.counts import AROUND, COUNT
from mockserver.inference.names import noun, plain, words
from mockserver.inference.sentences.descriptions import description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

Value = Callable[[Mapping[str, Any]], Fraction | None]
"""The value of an expression in an item; None if a field that it needs is no number."""

OPERATORS: Mapping[str, str] = {
    "minus": "-",
    "less": "-",
    "-": "-",
    "−": "-",
    "plus": "+",
    "+": "+",
    "times": "*",
    "multiplied by": "*",
    "*": "*",
    "×": "*",
    "x": "*",
    "divided by": "/",
    "/": "/",
}
"""How descriptions write the four operations."""

TOKEN = lazy_pattern(r"multiplied by|divided by|[()+*/×−-]|\d+(?:\.\d+)?|[A-Za-z_]\w*(?:\.\w+)*")

ROUNDING = lazy_pattern(r",? *\(?\b(?:always )?(?P<how>rounded(?: (?:up|down|half up))?)\b.*$", re.IGNORECASE)

SUM = lazy_pattern(
    r"^(?:the )?(?:sum|total)(?: taken)? (?:over|of)(?: all| the| its| all the| all its)* (?P<list>[A-Za-z_]\w*)"
    r" of (?P<each>.+)$",
    re.IGNORECASE,
)
"""`Sum over all lines of quantity times price`."""

WHOLE_SUM = lazy_pattern(
    r"^(?:the )?sum of (?:(?:all|the|its) )*(?P<each>[A-Za-z_]\w*(?: [A-Za-z_]\w*)?)$", re.IGNORECASE
)
"""`Sum of all line totals`."""

SUM_OF_EACH = lazy_pattern(
    r"^(?:the )?(?:sum|total) of (?:(?:all|the|its|their) )*(?P<each>[A-Za-z_(].*)"
    r" (?:of|over|in|for|across) (?:(?:all|the|its|each|every|of) )+(?:order |cart |invoice )?(?P<list>[A-Za-z_]\w*)$",
    re.IGNORECASE,
)
"""`The sum of the line totals of all items`, `sum of quantity times price over all items`."""

OF_ENTRIES = lazy_pattern(
    r"^(?:the )?sum of (?P<each>[A-Za-z_][\w ]* (?:times|\*|x|×|multiplied by) [\w ]+)$", re.IGNORECASE
)
"""`Sum of quantity times unit price`, where one list only has such fields."""

NUMBER_UNITS = frozenset(
    ("g", "kg", "mg", "lb", "oz", "cents", "ms", "seconds", "minutes", "hours", "usd", "eur", "cm", "mm", "m", "km")
)
"""Last words of names that are units: `weight_g` is a weight."""

IN_UNIT = lazy_pattern(r",? \(?in (?:cents|euros?|dollars|grams?|kg|g|seconds|minutes|[A-Z]{3})\)?$", re.IGNORECASE)

IN_PAST = lazy_pattern(
    r",? (?:when (?:it|they) (?:was|were)|at the (?:time|moment) (?:when (?:it|they) (?:was|were)|of)) [\w ]+\.?$",
    re.IGNORECASE,
)
"""When the other values were so: an item shows the figure of its creation."""

PREFIX = lazy_pattern(
    r"^(?:it is |is |equals |equal to |= ?|calculated as |computed as |the product of )", re.IGNORECASE
)


class Figure(NamedTuple):
    """`field` has the value of an expression over other fields; `slack` is by how much rounding may change it.

    With `within`, they are fields of each entry of that list.
    """

    field: str
    value: Value
    text: str
    slack: Fraction
    source: str
    within: str = ""

    def is_right(self, item: Mapping[str, Any]) -> bool | None:
        """Does an item show the value that follows from its other fields? None if it does not show all of them."""
        if self.within:
            entries, each = item.get(self.within), self._replace(within="")
            known = entries if isinstance(entries, list) else ()
            judged = [each.is_right(one) for one in known if isinstance(one, dict)]
            return None if not judged or None in judged else all(judged)
        shown, wanted = number_in(item.get(self.field)), self.value(item)
        if shown is None or wanted is None:
            return None
        return abs(shown - wanted) <= self.slack + abs(wanted) * Fraction(1, 10**9)


def figures(
    schemas: Schemas, fields: Mapping[str, str], joined: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Figure]:
    """What the descriptions of the numbers of an item say; `fields` has the pointers to the schemas of its fields.

    `joined` has those of lists of other items that the item refers to, which a description may name too.
    A description counts only if all of its words belong to the expression, so nothing is read that it does not say.
    Those of the objects in lists follow from fields of the same object.
    """
    yield from _figures(schemas, fields, joined)
    for name, pointer in fields.items():
        items = schemas.items(pointer)
        for each in _figures(schemas, schemas.properties(items), {}) if items is not None else ():
            yield each._replace(within=name)


def _figures(schemas: Schemas, fields: Mapping[str, str], joined: Mapping[str, str]) -> Iterator[Figure]:
    for name, pointer in fields.items():
        if schemas.types(pointer) & {"integer", "number"}:
            said = description(schemas, pointer)
            for sentence in said.sentences():
                rounded = ROUNDING.search(sentence)
                text = PREFIX.sub("", IN_UNIT.sub("", ROUNDING.sub("", IN_PAST.sub("", sentence)).strip(" .,")))
                value = formula(schemas, {**joined, **fields}, text)
                if value is not None:
                    is_whole = "integer" in schemas.types(pointer)
                    is_rounded = rounded is not None or (is_whole and "/" in text)
                    slack = Fraction(1) if is_rounded else Fraction(0) if is_whole else Fraction(1, 100)
                    yield Figure(name, value, _named(fields, text), slack, f'"{sentence}" ({said.pointer})')
                    break


def formula(schemas: Schemas, fields: Mapping[str, str], text: str) -> Value | None:
    """The value of a formula, such as `subtotal - discount` or `sum over lines of price times quantity`; else None.

    `fields` has the pointers to the schemas of the fields that it may name.
    """
    found = _duration(fields, text) or _comparison(fields, text) or _sum(schemas, fields, text)
    return found or _length(schemas, fields, text) or _expression(fields, text)


DURATION = lazy_pattern(
    r"^(?:the )?(?:duration in |length in |time in |number of )?(?:the )?(?:full |whole )?"
    r"(?P<unit>seconds|minutes|hours|days|nights|weeks) (?:from|between) (?:the )?(?P<first>[A-Za-z_]\w*)"
    r"(?: time| date)? (?:to|and|until) (?:the )?(?P<last>[A-Za-z_]\w*)(?: time| date)?$",
    re.IGNORECASE,
)
"""`Minutes from start to end`."""

UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400, "nights": 86400, "weeks": 604800}


def _duration(fields: Mapping[str, str], text: str) -> Value | None:
    """How long it is from one time of the item to another."""
    match, known = DURATION.match(text), {plain(name): name for name in fields}
    first, last = (known.get(plain(match[each]), "") if match else "" for each in ("first", "last"))
    return partial(_between, first, last, UNITS[match["unit"].lower()]) if match and first and last else None


def _between(first: str, last: str, unit: int, item: Mapping[str, Any]) -> Fraction | None:
    begin, end = (_moment(item.get(name)) for name in (first, last))
    return None if begin is None or end is None else Fraction((end - begin) / timedelta(microseconds=1)) / 10**6 / unit


def _moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC) if found is not None else None


def _comparison(fields: Mapping[str, str], text: str) -> Value | None:
    """1 if a number has reached another one, else 0: `amount_refunded >= amount`."""
    part, sign, whole = text.partition(" >= ")
    return partial(_is_reached, part, whole) if sign and {part, whole} <= fields.keys() else None


def _is_reached(part: str, whole: str, item: Mapping[str, Any]) -> Fraction | None:
    reached, wanted = number_in(item.get(part)), number_in(item.get(whole))
    return None if reached is None or wanted is None else Fraction(0 < wanted <= reached)


def _length(schemas: Schemas, fields: Mapping[str, str], text: str) -> Value | None:
    """How many entries a list of the item has: `number of lines`."""
    match = COUNT.match(text)
    said = match.groupdict() if match else {}
    wanted = noun(said.get("noun") or said.get("noun_too") or "")[-1:]
    rest = words(said.get("rest") or said.get("rest_too") or "")
    name = next((each for each, at in fields.items() if noun(each)[-1:] == wanted and schemas.items(at)), "")
    is_all = len(rest) == 0 or (rest[0] in AROUND and len(set(rest) - AROUND) <= 1)
    return partial(_entries_of, name) if match and name and is_all else None


def _entries_of(name: str, item: Mapping[str, Any]) -> Fraction | None:
    entries = item.get(name)
    return Fraction(len(entries)) if isinstance(entries, list) else None


def _named(fields: Mapping[str, str], text: str) -> str:
    """A text in which the names of fields are written as in the document, which reading it as Markdown may change."""
    known = {plain(name): name for name in fields}
    return re.sub(r"[A-Za-z_]\w*", lambda match: known.get(plain(match[0]), match[0]), text)


def _sum(schemas: Schemas, fields: Mapping[str, str], text: str) -> Value | None:
    for match in (SUM.match(text), SUM_OF_EACH.match(text)):
        wanted = noun(match["list"])[-1:] if match else ()
        name = next((each for each in fields if match and noun(each)[-1:] == wanted), "")
        items = schemas.items(fields[name]) if name else None
        each = _of_entry(schemas.properties(items), match["each"]) if match and items else None
        if each is not None:
            return partial(_summed, name, each)
    return _whole_sum(schemas, fields, text)


def _of_entry(fields: Mapping[str, str], text: str) -> Value | None:
    """An expression of fields of an entry, or one field by its plural: `quantities`, `line totals`."""
    known = {"".join(noun(name)): name for name in fields}
    known |= {
        "".join(words(name)[:-1]): name for name in fields if words(name)[-1:] and words(name)[-1] in NUMBER_UNITS
    }
    for each in fields:  # `unit price` of a sentence is the field `unit_price`
        text = (
            re.sub(rf"\b{' '.join(words(each))}\b", each, text, flags=re.IGNORECASE) if len(words(each)) > 1 else text
        )
    name = known.get("".join(noun("_".join(text.split()))))
    return partial(_field, name) if name else _expression(fields, text, least=1)


def _whole_sum(schemas: Schemas, fields: Mapping[str, str], text: str) -> Value | None:
    """The sum of a field of the entries of a list, where one list only has such a field."""
    of_entries = OF_ENTRIES.match(text)
    lists = {name: schemas.items(pointer) for name, pointer in fields.items() if of_entries}
    able = [
        (name, each)
        for name, items in lists.items()
        if of_entries and items and (each := _of_entry(schemas.properties(items), of_entries["each"])) is not None
    ]
    if len(able) == 1:
        return partial(_summed, *able[0])
    match = WHOLE_SUM.match(text)
    wanted = plain("_".join(noun(match["each"]))) if match else ""
    found = [
        (name, each)
        for name, pointer in fields.items()
        if match and (items := schemas.items(pointer)) is not None
        for each in schemas.properties(items)
        if plain(each) == wanted
    ]
    return partial(_summed, found[0][0], partial(_field, found[0][1])) if len(found) == 1 else None


def _summed(name: str, each: Value, item: Mapping[str, Any]) -> Fraction | None:
    entries = item.get(name)
    values = (
        [each(entry) if isinstance(entry, dict) else None for entry in entries] if isinstance(entries, list) else [None]
    )
    return None if any(value is None for value in values) else sum((v for v in values if v is not None), Fraction(0))


def _expression(fields: Mapping[str, str], text: str, least: int = 2) -> Value | None:
    """An expression of names of fields, numbers and operators, at least with so many names; None for other texts."""
    known = {plain(name): name for name in fields}
    words = TOKEN.findall(text.replace("`", ""))
    if "".join(words).replace(" ", "") != re.sub(r"[\s`]", "", text):
        return None
    values: list[Value] = []
    operators: list[str] = []
    names = 0
    for number, word in enumerate(words):
        if number % 2:
            operators.append(OPERATORS.get(word.lower(), ""))
        elif plain(word.partition(".")[0]) in known and "." in word:
            names += 1
            outer, _, inner = word.partition(".")
            values.append(partial(_inner, known[plain(outer)], inner))
        elif plain(word) in known:
            names += 1
            values.append(partial(_field, known[plain(word)]))
        elif re.fullmatch(r"[\d.]+", word):
            values.append(partial(_constant, Fraction(word)))
        else:
            return None
    is_whole = len(values) == len(operators) + 1 and all(operators)
    return _folded(values, operators) if is_whole and names >= least else None


def _field(name: str, item: Mapping[str, Any]) -> Fraction | None:
    return number_in(item.get(name))


def _inner(outer: str, name: str, item: Mapping[str, Any]) -> Fraction | None:
    """A number inside of an object of the item: `plan.price`."""
    held = item.get(outer)
    return number_in(held.get(name)) if isinstance(held, Mapping) else None


def _constant(value: Fraction, item: Mapping[str, Any]) -> Fraction | None:
    return value


def number_in(value: Any) -> Fraction | None:
    """A number of a JSON value; None for another value."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Fraction(str(value))


def _folded(values: list[Value], operators: list[str]) -> Value:
    """The values as one: times and divided by before plus and minus."""
    for among in ("*/", "+-"):
        rest, left = values[:1], []
        for operator, value in zip(operators, values[1:], strict=True):
            if operator in among:
                rest.append(partial(_combined, operator, rest.pop(), value))
            else:
                rest.append(value)
                left.append(operator)
        values, operators = rest, left
    return values[0]


def _combined(operator: str, one: Value, other: Value, item: Mapping[str, Any]) -> Fraction | None:
    left, right = one(item), other(item)
    if left is None or right is None or (operator == "/" and not right):
        return None
    return {"+": left + right, "-": left - right, "*": left * right, "/": left / (right or 1)}[operator]
