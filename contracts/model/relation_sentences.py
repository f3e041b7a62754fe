"""Sentences that say who may do something with an item below another one: "for the owner of the campaign only"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from contracts.model.resources import ResourceOperation
from mockserver.contract import Contract
from mockserver.inference.names import noun
from mockserver.inference.sentences.owner_sentences import NOT_OWN, OwnerSentence, sentences_of_operation

OF_ABOVE = r"(?:the|an?|its|their) [a-z]+ of (?:the|an?|its|this|that|his|her) (?P<above>[a-z]+)"

REFUSED = re.compile(
    rf"\b(?:403|forbidden|not allowed|not possible|refused) (?:for|to|by) {OF_ABOVE}\b"
    rf"|\bnot (?:by|for) {OF_ABOVE.replace('above', 'other')}\b",
    re.IGNORECASE,
)
"""How a sentence says that who owns the item above may not."""

ALLOWED = re.compile(
    rf"\bonly (?:for |by )?{OF_ABOVE}\b"
    rf"|\b(?:for|by) {OF_ABOVE.replace('above', 'by')}\b(?= only\b|.*\b(?:403|forbidden|nobody else|no one else)\b)"
    rf"|^{OF_ABOVE.replace('above', 'first')} only\b",
    re.IGNORECASE,
)
"""How it says that no other user may."""


class RelationRule(NamedTuple):
    """Only who owns the item above may do something (`is_for_owner`), or everybody else may but not this user."""

    is_for_owner: bool
    source: str


def relation_rule(contract: Contract, op: ResourceOperation, above: str) -> RelationRule | None:
    """What the sentences about an operation say of who owns the item called `above` that is above; None if nothing."""
    called = noun(above)[-1:]
    for sentence in sentences_of_operation(contract.document, op.operation):
        for pattern, is_for_owner in ((REFUSED, False), (ALLOWED, True)):
            if any(noun(word)[-1:] == called for word in _named(pattern, sentence.text)):
                return RelationRule(is_for_owner, sentence.source)
    return None


def not_own(contract: Contract, op: ResourceOperation, above: str) -> OwnerSentence | None:
    """The sentence which says that a request is refused below an `above` of one's own; None if none does."""
    called = noun(above)[-1:]
    said = (each for each in sentences_of_operation(contract.document, op.operation) if NOT_OWN.search(each.text))
    return next((each for each in said if any(noun(word)[-1:] == called for word in each.text.split())), None)


def _named(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    """The words by which a sentence names the item above."""
    for match in pattern.finditer(text):
        yield from (word for word in match.groups() if word)
