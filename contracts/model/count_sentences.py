"""Descriptions of figures that follow from other items: "the number of employees", "the sum of all refunds"."""

from __future__ import annotations

import re
from typing import NamedTuple

from mockserver.inference.descriptions import description
from mockserver.inference.names import noun, words
from mockserver.openapi.schemas import Schemas

ALL = r"(?:(?:all|its|the|their|our|your) )*"

COUNT = re.compile(
    rf"^(?:the )?(?:total |current )?(?:number|count) of {ALL}(?P<noun>[a-z]\w*)(?P<rest>.*)$|"
    rf"^how many {ALL}(?P<noun_too>[a-z]\w*)(?P<rest_too>.*)$",
    re.IGNORECASE,
)

SUM = re.compile(
    rf"^(?:the )?(?:sum|total) of {ALL}(?:(?P<each>[a-z]\w*) of {ALL})?(?P<noun>[a-z]\w*)(?P<rest>)$",
    re.IGNORECASE,
)

AROUND = frozenset((
    "of", "in", "on", "for", "with", "to", "at", "below", "under", "that", "which", "it", "its", "this", "the", "a",
    "an",
    "there", "are", "is", "has", "have", "had", "were", "was", "been", "belong", "belongs", "cast", "made", "exist",
    "stored", "so", "far", "received", "given", "added", "written", "posted",
))  # fmt: skip
"""Words after what is counted that select nothing among it."""


class Counted(NamedTuple):
    """A figure counts things called `noun`, or (`is_sum`) is the sum of their field `each`, empty if none is named."""

    noun: str
    is_sum: bool
    each: str
    sentence: str
    pointer: str

    @property
    def source(self) -> str:
        """The sentence and where it is."""
        return f'"{self.sentence}" ({self.pointer})'


def counted(schemas: Schemas, pointer: str, owner: str) -> Counted | None:
    """What the description of a number at `pointer`, of an item called `owner`, says; None if nothing is counted."""
    if not schemas.types(pointer) & {"integer", "number"}:
        return None
    said = description(schemas, pointer)
    for sentence in said.sentences():
        for form in (COUNT, SUM):
            match = form.match(sentence)
            if match is None:
                continue
            groups = match.groupdict()
            rest = (groups["rest"] or groups.get("rest_too") or "").lower()
            if set(words(rest)) <= AROUND | {noun(owner)[-1], *words(owner)}:
                named = groups["noun"] or groups["noun_too"]
                return Counted(noun(named)[-1], form is SUM, groups.get("each") or "", sentence, said.pointer)
    return None
