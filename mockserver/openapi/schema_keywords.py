"""The keywords of JSON Schema 2020-12 that assert something, and which values of each are valid.

Public documents contain keywords that no validator understands (`"required": true`, `"type": "any"`, a pattern in
another dialect). One table says which values are valid: `lint_rules` reports the others, `normalize` leaves them out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.openapi import regex

TYPES = frozenset(("null", "boolean", "object", "array", "number", "string", "integer"))
"""The types of JSON Schema 2020-12 Core, section 4.2.1, and `integer` (Validation, section 6.1.1)."""


def is_type(value: Any) -> bool:
    """The name of a type, or a list of such names."""
    if type(value) is str:
        return value in TYPES
    return type(value) is list and bool(value) and all(type(v) is str and v in TYPES for v in value)


def is_number(value: Any) -> bool:
    """A number. `true` is not one, although Python's `bool` is an `int`."""
    return type(value) in (int, float)


def is_positive(value: Any) -> bool:
    """A number greater than 0."""
    return is_number(value) and value > 0


def is_count(value: Any) -> bool:
    """A whole number, 0 or greater; 2.0 is one too, since JSON has a single kind of number."""
    return is_number(value) and value >= 0 and int(value) == value


def is_flag(value: Any) -> bool:
    """`true` or `false`."""
    return value is True or value is False


def is_text(value: Any) -> bool:
    """A string."""
    return type(value) is str


def is_values(value: Any) -> bool:
    """A list that is not empty."""
    return type(value) is list and bool(value)


def is_names(value: Any) -> bool:
    """A list of strings."""
    return type(value) is list and all(type(name) is str for name in value)


def is_schema(value: Any) -> bool:
    """A schema: an object, or `true` or `false` (JSON Schema 2020-12 Core, section 4.3)."""
    return type(value) is dict or value is True or value is False


def is_schemas(value: Any) -> bool:
    """A list of schemas that is not empty."""
    return is_values(value) and all(map(is_schema, value))


def is_named_schemas(value: Any) -> bool:
    """An object of schemas. Each of its values is judged by itself, so that a wrong one leaves the others."""
    return type(value) is dict


def is_patterned_schemas(value: Any) -> bool:
    """An object whose keys are patterns and whose values are schemas."""
    return is_named_schemas(value) and all(map(is_pattern, value))


def is_named_names(value: Any) -> bool:
    """An object whose values are lists of strings."""
    return type(value) is dict and all(map(is_names, value.values()))


def is_list(value: Any) -> bool:
    """A list; it may be empty."""
    return type(value) is list


def is_discriminator(value: Any) -> bool:
    """A Discriminator Object: the name of a property, and a `mapping` to names or references (section 4.8.25)."""
    if type(value) is not dict or not is_text(value.get("propertyName")):
        return False
    mapping = value.get("mapping", {})
    return type(mapping) is dict and all(map(is_text, mapping.values()))


def is_pattern(value: Any) -> bool:
    """A regular expression that jsonschema-rs can run, as written or respelled by `regex`."""
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
"""Keyword → is this value valid? (JSON Schema 2020-12 Core sections 8 to 11, Validation section 6.)"""

EXPECTED: dict[Callable[[Any], bool], str] = {
    is_type: f"one of {', '.join(sorted(TYPES))}, or a list of these",
    is_number: "a number",
    is_positive: "a number greater than 0",
    is_count: "a whole number, 0 or greater",
    is_flag: "true or false",
    is_text: "a string",
    is_values: "a list that is not empty",
    is_names: "a list of strings",
    is_schema: "a schema",
    is_schemas: "a list of schemas that is not empty",
    is_named_schemas: "an object of schemas",
    is_patterned_schemas: "an object of schemas whose keys are regular expressions",
    is_named_names: "an object of lists of strings",
    is_list: "a list",
    is_discriminator: "an object with `propertyName`",
    is_pattern: "a regular expression",
}
"""Check of a value → what it accepts, in words."""


REPEATABLE = frozenset(("required", "type", "dependentRequired"))
"""The keywords that `repeated` looks at."""


def repeated(schema: dict[str, Any]) -> list[str]:
    """The keywords of `schema` that list a name twice; JSON Schema wants such lists unique (Validation section 6)."""
    found = []
    for keyword in ("required", "type"):
        value = schema.get(keyword)
        if type(value) is list and len(value) > 1 and _repeats(value):
            found.append(keyword)
    dependent = schema.get("dependentRequired")
    if type(dependent) is dict and any(map(_repeats, dependent.values())):
        found.append("dependentRequired")
    return found


def _repeats(value: Any) -> bool:
    return is_names(value) and len(value) != len(set(value))


def malformed(schema: dict[str, Any]) -> list[str]:
    """The keywords of `schema` whose value is invalid."""
    return [k for k, v in schema.items() if k in WELL_FORMED and not WELL_FORMED[k](v)]


def mended(keyword: str, value: Any) -> tuple[list[Any], str]:
    """What is left of a malformed list, and a sentence about the rest; an empty list if the keyword has to go.

    What is no schema in `allOf` and no name in `required` is dropped. In `anyOf` and `oneOf` an author who writes null
    means that null is valid; any other wrong alternative might accept everything.
    """
    if keyword not in MENDED or type(value) is not list:
        return [], ""
    entries = [entry if WELL_FORMED[keyword]([entry]) else MENDED[keyword](entry) for entry in value]
    kept = [entry for entry in entries if entry is not DROPPED]
    return (kept, MEANING[keyword]) if kept and WELL_FORMED[keyword](kept) else ([], "")


DROPPED = object()
"""Marks an entry that is left out."""


def _dropped(entry: Any) -> Any:
    return DROPPED


def _null(entry: Any) -> Any:
    return {"type": "null"} if entry is None else entry


MENDED: dict[str, Callable[[Any], Any]] = {"allOf": _dropped, "required": _dropped, "anyOf": _null, "oneOf": _null}
"""Keyword → what takes the place of an invalid entry of its list."""

MEANING = {
    **dict.fromkeys(("allOf", "required"), "only its other entries count"),
    **dict.fromkeys(("anyOf", "oneOf"), "null is read as `type: 'null'`"),
}
"""Keyword → what the mock makes of an invalid entry, in words."""
