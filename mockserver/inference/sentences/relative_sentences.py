"""Sentences by which a request depends on what is stored: "more than what is left", "there is too little in stock"."""

from __future__ import annotations

import re

from mockserver.inference.names import plain
from mockserver.inference.sentences.refusal_sentences import Sentence, refusal_sentences
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

COMPARED = (
    "more|less|fewer|greater|higher|lower|larger|smaller|longer|shorter|wider|narrower|heavier|lighter|taller|deeper|"
    "bigger|older|younger|faster|slower"
)

RELATIVE = lazy_pattern(
    rf"\b(?:{COMPARED}|earlier|later) (?:\w+ )?than "
    r"(?:what|the|its|their|there|is|are|was)\b"
    r"|\bexceed|\benough\b|\b(?:in)?sufficient\b|\bleft\b|\bremain|\bavailable\b"
    r"|\btoo (?:little|few|many|much|late|early|small|big|large)\b|\b(?:in|out of|the) stock\b|\bbalance\b|\boverlap"
    r"|\bsold out\b|\bfull\b|\bno (?:more )?(?:free|room|seats?|places?|spots?)\b",
    re.IGNORECASE,
)
"""How a sentence compares what a request asks for with what there is."""


THAN = lazy_pattern(rf"\b(?:{COMPARED}) (?:\w+ )?than (\w+)", re.IGNORECASE)
"""The same with the name of a field: "the room has fewer places than `attendees`"."""

REFUSES = lazy_pattern(r"\brefuse|\breject|\b4\d\d\b|\bcannot\b|\bmust not\b", re.IGNORECASE)


def relative_sentence(schemas: Schemas, operation: Operation) -> str:
    """The first sentence by which a valid request may be refused because of what is stored; empty if there is none."""
    said = refusal_sentences(schemas, operation)
    return next((each.text for each in said if _is_relative(schemas, operation, each.text)), "")


def _is_relative(schemas: Schemas, operation: Operation, text: str) -> bool:
    if RELATIVE.search(text):
        return True
    content = operation.request_body.content if operation.request_body is not None else ()
    sent = {plain(name) for media in content if media.schema for name in schemas.properties(media.schema)}
    return any(plain(word) in sent for word in THAN.findall(text))


def refused_for_amount(schemas: Schemas, operation: Operation) -> Sentence | None:
    """The first sentence that says so of a client error, or that says that the request is refused; None without one."""
    for each in refusal_sentences(schemas, operation):
        if _is_relative(schemas, operation, each.text) and (each.status or REFUSES.search(each.text)):
            return each
    return None
