"""Descriptions of fields that show the highest or lowest value of other items: "the latest date of a visit"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mockserver.inference.names import noun, words
from mockserver.inference.sentences.descriptions import description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

HIGHEST = frozenset(("latest", "highest", "largest", "greatest", "biggest", "longest", "maximum", "maximal"))
LOWEST = frozenset(("earliest", "lowest", "smallest", "least", "shortest", "minimum", "minimal"))

EXTREME = lazy_pattern(
    rf"^(?:the )?(?P<which>{'|'.join(sorted(HIGHEST | LOWEST))}) (?P<each>[a-z_]+(?: [a-z_]+)?)"
    r" (?:of|among|over|in) (?:(?:an?|all|any|the|its|their|these|those) )*"
    r"(?P<noun>[a-z_]+)(?: (?:of|in|at) (?:the|this) [a-z_]+| on record| so far| recorded)*$",
    re.IGNORECASE,
)

EMPTY = re.compile(r"\bnull (?:when|if|while|without|until|as long as|for)\b", re.IGNORECASE)
"""How a description says that the field is null without any item."""


class Extreme(NamedTuple):
    """`field` of an item is the highest, or lowest, value of `each` of the items called `noun`.

    `is_null` says that the field is null without any.
    """

    field: str
    each: str
    noun: str
    is_highest: bool
    source: str
    is_null: bool = False


def extremes(schemas: Schemas, shown: Mapping[str, str]) -> Iterator[Extreme]:
    """What the descriptions of the fields of an item say; `shown` has the pointers to their schemas."""
    for field, pointer in shown.items():
        said = description(schemas, pointer)
        for sentence in said.sentences():
            found = EXTREME.search(sentence.split(";")[0].split(",")[0].strip())
            if found is not None:
                is_highest = found["which"].lower() in HIGHEST
                each = "_".join(words(found["each"]))
                source, is_null = f'"{sentence}" ({said.pointer})', EMPTY.search(said.text) is not None
                yield Extreme(field, each, noun(found["noun"])[-1], is_highest, source, is_null)
                break


def meant_field(schemas: Schemas, asked: Mapping[str, str], each: str) -> str:
    """The field of a request that a sentence calls `each`: by its name, or the only date where it says "day"."""
    named = next((name for name in asked if "_".join(words(name)) == each), "")
    form = FORMATS.get(each, "")
    dates = [name for name, at in asked.items() if form and schemas.keyword(at, "format") == form]
    return named or (dates[0] if len(dates) == 1 else "")


FORMATS = {"day": "date", "date": "date", "time": "date-time", "moment": "date-time"}
"""What sentences call a field of a format, whatever its name is."""
