"""Which properties hold amounts: numbers, and texts of numbers; and what their names say without the unit."""

from __future__ import annotations

from mockserver.amounts import TEXT
from mockserver.inference.names import words
from mockserver.openapi.regex import matches
from mockserver.openapi.schemas import Schemas

UNITS = frozenset(
    ("cents", "cent", "minor", "units", "unit", "pence", "pennies", "eurocents", "eur", "usd", "gbp", "chf", "euros")
)
"""Words after the name of an amount that say in what it is counted."""

FORMATS = frozenset(("decimal", "int64", "int32", "uint64", "uint32", "double", "money"))
"""Formats of texts that are numbers."""

SAMPLES, OTHERS = ("12.50", "12.5", "12", "0"), ("abc", "a1", "")
"""A pattern of amounts accepts one of the samples, and none of the others."""

ZEROS = ("0.00", "0", "0.0", "0.000")
"""Texts of nothing, as services write it."""


def amount_name(name: str) -> str:
    """The name of an amount without its unit, in lower case without separators: `balance` of `balanceInCents`."""
    parts = words(name)
    while len(parts) > 1 and parts[-1] in UNITS:
        parts = parts[:-1]
    if parts != words(name) and len(parts) > 1 and parts[-1] == "in":
        parts = parts[:-1]
    return "".join(parts)


def is_amount(schemas: Schemas, pointer: str) -> bool:
    """Is a property a number, or the text of one?"""
    types = schemas.types(pointer) - {"null"}
    return bool(types & {"integer", "number"}) or (types == {"string"} and _is_text_of_number(schemas, pointer))


def _is_text_of_number(schemas: Schemas, pointer: str) -> bool:
    if schemas.keyword(pointer, "format") in FORMATS:
        return True
    pattern = schemas.keyword(pointer, "pattern")
    if isinstance(pattern, str):
        is_taken = any(matches(pattern, each) for each in SAMPLES)
        return is_taken and not any(matches(pattern, each) for each in OTHERS)
    examples = schemas.keyword(pointer, "examples")
    first = examples[0] if isinstance(examples, list) and examples else None
    return isinstance(first, str) and TEXT.fullmatch(first) is not None


def zero(schemas: Schemas, pointer: str) -> str | int | None:
    """Nothing, as a property writes it; None if it cannot be nothing."""
    examples = schemas.keyword(pointer, "examples")
    first = examples[0] if isinstance(examples, list) and examples else ""
    digits = len(first.partition(".")[2]) if isinstance(first, str) else 0
    likely = sorted(ZEROS, key=lambda each: len(each.partition(".")[2]) != digits)
    valid = schemas.validator(pointer, "response").is_valid
    return 0 if valid(0) else next((each for each in likely if valid(each)), None)
