"""Converting texts to JSON values by their schema: forms, queries, paths and headers have only texts."""

from __future__ import annotations

import math
from typing import Any

import orjson

from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import json_codec
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.schemas import Schemas

INTEGER = lazy_pattern(r"[+-]?\d{1,300}\Z")
NUMBER = lazy_pattern(r"[+-]?(\d{1,300}(\.\d{0,300})?|\.\d{1,300})([eE][+-]?\d{1,3})?\Z")

NESTED = {"csv": ",", "ssv": " ", "tsv": "\t", "pipes": "|"}
"""`collectionFormat` of a list in a list → its separator."""

NO_TYPES: frozenset[str] = frozenset()


class Coercion:
    """Converts texts to the types of the schema at a pointer. The types of its parts are looked up when needed."""

    __slots__ = (
        "_declared",
        "_item",
        "_pointer",
        "_properties",
        "_schemas",
        "_text_values",
        "is_array",
        "is_object",
        "types",
    )

    def __init__(self, schemas: Schemas, pointer: str | None) -> None:
        self._schemas, self._pointer = schemas, pointer
        self.types = schemas.types(pointer) if pointer else NO_TYPES
        self._text_values = NO_TYPES
        if pointer and "string" in self.types and len(self.types - {"null"}) > 1:
            self._text_values = _enum_texts(schemas, pointer)
            self.types -= {"string"} if self._text_values else NO_TYPES
        # A value that may be a text stays one: `a,b` may be a single text or a list of two.
        self.is_array = "array" in self.types and "string" not in self.types
        self.is_object = "object" in self.types and "string" not in self.types
        self._item: Coercion | None = None
        self._declared: dict[str, str] | None = None
        self._properties: dict[str, Coercion] = {}

    @property
    def item(self) -> Coercion:
        """The coercion of an array's items."""
        if self._item is None:
            self._item = Coercion(self._schemas, self._schemas.items(self._pointer) if self._pointer else None)
        return self._item

    @property
    def properties(self) -> dict[str, str]:
        """The declared properties of an object: name → pointer of the schema."""
        if self._declared is None:
            self._declared = self._schemas.properties(self._pointer) if self._pointer else {}
        return self._declared

    @property
    def is_free_form(self) -> bool:
        """May an object have properties of any name? Only if its schema says so or declares no property."""
        if not self.is_object or self._pointer is None:
            return False
        allowed = self._schemas.keyword(self._pointer, "additionalProperties")
        return allowed is not False and (allowed is not None or not self.properties)

    def property(self, name: str) -> Coercion:
        """The coercion of a property, declared or additional."""
        if name not in self._properties:
            pointer = self.properties.get(name) or self.additional()
            if len(self._properties) > 1000:  # clients choose the names of additional properties: keep memory bounded
                return Coercion(self._schemas, pointer)
            self._properties[name] = Coercion(self._schemas, pointer)
        return self._properties[name]

    def coerce(self, raw: Any) -> Any:
        """`raw` (texts, also in lists and objects) with every text as the first type that it can be."""
        if isinstance(raw, str):
            return self._text(raw)
        if isinstance(raw, list):
            return [self.item.coerce(entry) for entry in raw] if self.is_array or not self.types else self._last(raw)
        if isinstance(raw, dict):
            return self._object(raw)
        return raw

    def _text(self, text: str) -> Any:
        if text in self._text_values:
            return text
        if self.is_array and not text.startswith("["):
            return [self.item.coerce(part) for part in self._nested(text)]
        return convert(text, self.types)

    def _nested(self, text: str) -> list[str]:
        """The values of a list in a list (Swagger 2.0, "Items Object"); other lists are split by now."""
        written = self._schemas.keyword(self._pointer, "collectionFormat") if self._pointer else None
        return text.split(NESTED[written]) if written in NESTED and text else [text]

    def _last(self, raw: list[Any]) -> Any:
        """The last of several values where the schema expects one."""
        return self.coerce(raw[-1]) if raw else None

    def _object(self, raw: dict[str, Any]) -> Any:
        if self.is_array and not self.is_object and all(key.isdecimal() for key in raw):
            return [self.item.coerce(raw[key]) for key in sorted(raw, key=int)]
        return {name: self.property(name).coerce(value) for name, value in raw.items()}

    def additional(self) -> str | None:
        """The pointer of the schema of additional properties; None when they have none."""
        for node, here in self._schemas.branches(self._pointer, every=True) if self._pointer else ():
            if isinstance(node.get("additionalProperties"), dict):
                return json_pointer.join(here, "additionalProperties")
        return None


def _enum_texts(schemas: Schemas, pointer: str) -> frozenset[str]:
    """The texts in the `enum`s of a schema that has other types too; empty when any text is allowed."""
    found: set[str] = set()
    for node, _ in schemas.branches(pointer, every=True):
        written = node.get("type")
        named = [one for one in node.get("enum") or () if isinstance(one, str)]
        if "enum" not in node and "string" in ([written] if isinstance(written, str) else written or ()):
            return NO_TYPES
        found.update(named)
    return frozenset(found)


def convert(text: str, types: frozenset[str]) -> Any:
    """The text as the first of the types that it can be; else the text, which the validator then reports."""
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
    """The number that a text represents; None when it is no number, or one that a float cannot hold."""
    if INTEGER.match(text):
        return int(text)
    if "number" in types and NUMBER.match(text):
        real = float(text)
        return None if math.isinf(real) else real
    return None


def json_or_text(text: str) -> Any:
    """The JSON value of a text; the text itself when it is no JSON."""
    try:
        return json_codec.read(text.encode())
    except orjson.JSONDecodeError:
        return text
