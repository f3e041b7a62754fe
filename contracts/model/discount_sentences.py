"""Sentences about codes that lower a price: "`SAVE10` takes ten percent off the subtotal, rounded down"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import partial
from math import floor
from typing import Any, NamedTuple

from mockserver.inference.names import noun, plain, words
from mockserver.inference.sentences.figure_sentences import Figure, number_in
from mockserver.inference.sentences.refusal_sentences import operation_sentences
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

WRITTEN = {
    "five": 5, "ten": 10, "fifteen": 15, "twenty": 20, "twenty-five": 25, "thirty": 30, "forty": 40, "fifty": 50,
    "half": 50,
}  # fmt: skip

TAKES_OFF = re.compile(
    r"(?<![\w-])(?P<code>[A-Z][A-Z0-9_-]{2,}) (?:takes?|gives?|means|is|cuts?|deducts?) "
    rf"(?P<share>\d{{1,2}}|{'|'.join(WRITTEN)}) ?(?:%|per ?cents?) (?:off|of|from) (?:the |its )?(?P<base>[a-z_]\w*)",
)
"""How a sentence says which part of a number a code takes off."""

ROUNDED_DOWN = re.compile(r"\brounded down\b", re.IGNORECASE)

DISCOUNTS = frozenset(("discount", "reduction", "rebate", "saving", "savings"))
"""Words in the name of the number that is taken off."""


NUMBERS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip

MANY = rf"(?P<many>\d{{1,4}}|{'|'.join(NUMBERS)})"
SHARE = rf"(?P<share>\d{{1,2}}|{'|'.join(WRITTEN)}) ?(?:%|per ?cent) (?:off|less|cheaper|discount|reduction|rebate)"
UP = r"(?:(?:and|or) (?:more|longer|over|above|up)|up(?:wards)?|on(?:wards)?)"

FROM_MANY = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{MANY} (?P<unit>[a-z_]+) {UP}\b[^.;]*?\b{SHARE}",
        rf"\b{MANY} (?:or|and) more (?P<unit>[a-z_]+)\b[^.;]*?\b{SHARE}",
        rf"\bat least {MANY} (?P<unit>[a-z_]+)\b[^.;]*?\b{SHARE}",
        (
            rf"\b{SHARE} (?:for|from|with|on) (?:at least {MANY} (?P<unit>[a-z_]+)|{MANY.replace('many', 'many_up')} "
            rf"(?:(?P<unit_up>[a-z_]+) {UP}|(?:or|and) more (?P<unit_more>[a-z_]+)))\b"
        ),
    )
)
"""How a sentence says that so many of something cost less each: "six months and more get ten percent off"."""


class QuantityDiscount(NamedTuple):
    """Of `field` of a create request, `least` and more cost less by `share`."""

    field: str
    least: int
    share: Fraction
    source: str


def quantity_discounts(schemas: Schemas, operation: Operation, asked: Mapping[str, str]) -> Iterator[QuantityDiscount]:
    """What sentences about a create say of the price of many; `asked` has the fields of the request.

    A sentence about two steps, or with a condition besides, is none of these.
    """
    numbers = [name for name, at in asked.items() if schemas.types(at) == {"integer"}]
    for each in operation_sentences(schemas, operation):
        match = next((found for form in FROM_MANY if (found := form.search(each.text)) is not None), None)
        if match is None or len(re.findall(r"%|\bper ?cent", each.text)) > 1:
            continue
        said = {name.partition("_")[0]: value for name, value in match.groupdict().items() if value is not None}
        field = next((name for name in numbers if noun(name)[-1] == noun(said["unit"])[-1]), "")
        many, share = said["many"].lower(), said["share"].lower()
        least = NUMBERS.index(many) + 1 if many in NUMBERS else int(many)
        if field and least > 1:
            part = Fraction(WRITTEN.get(share) or int(share), 100)
            yield QuantityDiscount(field, least, part, each.source)


def discounts(schemas: Schemas, operation: Operation, fields: Mapping[str, str]) -> Iterator[Figure]:
    """What sentences about a create say of the discount of an item with a code; `fields` has its fields.

    The item must have one number for it. Without "rounded down" it may differ by one.
    """
    numbers = [name for name, at in fields.items() if schemas.types(at) & {"integer", "number"}]
    figures = [name for name in numbers if DISCOUNTS & set(words(name))]
    said = list(operation_sentences(schemas, operation))
    is_down = any(ROUNDED_DOWN.search(each.text) for each in said)
    for each in said if len(figures) == 1 else ():
        for match in TAKES_OFF.finditer(each.text):
            base = next((name for name in numbers if plain(name) == plain(match["base"])), "")
            share = WRITTEN.get(match["share"]) or int(match["share"])
            if base:
                value = partial(_taken_off, match["code"], base, Fraction(share, 100), is_down)
                slack = Fraction(0) if is_down and "integer" in schemas.types(fields[figures[0]]) else Fraction(1)
                text = f"{share} percent of {base}{', rounded down,' if is_down else ''} with {match['code']}"
                yield Figure(figures[0], value, text, slack, each.source)


def _taken_off(code: str, base: str, share: Fraction, is_down: bool, item: Mapping[str, Any]) -> Fraction | None:
    """The part of the number; None for an item without the code."""
    whole = number_in(item.get(base))
    if whole is None or code not in item.values():
        return None
    return Fraction(floor(whole * share)) if is_down else whole * share
