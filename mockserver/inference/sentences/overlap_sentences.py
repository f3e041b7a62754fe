"""Sentences by which two items may not share a time: "The room is taken on one of the days", "bookings overlap"."""

from __future__ import annotations

import re

from mockserver.inference.sentences.descriptions import is_taken_at_times
from mockserver.inference.sentences.refusal_sentences import Sentence, operation_sentences, refusal_sentences
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

OVERLAPS = lazy_pattern(
    r"\boverlap|\b(?:is|are|was|has been|not) (?:\w+ ){0,3}"
    r"(?:on|at|for|during|in|within|between) (?:(?:one|some|any|all|(?:any |some |a )?parts?) of )?"
    r"(?:the|these|those|this|that) (?:\w+ )?"
    r"(?:times?|days?|dates?|periods?|slots?|ranges?|nights?|hours?)\b",
    re.IGNORECASE,
)

MAY = lazy_pattern(
    r"\bmay overlap|\bcan overlap|\boverlapp?ing \w+ (?:are|is) (?:allowed|accepted)|\bunless\b", re.IGNORECASE
)

ADJACENT = lazy_pattern(
    r"\b(?:may|can) (?:also )?(?:start|begin)s? (?:\w+ ){0,5}(?:when|as|where|that|moment|time|day|hour|once) "
    r"(?:\w+ ){1,5}(?:ends|is over|finishes|has ended)\b",
    re.IGNORECASE,
)
"""How a sentence says that one item may follow another at once: "may start at the very moment another one ends"."""

REFUSES = lazy_pattern(r"\brefuse|\breject|\b4(?:09|22)\b|\bcannot\b|\bmust not\b|\bmay not\b", re.IGNORECASE)
"""What a sentence about the operation itself says of such a request."""

CONFLICTS = ("409", "422")


def says_no_overlap(schemas: Schemas, operation: Operation) -> Sentence | None:
    """The sentence about a refusal for which the times of two items overlap; None if there is none."""
    for each in refusal_sentences(schemas, operation):
        is_said = OVERLAPS.search(each.text) is not None or is_taken_at_times(each.text)
        is_refusal = each.status in CONFLICTS or (not each.status and REFUSES.search(each.text) is not None)
        if is_refusal and is_said and not MAY.search(each.text):
            return each
    return None


def says_adjacent(schemas: Schemas, operation: Operation) -> Sentence | None:
    """The sentence by which one item may begin when another one ends; None if there is none."""
    return next((each for each in operation_sentences(schemas, operation) if ADJACENT.search(each.text)), None)
