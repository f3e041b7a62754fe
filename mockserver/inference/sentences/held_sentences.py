"""Sentences that say that an item is not deleted while others refer to it: "It still has employees"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mockserver.inference.names import noun, words
from mockserver.inference.sentences.refusal_sentences import Sentence, refusal_sentences
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

HELD = lazy_pattern(
    r"\bstill\b|\b(?:has|have|having|contains?|holds?|owns?|uses?|references?|refers?|belongs?|depends?)\b|"
    r"\bin use\b|\bused by\b|\bassigned\b|\breferenced\b|\bnot empty\b|\bwith(?:out)?\b|\bexist\b",
    re.IGNORECASE,
)
"""How a sentence says what binds an item."""

FORBIDS = lazy_pattern(
    r"\bonly\b[^.]*\b(?:deleted|removed)\b|\b(?:can|may|must|could)(?:not| not|['’]t) be (?:deleted|removed)\b|"
    r"\b(?:deleted|removed)\b[^.]*\bonly\b|\brefuse|\breject|\b409\b",
    re.IGNORECASE,
)
"""How a sentence about the operation itself says that it may be refused."""

BEFORE = frozenset((
    "a", "an", "the", "its", "any", "all", "no", "some", "other", "more", "existing", "remaining", "of", "with", "by",
    "in", "has", "have", "having", "contains", "contain", "holds", "owns", "still", "when", "while", "if", "and",
    "or", "one", "least",
))  # fmt: skip
"""Words before what keeps an item. Others select: `public` articles keep a project, and not all of them do."""

STATUSES = frozenset(("400", "403", "409", "422", "423"))

FORCED = lazy_pattern(r"\bunless\b|\bexcept\b|\bforce", re.IGNORECASE)
"""What makes it a choice of the client."""


EMPTY = lazy_pattern(
    r"\b(?:is|are)(?: not|n['’]t)(?: yet)? empty\b|\bmust be empty\b|\bonly (?:an? )?empty\b|\bnot[- ]empty\b|"
    r"\bnon-?empty\b|"
    r"\bstill (?:in use|used|referenced|has (?:items|children|contents?|entries|something in it))\b|"
    r"\bnot (?:in use|used|referenced) any(?: ?more| ?longer)\b|"
    r"\b(?:is|are) (?:in use|being used|referenced(?: by other \w+)?)\b$",
    re.IGNORECASE,
)
"""How a sentence says that anything keeps an item, without a name: "the folder is not empty"."""


def said_to_hold(schemas: Schemas, operation: Operation, child: str) -> Sentence | None:
    """The sentence about a DELETE by which items called `child` keep an item from being deleted; None if none does.

    "The folder is not empty" is about all of them. The document must list the status of such a refusal.
    """
    if not any(each.status in STATUSES for each in operation.responses):
        return None
    wanted = noun(child)[-1]
    for each in refusal_sentences(schemas, operation):
        is_named = _is_named(words(each.text), wanted) or EMPTY.search(each.text) is not None
        is_refusal = each.status in STATUSES if each.status else FORBIDS.search(each.text) is not None
        if is_named and is_refusal and HELD.search(each.text) and not FORCED.search(each.text):
            return each
    return None


def _is_named(spoken: Sequence[str], wanted: str) -> bool:
    """Is a thing named without a word that selects some of them?"""
    places = [at for at, word in enumerate(spoken) if noun(word)[-1] == wanted]
    return any(at == 0 or spoken[at - 1] in BEFORE for at in places)
