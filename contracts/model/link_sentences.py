"""Sentences about the pages of a list: "`rel=next` only if there are more entries", "each item is seen once"."""

from __future__ import annotations

import re

from contracts.model.resources import ResourceOperation
from mockserver.contract import Contract
from mockserver.inference.sentences.owner_sentences import OwnerSentence, sentences_of_operation, sentences_of_service

ONLY_BEFORE_MORE = re.compile(
    r"\bnext\b.*\b(?:only|as long as|not if|unless|if|when|while)\b.*\b(?:more|another|further|follow\w*|last page)\b|"
    r"\b(?:last|final) page (?:has|contains|shows|carries|comes with)? ?no\b.*\bnext\b|"
    r"\b(?:no|without an?)\b.*\bnext\b.*\bon the (?:last|final) page\b",
    re.IGNORECASE | re.DOTALL,
)


STABLE = re.compile(
    r"(?i)^(?!.*\b(?:may|might|can|could)\b).*\b(?:once|twice|skip(?:s|ped)?)\b.*"
    r"\b(?:added|created|inserted|deleted|removed|new (?:items|ones|entries))\b",
    re.DOTALL,
)
"""How a sentence says that pages go on while a list changes."""


def next_only_before_more(contract: Contract, op: ResourceOperation) -> OwnerSentence | None:
    """The sentence which says that only a page before another one has such a link; None if there is none."""
    said = (*sentences_of_operation(contract.document, op.operation), *sentences_of_service(contract.document))
    return next((each for each in said if ONLY_BEFORE_MORE.search(each.text)), None)


def says_stable(contract: Contract, op: ResourceOperation) -> OwnerSentence | None:
    """The sentence which says that pages have each item once while others come and go; None if there is none."""
    said = (
        *sentences_of_operation(contract.document, op.operation),
        *sentences_of_service(contract.document),
    )
    return next((each for each in said if STABLE.search(each.text)), None)
