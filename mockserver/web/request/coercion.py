"""Texts becoming JSON values, as a schema says: forms, queries, paths and headers know nothing but texts."""

from __future__ import annotations

import math
import re
from typing import Any

import orjson

from mockserver.openapi import json_codec
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.schemas import Schemas

INTEGER = re.compile(r"[+-]?\d{1,300}\Z")
NUMBER = re.compile(r"[+-]?(\d{1,300}(\.\d{0,300})?|\.\d{1,300})([eE][+-]?\d{1,3})?\Z")

NOTHING: frozenset[str] = frozenset()


class Coercion:
    """The types of the schema at a pointer; those of its parts are looked up when they are needed."""

    __slots__ = ("_declared", "_item", "_names", "_pointer", "_schemas", "_texts", "is_array", "is_object", "types")

    def __init__(self, schemas: Schemas, pointer: str | None) -> None:
        self._schemas, self._pointer = schemas, pointer
        self.types = schemas.types(pointer) if pointer else NOTHING
        self._texts = NOTHING
        if pointer and "string" in self.types and len(self.types - {"null"}) > 1:
            self._texts = _only_texts(schemas, pointer)
            self.types -= {"string"} if self._texts else NOTHING
        # What may be a text is one: nobody can tell whether `a,b` was meant as two.
        self.is_array = "array" in self.types and "string" not in self.types
        self.is_object = "object" in self.types and "string" not in self.types
        self._item: Coercion | None = None
        self._declared: dict[str, str] | None = None
        self._names: dict[str, Coercion] = {}

    @property
    def item(self) -> Coercion:
        """The types of an array's items."""
        if self._item is None:
            self._item = Coercion(self._schemas, self._schemas.items(self._pointer) if self._pointer else None)
        return self._item

    @property
    def names(self) -> dict[str, str]:
        """The declared properties of an object: name → pointer."""
        if self._declared is None:
            self._declared = self._schemas.properties(self._pointer) if self._pointer else {}
        return self._declared

    def property(self, name: str) -> Coercion:
        """The types of a property, declared or additional."""
        if name not in self._names:
            pointer = self.names.get(name) or self.additional()
            if len(self._names) > 1000:
                return Coercion(self._schemas, pointer)
            self._names[name] = Coercion(self._schemas, pointer)
        return self._names[name]

    def value(self, given: Any) -> Any:
        """`given` (texts, in lists and objects) with every text as the first type it can be."""
        if isinstance(given, str):
            return self._text(given)
        if isinstance(given, list):
            return [self.item.value(entry) for entry in given] if self.is_array or not self.types else self._last(given)
        if isinstance(given, dict):
            return self._object(given)
        return given

    def _text(self, text: str) -> Any:
        if text in self._texts:
            return text
        if self.is_array and not text.startswith("["):
            return [self.item.value(text)]
        return convert(text, self.types)

    def _last(self, given: list[Any]) -> Any:
        """Of several where one is expected the last counts, unless they were meant as one."""
        return self.value(given[-1]) if given else None

    def _object(self, given: dict[str, Any]) -> Any:
        if self.is_array and not self.is_object and all(key.isdecimal() for key in given):
            return [self.item.value(given[key]) for key in sorted(given, key=int)]
        return {name: self.property(name).value(value) for name, value in given.items()}

    def additional(self) -> str | None:
        """The pointer of the schema of properties that are not declared, if they have one."""
        for node, here in self._schemas.branches(self._pointer, every=True) if self._pointer else ():
            if isinstance(node.get("additionalProperties"), dict):
                return json_pointer.join(here, "additionalProperties")
        return None


def _only_texts(schemas: Schemas, pointer: str) -> frozenset[str]:
    """The texts that may stand for what is else no text (a list, or an empty text); none where any may."""
    found: set[str] = set()
    for node, _ in schemas.branches(pointer, every=True):
        written = node.get("type")
        named = [one for one in node.get("enum") or () if isinstance(one, str)]
        if "enum" not in node and "string" in ([written] if isinstance(written, str) else written or ()):
            return NOTHING
        found.update(named)
    return frozenset(found)


def convert(text: str, types: frozenset[str]) -> Any:
    """A text as the first of the types that it can be; one that cannot stays text, for the validator to name."""
    if not types or "string" in types:
        return text
    if types & {"integer", "number"}:
        number = _number(text, types)
        if number is not None:
            return number
    if "boolean" in types and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if "null" in types and text in ("", "null"):
        return None
    return json_or_text(text) if types & {"object", "array"} else text


def _number(text: str, types: frozenset[str]) -> int | float | None:
    """The number that a text writes."""
    if INTEGER.match(text):
        return int(text)
    if "number" in types and NUMBER.match(text):
        real = float(text)
        return None if math.isinf(real) else real
    return None


def json_or_text(text: str) -> Any:
    """The JSON value that a text is, or the text."""
    try:
        return json_codec.read(text.encode())
    except orjson.JSONDecodeError:
        return text
