"""What several schemas, which all hold, ask of one value together.

One function for each keyword, named as it (JSON Schema 2020-12, Validation sections 6 to 9, Core section 10).
What cannot be joined exactly (`not`, several patterns, ...) is kept side by side; who makes a value tries, and lets the
validator judge.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import Any

from mockserver.examples.numbers import common_multiple, exact
from mockserver.examples.patterns import matches

Schema = dict[str, Any]
Schemas = tuple[Schema, ...]
Definitions = Callable[[str], Schema]

TYPES = ("object", "array", "string", "number", "boolean", "null")
NOTHING: Schema = {"not": {}}


@dataclass(slots=True)
class Closing:
    """An `additionalProperties` and the names it does not speak about."""

    names: frozenset[str]
    patterns: tuple[str, ...]
    schema: Schema

    def covers(self, name: str) -> bool:
        """Whether a property of this name must be valid against it."""
        return name not in self.names and not any(matches(pattern, name) for pattern in self.patterns)


@dataclass(slots=True)
class Constraints:
    """The conjunction of schemas, keyword by keyword. `alternatives` are choices of which one each must be made."""

    types: frozenset[str] = frozenset(TYPES)
    integral: bool = False
    values: list[Any] | None = None
    lowest: Fraction | None = None
    lowest_open: bool = False
    highest: Fraction | None = None
    highest_open: bool = False
    step: Fraction | None = None
    min_length: int = 0
    max_length: int | None = None
    patterns: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    encodings: list[str] = field(default_factory=list)
    min_items: int = 0
    max_items: int | None = None
    unique: bool = False
    prefixes: list[tuple[list[Schema], Schema]] = field(default_factory=list)
    rest: list[Schema] = field(default_factory=list)
    contained: list[tuple[Schema, int]] = field(default_factory=list)
    min_properties: int = 0
    max_properties: int | None = None
    required: dict[str, None] = field(default_factory=dict)
    properties: dict[str, Schemas] = field(default_factory=dict)
    by_pattern: list[tuple[str, Schema]] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)
    unevaluated: list[Schema] = field(default_factory=list)
    names: list[Schema] = field(default_factory=list)
    dependent: dict[str, dict[str, None]] = field(default_factory=dict)
    alternatives: list[Schemas] = field(default_factory=list)
    excluded: list[Any] = field(default_factory=list)
    samples: list[Any] = field(default_factory=list)
    defaults: list[Any] = field(default_factory=list)
    risky: bool = False
    folded: set[int] = field(default_factory=set)

    def joined(self, schemas: Schemas, definition: Definitions) -> Constraints:
        """A copy whose alternatives are decided: `schemas` are those chosen."""
        copied = {one.name: copy(getattr(self, one.name)) for one in fields(self)}
        chosen = Constraints(**{**copied, "alternatives": [], "risky": False})
        for schema in schemas:
            fold(chosen, schema, definition)
        return chosen

    def contradiction(self) -> str | None:
        """Why no value at all can be valid, where that shows at once; else None."""
        if not self.types or self.values == []:
            return "no type or value is allowed by all parts of the schema"
        return None

    def property_(self, name: str) -> Schemas:
        """Every schema that a property of this name must be valid against."""
        own = self.properties.get(name, ())
        by_pattern = tuple(schema for pattern, schema in self.by_pattern if matches(pattern, name))
        closed = tuple(closing.schema for closing in self.closings if closing.covers(name))
        stray = () if own or by_pattern or closed else tuple(self.unevaluated)
        return (*own, *by_pattern, *closed, *stray)

    def item(self, index: int) -> Schemas:
        """Every schema that the item at `index` must be valid against."""
        beside = [items[index] if index < len(items) else after for items, after in self.prefixes]
        return (*beside, *self.rest)


def fold(facets: Constraints, schema: Schema, definition: Definitions) -> Constraints:
    """Add what `schema` asks to `facets`, following references by `definition`; the same schema adds nothing twice."""
    if id(schema) in facets.folded:
        return facets
    facets.folded.add(id(schema))
    for keyword, value in schema.items():
        if keyword == "$ref":
            fold(facets, definition(value[8:]), definition)
        elif keyword == "allOf":
            for part in value:
                fold(facets, part, definition)
        elif keyword in KEYWORDS:
            KEYWORDS[keyword](facets, value, schema)
    return facets


def type_(facets: Constraints, value: Any, schema: Schema) -> None:
    allowed = {value} if isinstance(value, str) else set(value)
    if "integer" in allowed:
        facets.integral |= "number" not in allowed
        allowed.add("number")
    facets.types &= allowed


def enum(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.values = list(value) if facets.values is None else [one for one in facets.values if among(one, value)]


def const(facets: Constraints, value: Any, schema: Schema) -> None:
    enum(facets, [value], schema)


def minimum(facets: Constraints, value: Any, schema: Schema, *, is_open: bool = False) -> None:
    bound = exact(value)
    if facets.lowest is None or bound > facets.lowest or (bound == facets.lowest and is_open):
        facets.lowest, facets.lowest_open = bound, is_open


def exclusive_minimum(facets: Constraints, value: Any, schema: Schema) -> None:
    minimum(facets, value, schema, is_open=True)


def maximum(facets: Constraints, value: Any, schema: Schema, *, is_open: bool = False) -> None:
    bound = exact(value)
    if facets.highest is None or bound < facets.highest or (bound == facets.highest and is_open):
        facets.highest, facets.highest_open = bound, is_open


def exclusive_maximum(facets: Constraints, value: Any, schema: Schema) -> None:
    maximum(facets, value, schema, is_open=True)


def multiple_of(facets: Constraints, value: Any, schema: Schema) -> None:
    step = exact(value)
    facets.step = step if facets.step is None else common_multiple(facets.step, step)


def min_length(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.min_length = max(facets.min_length, int(value))


def max_length(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.max_length = smaller(facets.max_length, value)


def pattern(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.patterns.append(value)


def format_(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.formats.append(value)


def content_encoding(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.encodings.append(value)


def min_items(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.min_items = max(facets.min_items, int(value))


def max_items(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.max_items = smaller(facets.max_items, value)


def unique_items(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.unique |= bool(value)


def prefix_items(facets: Constraints, value: Any, schema: Schema) -> None:
    after = schema["items"] if "items" in schema else schema.get("unevaluatedItems", {})
    facets.prefixes.append((value, after))


def items(facets: Constraints, value: Any, schema: Schema) -> None:
    if "prefixItems" not in schema:
        facets.rest.append(value)


def unevaluated_items(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.risky = True
    if not facets.prefixes and not facets.rest and "contains" not in schema:
        facets.rest.append(value)


def contains(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.risky = True
    facets.contained.append((value, int(schema.get("minContains", 1))))


def min_properties(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.min_properties = max(facets.min_properties, int(value))


def max_properties(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.max_properties = smaller(facets.max_properties, value)


def required(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.required.update(dict.fromkeys(value))


def properties(facets: Constraints, value: Any, schema: Schema) -> None:
    for name, part in value.items():
        facets.properties[name] = (*facets.properties.get(name, ()), part)


def pattern_properties(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.by_pattern.extend(value.items())


def additional_properties(facets: Constraints, value: Any, schema: Schema) -> None:
    if value:
        facets.risky |= value != NOTHING
    names = frozenset(schema.get("properties", ()))
    facets.closings.append(Closing(names, tuple(schema.get("patternProperties", ())), value))


def unevaluated_properties(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.risky = True
    facets.unevaluated.append(value)


def property_names(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.names.append(value)


def dependent_required(facets: Constraints, value: Any, schema: Schema) -> None:
    for name, others in value.items():
        facets.dependent.setdefault(name, {}).update(dict.fromkeys(others))


def dependent_schemas(facets: Constraints, value: Any, schema: Schema) -> None:
    for name, part in value.items():
        absent = {"properties": {name: NOTHING}}
        facets.alternatives.append((part, absent))


def any_of(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.alternatives.append(tuple(value))


def one_of(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.risky |= len(value) > 1
    facets.alternatives.append(tuple(value))


def not_(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.risky = True
    asked = set(value) - {"type", "enum", "const", "required"}
    if not value:
        facets.types = frozenset()
    elif set(value) == {"type"} and "integer" not in value["type"]:
        facets.types -= {value["type"]} if isinstance(value["type"], str) else set(value["type"])
    elif not asked and ("const" in value or "enum" in value):
        facets.excluded.extend([value["const"]] if "const" in value else value["enum"])
    elif set(value) == {"required"} and len(value["required"]) == 1:
        name = value["required"][0]
        facets.properties[name] = (*facets.properties.get(name, ()), NOTHING)


def if_(facets: Constraints, value: Any, schema: Schema) -> None:
    if "then" in schema or "else" in schema:
        facets.risky = True
        met = {"allOf": [value, schema.get("then", {})]}
        unmet = {"allOf": [{"not": value}, schema.get("else", {})]}
        facets.alternatives.append((met, unmet))


def examples(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.samples.extend(value if isinstance(value, list) else value.values() if isinstance(value, dict) else ())


def example(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.samples.append(value)


def default(facets: Constraints, value: Any, schema: Schema) -> None:
    facets.defaults.append(value)


def among(value: Any, values: list[Any]) -> bool:
    """Whether JSON equality finds `value` in `values`: 1 is 1.0, but not true."""
    return any(same(value, one) for one in values)


def same(left: Any, right: Any) -> bool:
    """Equality of JSON values (JSON Schema 2020-12 Core, section 4.2.2)."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


