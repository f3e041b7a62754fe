"""Sentences by which a request depends on what is stored: "more than what is left", "there is too little in stock"."""

from __future__ import annotations

import re

from mockserver.inference.names import plain
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.sentences.refusal_sentences import Sentence, refusal_sentences
from mockserver.inference.values.amounts import amount_name
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

PERMITTED = lazy_pattern(
    r"\b(?:may|can|could) (?!not\b)(?:\w+ )?(?:overlap|exceed|remain)\w*"
    r"|\boverlap\w*(?: \w+){0,3} (?:is|are) (?:fine|allowed|permitted|accepted)",
    re.IGNORECASE,
)
"""How a sentence allows this instead: "appointments may overlap"."""

THAN = lazy_pattern(rf"\b(?:{COMPARED}) (?:\w+ )?than (\w+)", re.IGNORECASE)
"""The same with the name of a field: "the room has fewer places than `attendees`"."""

REFUSES = lazy_pattern(r"\brefuse|\breject|\b4\d\d\b|\bcannot\b|\bmust not\b", re.IGNORECASE)


def relative_sentence(schemas: Schemas, operation: Operation) -> str:
    """The first sentence by which a valid request may be refused because of what is stored; empty if there is none."""
    said = refusal_sentences(schemas, operation)
    return next((each.text for each in said if _is_relative(schemas, operation, each.text)), "")


def _is_relative(schemas: Schemas, operation: Operation, text: str) -> bool:
    if RELATIVE.search(PERMITTED.sub("", text)):
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


NO_LESS = (
    r"(?:negative|less than (?:zero|0|nothing)|(?:below|under) (?:zero|0|nothing))\b",
    r"(?:non-?negative|at least (?:zero|0)|(?:zero|0) or more|at or above (?:zero|0))\b",
)
NOT = r"(?:cannot|can not|can['’]t|(?:can|must|may|will|is)(?: not|n['’]t| never)|never)"
FLOOR = lazy_pattern(
    r"\b(?P<what>[a-z_]\w*)(?: of (?:the|an?|each|every|any|its) [a-z]\w*)? "
    rf"(?:{NOT}(?: ever)? (?:(?:become|be|go|get|fall|drop|sink|turn)s?(?:es)? )?{NO_LESS[0]}|"
    rf"(?:must|has to|always)(?: always)? (?:stay|remain|be|is)s? {NO_LESS[1]})",
    re.IGNORECASE,
)
"""How a sentence says that a figure stays above zero: "The stock cannot become negative"."""

OWN_FLOOR = lazy_pattern(
    rf"(?:^|[,;(] ?|\b(?:is|it) )(?:{NOT}|never)(?: (?:be|becomes?|falls?|drops?|goes|go))? {NO_LESS[0]}", re.IGNORECASE
)
"""How the description of a number says so: "Pieces on the shelf, never negative"."""

SHORT = lazy_pattern(
    r"\bnot enough\b|\binsufficient\b|\btoo (?:little|few) (?:in stock|left|available|on the|of it)\b|\bout of stock\b|"
    r"\bmore than (?:there is|there are|what is|is (?:left|there|available|in)|are (?:left|there|available))\b",
    re.IGNORECASE,
)
"""How an error says that there is too little: "Not enough in stock"."""

OF_SHORTAGE = frozenset(("402", "409", "422"))


def shortage(schemas: Schemas, operation: Operation, figure: str, pointer: str) -> str:
    """What says that an operation never makes a figure at `pointer` negative, with its place; empty if nothing does."""
    for each in refusal_sentences(schemas, operation):
        floor = FLOOR.search(each.text)
        if floor is not None and plain(floor["what"]) in (plain(figure), amount_name(figure)):
            return each.source
        if each.status in OF_SHORTAGE and SHORT.search(each.text):
            return each.source
    own = description(schemas, pointer)
    said = next((each for each in own.sentences() if OWN_FLOOR.search(each)), "")
    return f'"{said}" ({own.pointer})' if said else ""
