"""Descriptions that say that a number is the mean of a number of other items: "Mean of the stars of all ratings"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mockserver.inference.names import noun, singular, words
from mockserver.inference.sentences.descriptions import description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

MEAN = lazy_pattern(r"\b(?:mean|average)\b (?:\w+ )?(?:of|over|from|across)\b (?P<rest>[^.;]+)", re.IGNORECASE)

ELSE = lazy_pattern(
    r"\b(?:weight(?:ed)?|harmonic|geometric|median|moving|bayesian|last|recent|past|verified|approved|truncated|cut|floor|down)\b",
    re.IGNORECASE,
)
"""What says that it is another mean, or one of some items only."""

DECIMALS = lazy_pattern(
    r"\b(?P<number>\d|one|two|three|four) (?:decimals?|decimal (?:places?|digits?)|digits? after)\b|\bwhole number",
    re.IGNORECASE,
)
NUMBERS: Mapping[str, int] = {"one": 1, "two": 2, "three": 3, "four": 4}


class Mean(NamedTuple):
    """The number at `place` of an item is the mean of `field` of other items, with `digits` decimals if said."""

    place: tuple[str, ...]
    field: str
    digits: int | None
    source: str
    pointer: str


def means(schemas: Schemas, shown: Mapping[str, str], asked: Mapping[str, str], child: str) -> Iterator[Mean]:
    """The numbers of an item that are means of the numbers of its `child` items.

    `shown` has the pointers to the fields of the item, and `asked` those to the fields of a request for a child.
    """
    numbers = [name for name, at in asked.items() if schemas.types(at) & {"integer", "number"}]
    for place, pointer in _numbers(schemas, shown):
        said = description(schemas, pointer)
        for sentence in said.sentences():
            found = MEAN.search(sentence)
            if found is None or ELSE.search(sentence):
                continue
            used = {singular(word) for word in words(found["rest"])}
            named = [name for name in numbers if set(noun(name)) <= used]
            is_of_child = noun(child)[-1] in used
            field = named[0] if len(named) == 1 else numbers[0] if len(numbers) == 1 and is_of_child else ""
            if field:
                is_whole = "integer" in schemas.types(pointer)
                yield Mean(place, field, _digits(sentence, is_whole), f'"{sentence}" ({said.pointer})', pointer)
                break


def _numbers(schemas: Schemas, shown: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The numbers of an item and of the objects in it."""
    for name, pointer in shown.items():
        if schemas.types(pointer) & {"integer", "number"}:
            yield (name,), pointer
        for inner, at in schemas.properties(pointer).items() if "object" in schemas.types(pointer) else ():
            if schemas.types(at) & {"integer", "number"}:
                yield (name, inner), at


def _digits(sentence: str, is_whole: bool) -> int | None:
    found = DECIMALS.search(sentence)
    if is_whole or (found is not None and found["number"] is None):
        return 0
    if found is None:
        return None
    return NUMBERS.get(found["number"].lower()) or int(found["number"])
