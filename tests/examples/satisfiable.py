"""Hypothesis strategies for schemas: any schema, and schemas with a value that satisfies them."""

from __future__ import annotations

import json
import math
from typing import Any

from hypothesis import strategies as st
from jsonschema import Draft202012Validator

Schema = Any
NAMES = st.sampled_from(("id", "name", "email", "url", "created_at", "count", "tags", "a", "b", "x-1"))
WORDS = st.text("abcXYZ019 _-.", max_size=8)
NUMBERS = st.integers(-1000, 1000) | st.sampled_from((0.5, 2.25, -3.75, 19.99, 1e6, 0.001))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)
PATTERNS = (
    r"^[a-z]+$", r"\d", r"^[A-Z]{2,4}-\d{3}$", r"^(foo|bar|baz)?$", r"^\S+@\S+\.\S+$", r"^(?=.*\d)(?=.*[a-z]).{4,12}$",
    r"^(?!admin)[a-z]{3,10}$", r"^[^<>]*$", r"a|b", r"^([01]\d|2[0-3]):[0-5]\d$", r"^v?\d+(\.\d+){0,2}$", r"\bend$",
    r"^(a|b)\1$", r"^\w{8,}$", r"^.{3}$",
)  # fmt: skip
FORMATS = (
    "date-time", "date", "time", "duration", "uuid", "email", "uri", "uri-reference", "hostname", "ipv4", "ipv6",
    "json-pointer", "relative-json-pointer", "regex", "byte", "binary", "password", "int32", "int64", "float", "slug",
)  # fmt: skip
TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")


def holds(schema: Schema, value: Any) -> bool:
    """Is `value` valid? Checked by the package jsonschema, which the product does not use."""
    return bool(Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).is_valid(value))


def kind(value: Any) -> str:
    """The JSON type of a value."""
    for one, name in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array")):
        if isinstance(value, one):
            return name
    return "null" if value is None else "object"


@st.composite
def around(draw: st.DrawFn, value: Any, depth: int = 2) -> Schema:
    """A schema that `value` satisfies and that requires more than its type."""
    schema: dict[str, Any] = {"type": kind(value)} if draw(st.integers(0, 9)) else {}
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        schema |= draw(around_number(value))
    elif isinstance(value, str):
        schema |= draw(around_text(value))
    elif isinstance(value, list):
        schema |= draw(around_array(value, depth))
    elif isinstance(value, dict):
        schema |= draw(around_object(value, depth))
    return draw(wrapped(schema, value, depth)) if depth else schema


@st.composite
def wrapped(draw: st.DrawFn, schema: Schema, value: Any, depth: int) -> Schema:
    """A schema for the same value with an applicator around `schema`."""
    other = draw(SCHEMAS_OF_VALUES)
    how = draw(st.sampled_from(("plain", "plain", "enum", "allOf", "anyOf", "oneOf", "not", "if", "$ref")))
    if how == "enum":
        return {"enum": [value, *draw(st.lists(VALUES, max_size=2))], "allOf": [schema]}
    if how == "allOf":
        return {"allOf": [schema, draw(around(value, depth - 1))]}
    if how == "anyOf":
        return {"anyOf": draw(st.permutations([schema, other]))}
    if how == "$ref":
        return {"allOf": [schema, {"anyOf": [{}, {"$ref": "#"}]}]}
    if holds(other, value):
        return schema
    if how == "if":
        return {**schema, "if": other, "then": False, "else": draw(around(value, 0))}
    return {"oneOf": {"oneOf": [other, schema]}, "not": {**schema, "not": other}}.get(how, schema)


@st.composite
def around_number(draw: st.DrawFn, value: float) -> Schema:
    schema: dict[str, Any] = {}
    if draw(st.booleans()):
        schema |= draw(st.sampled_from(({"minimum": value}, {"exclusiveMinimum": value - 1}, {"minimum": value - 30})))
    if draw(st.booleans()):
        schema |= draw(st.sampled_from(({"maximum": value}, {"exclusiveMaximum": value + 1}, {"maximum": value + 30})))
    steps = [step for step in (1, 2, 3, 5, 7, 10, 0.5, 0.25, 100) if math.fmod(value, step) == 0]
    if steps and draw(st.booleans()):
        schema["multipleOf"] = draw(st.sampled_from(steps))
    return schema


@st.composite
def around_text(draw: st.DrawFn, value: str) -> Schema:
    schema: dict[str, Any] = {}
    if draw(st.booleans()):
        schema["minLength"] = len(value) - draw(st.integers(0, min(3, len(value))))
    if draw(st.booleans()):
        schema["maxLength"] = len(value) + draw(st.integers(0, 3))
    fitting = [pattern for pattern in PATTERNS if holds({"pattern": pattern}, value)]
    if fitting and draw(st.booleans()):
        schema["pattern"] = draw(st.sampled_from(fitting))
    return schema


