"""Sentences that say how much items have together: "all entries of one day together have at most 1440 minutes"."""

from __future__ import annotations

import re
from typing import NamedTuple

from mockserver.inference.names import noun, words
from mockserver.inference.sentences.refusal_sentences import refusal_sentences
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

TOGETHER = lazy_pattern(
    r"(?P<items>[^.;]*)\btogether\b[^.;]*?\b(?:at most|up to|no more than|not (?:more than|exceed))"
    r" (?P<most>\d{1,9}) (?P<field>[a-z_]+)|"
    r"\b(?:sum|total) of (?:the |all )*(?P<of>[a-z_]+) of (?:the |all )*(?P<things>[a-z]+)\b[^.;]*?"
    r"\b(?:at most|up to|no more than|(?:cannot|must not|may not|not) exceed) (?P<limit>\d{1,9})\b",
    re.IGNORECASE,
)


class SumSentence(NamedTuple):
    """The values of `field` of items that are alike otherwise are `most` at most, taken together.

    `items` is what the sentence calls them: "all entries of a user for one day".
    """

    field: str
    most: int
    source: str
    items: str = ""


def sum_limit(schemas: Schemas, operation: Operation, name: str, fields: list[str]) -> SumSentence | None:
    """What sentences about the create of items called `name` say of one of its numbers; None if they say nothing."""
    for sentence in refusal_sentences(schemas, operation):
        found = TOGETHER.search(sentence.text)
        if found is None or noun(name)[-1] not in {noun(each)[-1] for each in words(found["items"] or found["things"])}:
            continue
        word = noun(found["field"] or found["of"])[-1]
        named = next((each for each in fields if noun(each)[-1] == word), "")
        if named:
            return SumSentence(named, int(found["most"] or found["limit"]), sentence.source, found["items"] or "")
    return None
