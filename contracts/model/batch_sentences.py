"""Sentences that say that a request about several items does all or nothing: "Creates all bookings or none"."""

from __future__ import annotations

import re

from mockserver.inference.sentences.refusal_sentences import Sentence, operation_sentences
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

ALL_OR_NONE = re.compile(
    r"\ball\b[^.]{0,40}\bor (?:none|nothing)\b|\ball[- ]or[- ](?:none|nothing)\b|\batomic(?:ally)?\b|"
    r"\bnone (?:of them )?(?:is|are) (?:created|stored|saved|added|changed)\b|\bin (?:one|a single) transaction\b",
    re.IGNORECASE,
)

NOT = re.compile(r"\bnot (?:be )?atomic|\bnon-atomic|\bindependent|\bpartial", re.IGNORECASE)


def says_all_or_none(schemas: Schemas, operation: Operation) -> Sentence | None:
    """The sentence about an operation that says so; None if there is none."""
    said = (each for each in operation_sentences(schemas, operation) if ALL_OR_NONE.search(each.text))
    return next((each for each in said if not NOT.search(each.text)), None)
