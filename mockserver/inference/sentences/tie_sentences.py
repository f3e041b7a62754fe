"""Descriptions that say how a sorted list orders items of the same value: "equal priorities are newest first"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mockserver.inference.names import noun
from mockserver.inference.sentences.descriptions import description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

TIE = lazy_pattern(
    r"\b(?:equal|same|identical) (?P<field>[a-z_]\w*)\b(?:[^.;,]{0,40}?)\b(?:are|come|is|sorted|ordered|by|in)\b"
    r"(?:[^.;,]{0,20}?)(?:\b(?P<when>newest|latest|most recent|oldest|earliest)(?: ones?)? first\b"
    r"|\b(?:in (?:the )?order of|sorted by|ordered by|by) (?:their |its |the )?(?P<by>[a-z_]\w*)\b)",
    re.IGNORECASE,
)


class Tie(NamedTuple):
    """Items with the same `field` are in the order of `by`, or else of their creation; perhaps `backwards`."""

    field: str
    by: str
    backwards: bool
    source: str


def ties(schemas: Schemas, pointers: Sequence[str], fields: Iterable[str]) -> list[Tie]:
    """What the descriptions at `pointers` say of items that have the same value in one of `fields`."""
    known, found = {noun(name): name for name in fields}, []
    for pointer in pointers:
        said = description(schemas, pointer)
        for sentence in said.sentences():
            match = TIE.search(sentence)
            field = known.get(noun(match["field"]), "") if match is not None else ""
            by = known.get(noun(match["by"]), "") if match is not None and match["by"] else ""
            if match is not None and field and (by or match["when"]):
                is_back = bool(match["when"]) and match["when"].lower() in ("newest", "latest", "most recent")
                found.append(Tie(field, by, is_back, f'"{sentence}" ({said.pointer})'))
    return found
