"""Whole numbers of a schema that a document writes as floating point numbers: `minimum: 0.0`, `maximum: 100000.0`.

Pydantic writes bounds so, also those of integers. JSON Schema takes `10.0` for the integer 10 (2020-12 Core section
4.2.2), but many services refuse it where they expect an integer.
"""

from __future__ import annotations

from typing import Any

BOUNDS = (
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "minContains",
    "maxContains",
)
"""Keywords that compare a number, which may be written either way whatever the type is."""

VALUES = ("const", "default")

LISTS = ("enum", "examples")

EXACT = 2**53
"""Beyond this, a floating point number represents several integers (RFC 8259 section 6)."""


def write_whole_numbers(schema: dict[str, Any]) -> None:
    """Write the whole numbers of a schema without a fraction, in place: its bounds, and the values of an integer."""
    for name in BOUNDS:
        if name in schema:
            schema[name] = _whole(schema[name])
    kinds = schema.get("type", ())
    if "integer" in kinds and "number" not in kinds:
        for name in VALUES:
            if name in schema:
                schema[name] = _whole(schema[name])
        for name in LISTS:
            if isinstance(schema.get(name), list):
                schema[name] = [_whole(value) for value in schema[name]]


def _whole(value: Any) -> Any:
    return int(value) if type(value) is float and value.is_integer() and abs(value) <= EXACT else value
