"""Descriptions of fields that may only be sent with a certain value of another one: "must be left out for a rating"."""

from __future__ import annotations

import re

from mockserver.inference.sentences.descriptions import description
from mockserver.openapi.schemas import Schemas

CONDITION = re.compile(
    r"\b(?:required|needed|mandatory|allowed|permitted|forbidden|valid|only|possible) (?:for|if|when|unless|with)\b|"
    r"\bmust (?:be|stay) (?:left out|omitted|absent|null|empty|missing)\b|"
    r"\b(?:must|may|can)(?:not| not) be (?:sent|given|set|present|used)\b",
    re.IGNORECASE,
)
"""How a description says that a field depends on something else."""


def is_conditional(schemas: Schemas, pointer: str) -> bool:
    """Does the description of a field say that not every request may have it?"""
    return any(CONDITION.search(each) for each in description(schemas, pointer).sentences())