@st.composite
def around_array(draw: st.DrawFn, value: list[Any], depth: int) -> Schema:
    schema: dict[str, Any] = {}
    if draw(st.booleans()):
        schema["minItems"] = draw(st.integers(0, len(value)))
    if draw(st.booleans()):
        schema["maxItems"] = len(value) + draw(st.integers(0, 2))
    if value and draw(st.booleans()):
        schema["prefixItems"] = [draw(around(item, max(0, depth - 1))) for item in value]
        schema |= draw(st.sampled_from(({}, {"items": False}, {"unevaluatedItems": False})))
    elif value and draw(st.booleans()):
        schema["items"] = {"anyOf": [draw(around(item, max(0, depth - 1))) for item in value]}
    if value and draw(st.booleans()):
        schema["contains"] = draw(around(value[0], max(0, depth - 1)))
    if holds({"uniqueItems": True}, value) and draw(st.booleans()):
        schema["uniqueItems"] = True
    return schema


@st.composite
def around_object(draw: st.DrawFn, value: dict[str, Any], depth: int) -> Schema:
    described = {name: part for name, part in value.items() if draw(st.booleans())}
    schema: dict[str, Any] = {
        "properties": {name: draw(around(part, max(0, depth - 1))) for name, part in described.items()},
        "required": [name for name in value if draw(st.booleans())],
    }
    if draw(st.booleans()):
        schema["properties"] |= {
            name: draw(SCHEMAS_OF_VALUES) for name in draw(st.lists(NAMES, max_size=2)) if name not in value
        }
    if draw(st.booleans()):
        schema["minProperties"] = draw(st.integers(0, len(value)))
    if draw(st.booleans()):
        schema["maxProperties"] = len(value) + draw(st.integers(0, 1))
    rest = [part for name, part in value.items() if name not in schema["properties"]]
    if draw(st.booleans()):
        schema["additionalProperties"] = {"anyOf": [draw(around(part, 0)) for part in rest]} if rest else False
    if draw(st.booleans()):
        schema["propertyNames"] = {"maxLength": 10} if draw(st.booleans()) else {"enum": [*value, "other"]}
    if value and draw(st.booleans()):
        first, *others = value
        schema["dependentRequired"] = {first: others}
    return schema


SCHEMAS_OF_VALUES = st.deferred(lambda: st.one_of(
    st.sampled_from([{"type": one} for one in TYPES]),
    st.builds(lambda values: {"enum": values}, st.lists(VALUES, min_size=1, max_size=3)),
    VALUES.flatmap(lambda value: around(value, 0)),
))  # fmt: skip


@st.composite
def satisfied(draw: st.DrawFn) -> tuple[Schema, Any]:
    """A schema and a value that satisfies it."""
    value = draw(VALUES)
    schema = draw(around(value))
    return json.loads(json.dumps(schema)), value


def keywords(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Any combination of keywords, useful or not."""
    small, schemas = st.integers(0, 4), st.lists(inner, min_size=1, max_size=3)
    below = inner | st.just({"$ref": "#"})  # anywhere else it would apply to the same value again, without end
    named = st.dictionaries(NAMES, below, max_size=3)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(TYPES) | st.lists(st.sampled_from(TYPES), min_size=1, max_size=3, unique=True),
            "enum": st.lists(VALUES, min_size=1, max_size=3),
            "const": VALUES,
            "default": VALUES,
            "examples": st.lists(VALUES, max_size=2),
            "minimum": NUMBERS, "maximum": NUMBERS, "exclusiveMinimum": NUMBERS, "exclusiveMaximum": NUMBERS,
            "multipleOf": st.sampled_from((1, 2, 3, 0.5, 0.01, 0.1, 7, 1000)),
            "minLength": small, "maxLength": st.integers(0, 40),
            "pattern": st.sampled_from(PATTERNS), "format": st.sampled_from(FORMATS),
            "items": below, "prefixItems": schemas, "contains": inner, "minContains": small, "maxContains": small,
            "minItems": small, "maxItems": st.integers(0, 6), "uniqueItems": st.booleans(),
            "properties": named, "required": st.lists(NAMES, max_size=3, unique=True),
            "additionalProperties": inner,
            "patternProperties": st.dictionaries(st.sampled_from(PATTERNS), inner, max_size=2),
            "propertyNames": inner, "minProperties": small, "maxProperties": st.integers(0, 6),
            "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, max_size=2, unique=True), max_size=2),
            "dependentSchemas": st.dictionaries(NAMES, inner, max_size=1),
            "allOf": schemas, "anyOf": schemas, "oneOf": schemas, "not": inner,
            "if": inner, "then": inner, "else": inner,
            "unevaluatedProperties": inner, "unevaluatedItems": inner,
        },
    )  # fmt: skip


ANY_SCHEMA: st.SearchStrategy[Any] = st.recursive(
    st.booleans() | st.sampled_from([{"type": one} for one in TYPES]),
    keywords,
    max_leaves=6,
)
