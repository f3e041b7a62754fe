"""How a text says that upper and lower case are the same: "case-insensitive", "without regard to case"."""

from __future__ import annotations

import re

CASE = r"(?:the |letter |upper and lower )*case\b"
SIDE = r"(?:upper|lower)"

IGNORES_CASE = re.compile(
    rf"\bcase[- ]?insensitiv|\bnot case[- ]sensitive\b|"
    rf"\b(?:without|no) (?:regard (?:to|of|for)|considering) {CASE}|\b(?:regardless|irrespective) of {CASE}|"
    rf"\bignor\w+ {CASE}|\bcase (?:is (?:ignored|irrelevant)|(?:does|do)(?: not|n't) matter)\b|"
    rf"\b{SIDE}(?:[ -]?case)?(?: and |/){SIDE}[ -]?case\b.*\b(?:same|equal|not distinguished)\b",
    re.IGNORECASE,
)
