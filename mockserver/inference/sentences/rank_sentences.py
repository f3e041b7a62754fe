"""Descriptions that say in which order the values of an `enum` are sorted: "least urgent first (low, normal, high)"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from mockserver.inference.sentences.descriptions import description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

QUOTES = r"[\s'\"`*“”]*"

BETWEEN = rf"{QUOTES}(?P<sign>,? ?(?:and then|then|before|followed by|and|to)\b|,|<|>|→|->|/){QUOTES}"
"""What is written between two values of an order."""

ORDERED = lazy_pattern(
    r"\b(?:first|order(?:ed)?|rank(?:ed)?|ascending|descending|lowest|highest|least|from|before|then)\b|[<>→]",
    re.IGNORECASE,
)
"""A text with the values that has none of these may only say which ones there are."""

CONTEXT = 120
"""So many characters before the values may say that they are an order."""


class Rank(NamedTuple):
    """The values of a field in the order of an ascending list, and the text that says so with its place."""

    values: tuple[str, ...]
    source: str


def rank(schemas: Schemas, pointers: Sequence[str], values: Sequence[str], choices: Mapping[str, bool]) -> Rank | None:
    """The order of all `values`, by the first description at `pointers` that lists them; None if there is none.

    `choices` are the values of the sort parameter that sort by this field, and whether they mean a descending list: the
    text is about the one that comes last before the list.
    """
    if len(values) < 2:
        return None
    one = "|".join(sorted(map(re.escape, values), key=len, reverse=True))
    listed = re.compile(
        rf"(?<![\w-])(?:{one})(?:{BETWEEN.replace('?P<sign>', '?:')}(?:{one})){{{len(values) - 1}}}(?![\w-])"
    )
    for pointer in pointers:
        said = description(schemas, pointer)
        for found in listed.finditer(said.text):
            before = said.text[max(found.start() - CONTEXT, 0) : found.start()]
            order = re.findall(rf"(?<![\w-])(?:{one})(?![\w-])", found[0])
            if sorted(order) == sorted(values) and ORDERED.search(f"{_last_sentence(before)} {found[0]}"):
                is_back = (">" in found[0].replace("->", "")) is not _is_backwards(said.text[: found.start()], choices)
                text = " ".join(f"{_last_sentence(before)}{found[0]}".split())
                return Rank(tuple(reversed(order) if is_back else order), f'"{text}" ({said.pointer})')
    return None


def _last_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?;])\s", text)[-1]


def _is_backwards(before: str, choices: Mapping[str, bool]) -> bool:
    """Is the value of the sort parameter that is named last before the list a descending one?"""
    named = {
        value: [m.end() for m in re.finditer(rf"(?<![\w-]){re.escape(value)}(?![\w-])", before)] for value in choices
    }
    last = (
        max((places[-1], choices[value]) for value, places in named.items() if places)
        if any(named.values())
        else (0, False)
    )
    return last[1]
