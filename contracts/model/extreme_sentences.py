"""Descriptions of fields that show the highest or lowest value of other items: "the latest date of a visit"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mockserver.inference.names import noun, words
from mockserver.inference.sentences.descriptions import description
from mockserver.openapi.schemas import Schemas

HIGHEST = frozenset(("latest", "highest", "largest", "greatest", "biggest", "longest", "maximum", "maximal"))
LOWEST = frozenset(("earliest", "lowest", "smallest", "least", "shortest", "minimum", "minimal"))

EXTREME = re.compile(
    rf"^(?:the )?(?P<which>{'|'.join(sorted(HIGHEST | LOWEST))}) (?P<each>[a-z_]+(?: [a-z_]+)?)"
    r" (?:of|among|over|in) (?:(?:an?|all|any|the|its|their|these|those) )*"
    r"(?P<noun>[a-z_]+)(?: of (?:the|this) [a-z_]+)?$",
    re.IGNORECASE,
)


class Extreme(NamedTuple):
    """`field` of an item is the highest, or lowest, value of `each` of the items called `noun`."""

    field: str
    each: str
    noun: str
    is_highest: bool
    source: str


def extremes(schemas: Schemas, shown: Mapping[str, str]) -> Iterator[Extreme]:
    """What the descriptions of the fields of an item say; `shown` has the pointers to their schemas."""
    for field, pointer in shown.items():
        said = description(schemas, pointer)
        for sentence in said.sentences():
            found = EXTREME.search(sentence.split(";")[0].split(",")[0].strip())
            if found is not None:
                is_highest = found["which"].lower() in HIGHEST
                each = "_".join(words(found["each"]))
                yield Extreme(field, each, noun(found["noun"])[-1], is_highest, f'"{sentence}" ({said.pointer})')
                break
