"""The keywords of JSON Schema 2020-12 that assert something, and what a value of each must look like.

Real documents hold keywords that no validator understands (`"required": true`, `"type": "any"`, a pattern in another
dialect). One table says which values mean something: `soundness` reports the others, the normal form leaves them out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.openapi import regex

TYPES = frozenset(("null", "boolean", "object", "array", "number", "string", "integer"))
"""The types of JSON Schema 2020-12 Core, section 4.2.1, and `integer` (Validation, section 6.1.1)."""


def is_type(value: Any) -> bool:
    """One name of a type, or several different ones."""
    if type(value) is str:
        return value in TYPES
    return type(value) is list and bool(value) and all(type(v) is str and v in TYPES for v in value)


def is_number(value: Any) -> bool:
    """A number; `true` is none."""
    return type(value) in (int, float)


def is_positive(value: Any) -> bool:
    """A number above 0."""
    return is_number(value) and value > 0


def is_count(value: Any) -> bool:
    """A whole number from 0 on; 2.0 is one (JSON knows a single kind of number)."""
    return is_number(value) and value >= 0 and int(value) == value


def is_flag(value: Any) -> bool:
    """`true` or `false`."""
    return value is True or value is False


def is_text(value: Any) -> bool:
    """A string."""
    return type(value) is str


def is_values(value: Any) -> bool:
    """A list with something in it."""
    return type(value) is list and bool(value)


def is_names(value: Any) -> bool:
    """A list of strings."""
    return type(value) is list and all(type(name) is str for name in value)


def is_schema(value: Any) -> bool:
    """A schema: an object, or `true` or `false` (JSON Schema 2020-12 Core, section 4.3)."""
    return type(value) is dict or value is True or value is False


def is_schemas(value: Any) -> bool:
    """A list of schemas with something in it."""
    return is_values(value) and all(map(is_schema, value))


def is_named_schemas(value: Any) -> bool:
    """An object whose values are schemas."""
    return type(value) is dict and all(map(is_schema, value.values()))


def is_patterned_schemas(value: Any) -> bool:
    """An object whose keys are patterns and whose values are schemas."""
    return is_named_schemas(value) and all(map(is_pattern, value))


def is_named_names(value: Any) -> bool:
    """An object whose values are lists of strings."""
    return type(value) is dict and all(map(is_names, value.values()))


def is_list(value: Any) -> bool:
    """A list, be it empty."""
    return type(value) is list


def is_discriminator(value: Any) -> bool:
    """A Discriminator Object: the name of a property, and perhaps names of schemas or references (section 4.8.25)."""
    if type(value) is not dict or not is_text(value.get("propertyName")):
        return False
    mapping = value.get("mapping", {})
    return type(mapping) is dict and all(map(is_text, mapping.values()))


def is_pattern(value: Any) -> bool:
    """A regular expression that the validators of this program can run."""
    return type(value) is str and regex.engines(value) is not None


WELL_FORMED: dict[str, Callable[[Any], bool]] = {
    "$ref": is_text,
    "type": is_type,
    "enum": is_values,
    "required": is_names,
    "pattern": is_pattern,
    "format": is_text,
    "examples": is_list,
    "discriminator": is_discriminator,
    "dependentRequired": is_named_names,
    "patternProperties": is_patterned_schemas,
    "multipleOf": is_positive,
    "uniqueItems": is_flag,
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), is_number),
    **dict.fromkeys(
        (
            "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains",
            "maxContains",
        ),
        is_count,
    ),
    **dict.fromkeys(("readOnly", "writeOnly", "deprecated"), is_flag),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), is_schemas),
    **dict.fromkeys(("properties", "$defs", "definitions", "dependentSchemas"), is_named_schemas),
    **dict.fromkeys(
        (
            "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "items", "propertyNames", "not",
            "if", "then", "else", "contains", "contentSchema",
        ),
        is_schema,
    ),
}  # fmt: skip
"""Keyword → does this value mean anything? (JSON Schema 2020-12 Core sections 8 to 11, Validation section 6.)"""


def malformed(schema: dict[str, Any]) -> list[str]:
    """The keywords of `schema` whose value means nothing."""
    return [k for k, v in schema.items() if k in WELL_FORMED and not WELL_FORMED[k](v)]
