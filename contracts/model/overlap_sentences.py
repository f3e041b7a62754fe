"""Sentences by which two items may not share a time: "The room is taken on one of the days", "bookings overlap"."""

from __future__ import annotations

import re

from mockserver.inference.descriptions import is_taken_at_times
from mockserver.inference.refusal_sentences import Sentence, refusal_sentences
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

OVERLAPS = re.compile(
    r"\boverlap|\b(?:is|are|was|has been|not) (?:\w+ ){0,3}"
    r"(?:on|at|for|during|in|within|between) (?:one of |any of |some of )?(?:the|these|those|this|that) (?:\w+ )?"
    r"(?:times?|days?|dates?|periods?|slots?|ranges?|nights?|hours?)\b",
    re.IGNORECASE,
)

MAY = re.compile(
    r"\bmay overlap|\bcan overlap|\boverlapp?ing \w+ (?:are|is) (?:allowed|accepted)|\bunless\b", re.IGNORECASE
)

CONFLICTS = ("409", "422")


def says_no_overlap(schemas: Schemas, operation: Operation) -> Sentence | None:
    """The sentence about a refusal for which the times of two items overlap; None if there is none."""
    for each in refusal_sentences(schemas, operation):
        is_said = OVERLAPS.search(each.text) is not None or is_taken_at_times(each.text)
        if each.status in CONFLICTS and is_said and not MAY.search(each.text):
            return each
    return None
