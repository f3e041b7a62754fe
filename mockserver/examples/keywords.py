"""Joins schemas into `Constraints`.

One function for each keyword, with its name (JSON Schema 2020-12, Validation sections 6 to 9, Core section 10). Each
takes the constraints so far, the value of the keyword, and the schema around it.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

from mockserver.examples.constraints import NOTHING, Closing, Constraints, Schema, Schemas
from mockserver.examples.equality import among
from mockserver.examples.numbers import common_multiple, exact
from mockserver.openapi.faker_names import KEY
from mockserver.openapi.media_types import is_json
from mockserver.openapi.subschemas import DEFINITIONS

Definitions = Callable[[str], Schema]
"""Gives the rewritten schema for a key of `$defs`."""


def fold(constraints: Constraints, schema: Schema, definition: Definitions) -> Constraints:
    """Add the keywords of `schema` to `constraints`, and those of its references and `allOf`. Return `constraints`.

    A schema that is in already adds nothing, so that recursive references end.
    """
    if id(schema) in constraints.folded:
        return constraints
    constraints.folded.add(id(schema))  # before its parts, which may refer back to it
    for keyword, value in schema.items():
        if keyword == "$ref":
            fold(constraints, definition(value.removeprefix(DEFINITIONS)), definition)
        elif keyword == "allOf":
            for part in value:
                fold(constraints, part, definition)
        elif keyword in KEYWORDS:
            KEYWORDS[keyword](constraints, value, schema)
    return constraints


def decided(constraints: Constraints, schemas: Schemas, definition: Definitions) -> Constraints:
    """A copy of `constraints` with its alternatives decided: `schemas` are the chosen ones."""
    copied = {name: copy(getattr(constraints, name)) for name in Constraints.__struct_fields__}
    chosen = Constraints(**{**copied, "alternatives": [], "risky": False})
    for schema in schemas:
        fold(chosen, schema, definition)
    return chosen


def type_(constraints: Constraints, value: Any, schema: Schema) -> None:
    allowed = {value} if isinstance(value, str) else set(value)
    if "integer" in allowed:  # kept as a number without fraction, since every integer is a number too
        constraints.integral |= "number" not in allowed
        allowed.add("number")
    constraints.types &= allowed


def enum(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.values = (
        list(value) if constraints.values is None else [one for one in constraints.values if among(one, value)]
    )


def const(constraints: Constraints, value: Any, schema: Schema) -> None:
    enum(constraints, [value], schema)


def minimum(constraints: Constraints, value: Any, schema: Schema, *, is_open: bool = False) -> None:
    bound = exact(value)
    if constraints.lowest is None or bound > constraints.lowest or (bound == constraints.lowest and is_open):
        constraints.lowest, constraints.lowest_open = bound, is_open


def exclusive_minimum(constraints: Constraints, value: Any, schema: Schema) -> None:
    minimum(constraints, value, schema, is_open=True)


def maximum(constraints: Constraints, value: Any, schema: Schema, *, is_open: bool = False) -> None:
    bound = exact(value)
    if constraints.highest is None or bound < constraints.highest or (bound == constraints.highest and is_open):
        constraints.highest, constraints.highest_open = bound, is_open


def exclusive_maximum(constraints: Constraints, value: Any, schema: Schema) -> None:
    maximum(constraints, value, schema, is_open=True)


def multiple_of(constraints: Constraints, value: Any, schema: Schema) -> None:
    step = exact(value)
    constraints.step = step if constraints.step is None else common_multiple(constraints.step, step)


def min_length(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.min_length = max(constraints.min_length, int(value))


def max_length(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.max_length = smaller(constraints.max_length, value)


def pattern(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.patterns.append(value)


def format_(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.formats.append(value)


def content_encoding(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.encodings.append(value)


def content_schema(constraints: Constraints, value: Any, schema: Schema) -> None:
    """The schema of the value in a text of JSON; it has no meaning without `contentMediaType` (section 8.5)."""
    if is_json(str(schema.get("contentMediaType", ""))):
        constraints.contents.append(value)


def min_items(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.min_items = max(constraints.min_items, int(value))


def max_items(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.max_items = smaller(constraints.max_items, value)


def unique_items(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.unique |= bool(value)


def prefix_items(constraints: Constraints, value: Any, schema: Schema) -> None:
    # The schema of the items after the prefix must be the one beside it, so `items` is read here too.
    after = schema["items"] if "items" in schema else schema.get("unevaluatedItems", {})
    constraints.prefixes.append((value, after))


def items(constraints: Constraints, value: Any, schema: Schema) -> None:
    if "prefixItems" not in schema:
        constraints.rest.append(value)


def unevaluated_items(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.risky = True
    if not constraints.prefixes and not constraints.rest and "contains" not in schema:
        constraints.rest.append(value)


def contains(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.risky = True
    constraints.contained.append((value, int(schema.get("minContains", 1))))


def min_properties(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.min_properties = max(constraints.min_properties, int(value))


def max_properties(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.max_properties = smaller(constraints.max_properties, value)


def required(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.required.update(dict.fromkeys(value))


def properties(constraints: Constraints, value: Any, schema: Schema) -> None:
    for name, part in value.items():
        constraints.properties[name] = (*constraints.properties.get(name, ()), part)


def pattern_properties(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.by_pattern.extend(value.items())


def additional_properties(constraints: Constraints, value: Any, schema: Schema) -> None:
    if value:  # `{}` allows everything
        constraints.risky |= value != NOTHING
    names = frozenset(schema.get("properties", ()))
    constraints.closings.append(Closing(names, tuple(schema.get("patternProperties", ())), value))


def unevaluated_properties(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.risky = True
    constraints.unevaluated.append(value)


def property_names(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.names.append(value)


def dependent_required(constraints: Constraints, value: Any, schema: Schema) -> None:
    for name, others in value.items():
        constraints.dependent.setdefault(name, {}).update(dict.fromkeys(others))


def dependent_schemas(constraints: Constraints, value: Any, schema: Schema) -> None:
    for name, part in value.items():
        absent = {"properties": {name: NOTHING}}  # either the schema holds, or the property is not there
        constraints.alternatives.append((part, absent))


def any_of(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.alternatives.append(tuple(value))


def one_of(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.risky |= len(value) > 1  # a value for one alternative may match another one too
    constraints.alternatives.append(tuple(value))


def not_(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.risky = True
    asked = set(value) - {"type", "enum", "const", "required"}
    # A few simple forms are joined exactly; for the others the generator tries until the validator agrees.
    if not value:
        constraints.types = frozenset()
    elif set(value) == {"type"} and "integer" not in value["type"]:
        constraints.types -= {value["type"]} if isinstance(value["type"], str) else set(value["type"])
    elif not asked and ("const" in value or "enum" in value):
        constraints.excluded.extend([value["const"]] if "const" in value else value["enum"])
    elif set(value) == {"required"} and len(value["required"]) == 1:
        name = value["required"][0]
        constraints.properties[name] = (*constraints.properties.get(name, ()), NOTHING)


def if_(constraints: Constraints, value: Any, schema: Schema) -> None:
    if "then" in schema or "else" in schema:
        constraints.risky = True
        met = {"allOf": [value, schema.get("then", {})]}
        unmet = {"allOf": [{"not": value}, schema.get("else", {})]}
        constraints.alternatives.append((met, unmet))


def examples(constraints: Constraints, value: Any, schema: Schema) -> None:
    # Some authors write an object of Example Objects here, as a Media Type Object has it.
    constraints.samples.extend(value if isinstance(value, list) else value.values() if isinstance(value, dict) else ())


def example(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.samples.append(value)


def default(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.defaults.append(value)


def faker(constraints: Constraints, value: Any, schema: Schema) -> None:
    constraints.fakers.append(value)


def smaller(bound: int | None, value: Any) -> int:
    """The smaller one of two upper bounds; None is no bound."""
    return int(value) if bound is None else min(bound, int(value))


KEYWORDS: dict[str, Callable[[Constraints, Any, Schema], None]] = {
    "additionalProperties": additional_properties,
    "anyOf": any_of,
    "const": const,
    "contains": contains,
    "contentEncoding": content_encoding,
    "contentSchema": content_schema,
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
    KEY: faker,
}
"""Keyword → the function that adds it to the constraints."""
