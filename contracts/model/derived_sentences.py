"""Descriptions of figures that follow from fields which clients send, in whatever way: "1 % of the insured value"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from contracts.model.resources import ResourceOperation
from mockserver.inference.names import noun, words
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.sentences.refusal_sentences import operation_sentences
from mockserver.openapi.schemas import Schemas

FIXED = re.compile(
    r"\b(?:at|since|when|from|upon|on) (?:the |its )?(?:time|start|moment|creation|beginning|booking|created|issued)\b|"
    r"\b(?:original|initial|first|last|previous|history|stays|fixed|frozen|never changes|number of|count)\b",
    re.IGNORECASE,
)
"""What says that a figure is about another time, or counts something."""

ANEW = re.compile(
    r"\b(?P<what>[a-z]+) (?:is|are|gets?|will be) (?:then )?"
    r"(?:re-?(?:calculated|computed)|(?:calculated|computed|worked out) (?:anew|again|afresh))\b",
    re.IGNORECASE,
)
"""How an update says that a figure follows what is changed: "the price is calculated anew"."""

UNITS = frozenset(("cents", "cent", "grams", "gram", "kg", "minutes", "seconds", "hours", "days", "id", "at", "total"))
"""Words of names that say the unit, or nothing."""


class DerivedFigure(NamedTuple):
    """The number `field` follows from what clients send."""

    field: str
    source: str


def derived_figures(
    schemas: Schemas, shown: Mapping[str, str], sent: Mapping[str, str], update: ResourceOperation
) -> Iterator[DerivedFigure]:
    """The numbers of an item, by the pointers in `shown`, that follow from the fields in `sent`, as a sentence says."""
    said = [
        (each, found) for each in operation_sentences(schemas, update.operation) if (found := ANEW.search(each.text))
    ]
    for name, pointer in shown.items():
        if name in sent or not schemas.types(pointer) & {"integer", "number"} or words(name)[-1:] == ("id",):
            continue
        own = [each for each in words(name) if each not in UNITS] or words(name)
        anew = next((each for each, found in said if noun(found["what"])[-1] in own), None)
        text = description(schemas, pointer)
        named = next((s for s in text.sentences() if _names(s, sent) and not FIXED.search(s)), None)
        if anew is not None:
            yield DerivedFigure(name, anew.source)
        elif named is not None and not any(FIXED.search(each) for each in text.sentences()):
            yield DerivedFigure(name, f'"{named}" ({text.pointer})')


def _names(sentence: str, sent: Mapping[str, str]) -> bool:
    """Does a sentence name one of the fields?"""
    told = {each for word in words(sentence) for each in (word, *noun(word))}
    for name in sent:
        meant = [each for each in words(name) if each not in UNITS]
        if meant and all(each in told for each in meant):
            return True
    return False
