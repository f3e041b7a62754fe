"""The `default`s inside of objects and lists that a request sends (JSON Schema Validation section 9.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from mockserver.openapi.schemas import Schemas

DEEPEST = 3
"""Objects below this depth get no defaults; schemas may contain themselves."""


NO_KINDS: Mapping[str, Any] = {}


class ObjectDefaults(Struct, frozen=True):
    """What an object gets that a request sends: `values` of its own properties, and what the objects in it get.

    Where it may be of several kinds, `kinds` has what those of each value of the property `tag` get.
    """

    values: Mapping[str, Any]
    inner: Mapping[str, ObjectDefaults]
    tag: str = ""
    kinds: Mapping[str, ObjectDefaults] = NO_KINDS

    def fill(self, sent: dict[str, Any]) -> dict[str, Any]:
        """The object with its defaults, also in the objects of a list; objects that were not sent are not made up."""
        filled = {**sent, **{name: value for name, value in self.values.items() if name not in sent}}
        kind = self.kinds.get(str(sent.get(self.tag))) if self.tag else None
        if kind is not None:
            return kind.fill(filled)
        for name, inner in self.inner.items():
            value = filled.get(name)
            if isinstance(value, dict):
                filled[name] = inner.fill(value)
            elif isinstance(value, list):
                filled[name] = [inner.fill(each) if isinstance(each, dict) else each for each in value]
        return filled


def nested_defaults(schemas: Schemas, pointers: Iterable[str]) -> ObjectDefaults | None:
    """What the objects in a body get, by the schemas of the body; None if nothing has a default."""
    inner: dict[str, ObjectDefaults] = {}
    for pointer in pointers:
        inner |= _inner(schemas, schemas.properties(pointer), DEEPEST)
    return ObjectDefaults({}, inner) if inner else None


def _inner(schemas: Schemas, properties: Mapping[str, str], depth: int) -> dict[str, ObjectDefaults]:
    objects = {name: at for name, at in _objects(schemas, properties) if depth > 0}
    found = {name: _of_object(schemas, at, depth - 1) for name, at in objects.items()}
    return {name: each for name, each in found.items() if each.values or each.inner or each.kinds}


def _objects(schemas: Schemas, properties: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The properties that are objects or lists of such, each with the schema of an object."""
    for name, at in properties.items():
        types = schemas.types(at) - {"null"}
        entries = schemas.items(at) if types == {"array"} else at
        if entries is not None and schemas.types(entries) - {"null"} == {"object"}:
            yield name, entries


def _of_object(schemas: Schemas, pointer: str, depth: int) -> ObjectDefaults:
    node, _ = schemas.resolve(pointer)
    rule = node.get("discriminator") if isinstance(node, Mapping) else None
    if isinstance(rule, Mapping) and isinstance(rule.get("mapping"), Mapping):
        places = {value: target.removeprefix("#") for value, target in rule["mapping"].items() if target[:2] == "#/"}
        kinds = {value: _of_object(schemas, place, depth) for value, place in places.items() if place != pointer}
        return ObjectDefaults({}, {}, str(rule.get("propertyName", "")), kinds)
    properties = schemas.properties(pointer)
    values = {name: schemas.keyword(at, "default") for name, at in properties.items()}
    given = {name: value for name, value in values.items() if value is not None}
    return ObjectDefaults(given, _inner(schemas, properties, depth))