def smaller(bound: int | None, value: Any) -> int:
    return int(value) if bound is None else min(bound, int(value))


KEYWORDS: dict[str, Callable[[Constraints, Any, Schema], None]] = {
    "additionalProperties": additional_properties,
    "anyOf": any_of,
    "const": const,
    "contains": contains,
    "contentEncoding": content_encoding,
    "default": default,
    "dependentRequired": dependent_required,
    "dependentSchemas": dependent_schemas,
    "enum": enum,
    "example": example,
    "examples": examples,
    "exclusiveMaximum": exclusive_maximum,
    "exclusiveMinimum": exclusive_minimum,
    "format": format_,
    "if": if_,
    "items": items,
    "maxItems": max_items,
    "maxLength": max_length,
    "maxProperties": max_properties,
    "maximum": maximum,
    "minItems": min_items,
    "minLength": min_length,
    "minProperties": min_properties,
    "minimum": minimum,
    "multipleOf": multiple_of,
    "not": not_,
    "oneOf": one_of,
    "pattern": pattern,
    "patternProperties": pattern_properties,
    "prefixItems": prefix_items,
    "properties": properties,
    "propertyNames": property_names,
    "required": required,
    "type": type_,
    "unevaluatedItems": unevaluated_items,
    "unevaluatedProperties": unevaluated_properties,
    "uniqueItems": unique_items,
}
