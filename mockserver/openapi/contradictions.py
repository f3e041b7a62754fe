"""Keywords of a schema that contradict each other, so that no value, or none with a certain property, is valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.openapi import schema_keywords
from mockserver.openapi.object_positions import find

DEEPEST = 20
"""How deep `allOf` in `allOf` is read: schemas may contain themselves."""


class Part(NamedTuple):
    """One of the schemas that a value must match at once, with a name for messages."""

    name: str
    node: Mapping[str, Any]


def contradictions(document: dict[str, Any], schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The keyword and a sentence for each contradiction that a schema of the document shows."""
    if not LEAST.isdisjoint(schema):
        yield from _bounds(schema)
    if type(schema.get("allOf")) is list:
        parts = list(_parts(document, schema, "the schema itself"))
        yield from (("allOf", message) for message in (*_closed(parts), *_types(parts)))


def _parts(document: dict[str, Any], node: Any, name: str, depth: int = 0) -> Iterator[Part]:
    """A schema, and all that its `allOf` and references say too (JSON Schema Core section 10.2.1.1)."""
    if type(node) is not dict or depth > DEEPEST:
        return
    if type(node.get("$ref")) is str:
        yield from _parts(document, find(document, node["$ref"])[0], node["$ref"].rpartition("/")[2], depth + 1)
        return
    yield Part(name, node)
    entries = node.get("allOf")
    for position, entry in enumerate(entries if type(entries) is list else ()):
        yield from _parts(document, entry, f"allOf/{position}", depth + 1)


def _closed(parts: list[Part]) -> Iterator[str]:
    """`additionalProperties: false` regards only the `properties` beside it (JSON Schema Core section 10.3.2.3)."""
    for closed in parts:
        if closed.node.get("additionalProperties") is not False or closed.node.get("patternProperties"):
            continue
        known = _properties(closed)
        for other in parts:
            required, named = _required(other) - known.keys(), list(_properties(other).keys() - known.keys())
            refuses = f"`additionalProperties: false` of {closed.name} refuses"
            if required:
                yield f"{refuses} {_shown(required)} that {other.name} requires: no object is valid"
            elif named:
                right = "`unevaluatedProperties: false` beside `allOf` would not"
                yield f"{refuses} {_shown(named)} of {other.name}; {right}"


def _properties(part: Part) -> Mapping[str, Any]:
    found = part.node.get("properties")
    return {name: at for name, at in found.items() if at is not False} if type(found) is dict else {}


def _required(part: Part) -> set[str]:
    found: Any = part.node.get("required")
    return set(found) if schema_keywords.is_names(found) else set()


def _shown(names: set[str] | list[str]) -> str:
    """Some of the names: `the properties a, b`."""
    some = sorted(names)[:5]
    noun = "the property" if len(names) == 1 else "the properties"
    return f"{noun} {', '.join(some)}{' and others' if len(names) > len(some) else ''}"


def _types(parts: list[Part]) -> Iterator[str]:
    """Parts that have no type in common."""
    named = [(part, _allowed(part.node)) for part in parts if schema_keywords.is_type(part.node.get("type"))]
    common = set(schema_keywords.TYPES).intersection(*(allowed for _, allowed in named))
    if named and not common:
        said = ", ".join(f"{part.node['type']} of {part.name}" for part, _ in named)
        yield f"no value has all of the types: {said}"


def _allowed(node: Mapping[str, Any]) -> set[str]:
    kinds = {node["type"]} if type(node["type"]) is str else set(node["type"])
    kinds |= {"integer"} if "number" in kinds else set()
    return kinds | ({"null"} if node.get("nullable") is True or node.get("x-nullable") is True else set())


def _bounds(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for least, most in BOUNDS:
        low: Any = schema.get(least)
        high: Any = schema.get(most)
        if schema_keywords.is_number(low) and schema_keywords.is_number(high) and low > high:
            yield least, f"`{least}` {low} is greater than `{most}` {high}: no value is valid"


BOUNDS = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)
"""Pairs of keywords: the first must not be greater than the second."""

LEAST = frozenset(least for least, _ in BOUNDS)

KEYWORDS = LEAST | {"allOf"}
"""A schema without any of these contradicts nothing."""
