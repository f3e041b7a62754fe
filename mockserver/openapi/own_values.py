"""The default and the examples of a schema, compared with what the schema itself says about its values."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import jsonschema_rs

from mockserver.openapi import json_codec, normalize
from mockserver.openapi.object_positions import Place
from mockserver.openapi.other_readings import other_readings
from mockserver.openapi.pointer import join
from mockserver.openapi.unrated_problem import UnratedProblem

OWN = frozenset((
    "type", "enum", "const", "nullable", "x-nullable", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "multipleOf", "minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "minProperties",
    "maxProperties", "required",
))  # fmt: skip
"""The keywords that restrict a value without regard to other schemas."""

PLAIN = {"string": str, "integer": int, "number": float, "boolean": bool, "array": list, "object": dict}
"""The Python type of the values of a type, as far as there is one."""


def restricting(document: dict[str, Any], version: str, schema: dict[str, Any]) -> bytes:
    """The keywords of a schema that restrict a value without regard to other schemas, as JSON."""
    own = {key: value for key, value in schema.items() if key in OWN}
    # The validator knows 2020-12 only, so `nullable` and the like are translated first.
    normalize.SCHEMA_RULES[version](document, own)
    return json_codec.write(own)


@lru_cache(maxsize=4096)
def breach(schema: bytes, value: bytes) -> str:
    """Why `value` is not valid; empty when it is. Cached, since a document repeats few different schemas."""
    validator = jsonschema_rs.Draft202012Validator(json_codec.read(schema))
    return next((error.message for error in validator.iter_errors(json_codec.read(value))), "")


def unused_example(document: dict[str, Any], version: str, place: Place) -> Iterator[UnratedProblem]:
    """The example of a schema that forbids it, in every type that it may mean, so that replies show another value."""
    written = [place.node["example"]] if "example" in place.node else place.node.get("examples")
    if not isinstance(written, list) or not written or place.node.keys().isdisjoint(OWN):
        return
    plain = PLAIN.get(str(place.node.get("type")))
    if place.node.keys() & OWN == {"type"} and any(type(each) is plain for each in written):
        return  # as nearly all are
    own = restricting(document, version, place.node)
    why = [breach(own, json_codec.write(each)) for each in written]
    readings = (reading for each in written for reading in other_readings(each))
    if all(why) and all(breach(own, json_codec.write(each)) for each in readings):
        key = "example" if "example" in place.node else "examples"
        said = f"the schema has an example that does not match it, and is not used: {why[0]}"
        yield UnratedProblem(join(place.pointer, key), said)
