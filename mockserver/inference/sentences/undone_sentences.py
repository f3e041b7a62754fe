"""Sentences that say that an action gives back what a create took: "puts its pieces back in stock"."""

from __future__ import annotations

import re

from mockserver.inference.sentences.refusal_sentences import Sentence, operation_sentences
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

BACK = lazy_pattern(
    r"\b(?:puts?|gives?|pays?|books?|moves?|takes?|returns?|goes|go) (?:[^.;]{1,60} )?back\b"
    r"|\brestock|\brefund|\brestor"
    r"|\b(?:available|free) again\b|\breturns? [^.;]{1,60} to (?:the|its|their) (?:stock|balance|account|wallet)\b",
    re.IGNORECASE,
)
"""How a sentence says that an action undoes what was taken."""

DOUBT = lazy_pattern(r"\b(?:if|unless|when|once|part(?:ly|ial\w*)?|may|might|minus|less|fees?|not)\b", re.IGNORECASE)


def undoing_sentence(schemas: Schemas, operation: Operation) -> Sentence | None:
    """The first sentence about an operation that says so without a condition; None if there is none."""
    for each in operation_sentences(schemas, operation):
        if BACK.search(each.text) and not DOUBT.search(each.text):
            return each
    return None
