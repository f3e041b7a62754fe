"""What the description of a success says about an item that is not there: "The resource does not exist"."""

from __future__ import annotations

import re

from mockserver.lazy_pattern import lazy_pattern

ABSENT = lazy_pattern(
    r"\b(?:does|did|do) ?(?:not|n't) exist\b|\bnot (?:found|exist\w*)\b|\bno such\b|"
    r"\balready (?:gone|deleted|removed)\b|"
    r"\bnon-?existent\b|\bhas already been (?:deleted|removed)\b",
    re.IGNORECASE,
)
"""How a description says it."""

OR_DELETED = lazy_pattern(r"\bdeleted (?:successfully )?or\b|\bsuccessfully deleted\b|\bif it existed\b", re.IGNORECASE)
"""What says that the same status is also that of an item that was there."""


def says_absent(description: str) -> bool:
    """Is a success about an item that is not there, and about no other?"""
    return ABSENT.search(description) is not None and OR_DELETED.search(description) is None
