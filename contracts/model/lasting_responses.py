"""Operations whose responses may last: they stream, follow or wait, as the document says."""

from __future__ import annotations

import re

from contracts.model.differing_fields import told
from contracts.model.resources import name_of
from mockserver.contract import Contract
from mockserver.inference.names import words
from mockserver.openapi.document import Operation

LASTING = re.compile(
    r"\b(?:streams|streamed|streaming|stream (?:of|the|all|new|live|every|each|events?|logs?)|real-?time|hijack\w*"
    r"|long[- ]?poll\w*|blocks? until|waits? (?:for|until)|(?:keeps?|stays?|remains?) (?:the connection )?open"
    r"|tails? the|watch(?:es)? (?:for|the))\b",
    re.IGNORECASE,
)
"""How a sentence says of a response that it ends late or never."""

ASKING = frozenset(("follow", "watch", "stream", "wait", "tail"))
"""A step of a path, or a parameter of a query, by which a client asks for such a response."""


def names_lasting(contract: Contract, name: str) -> bool:
    """May a response of the operation with this name (`METHOD path`) end late or never?"""
    return any(name_of(each) == name and may_last(contract, each) for each in contract.document.operations)


def may_last(contract: Contract, operation: Operation) -> bool:
    """May a response of an operation end late or never: by a sentence, a parameter, or the end of the path?"""
    asked = {each.name.lower() for each in operation.parameters if each.location == "query"}
    last = words(operation.path.rpartition("/")[2])[-1:]
    return not ASKING.isdisjoint({*asked, *last}) or LASTING.search(told(contract, operation)) is not None
