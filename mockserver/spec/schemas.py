"""The schemas of one document, compiled to validators on demand (jsonschema-rs, JSON Schema 2020-12).

A schema is named by its JSON pointer. It is looked at in one of two directions: what a client sends may leave out
required `readOnly` properties, what a service answers may leave out required `writeOnly` ones and must not show any
(OpenAPI 3.1 section 4.8.24, JSON Schema Validation section 9.4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal
from urllib.parse import quote

import jsonschema_rs
import orjson

from mockserver.errors import Fault, InvalidDocument
from mockserver.spec import pointer as json_pointer

Direction = Literal["request", "response"]
Validator = jsonschema_rs.Draft202012Validator

BASE = "urn:document"
PATTERN_LIMIT = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000)
"""Bounds the time that an absurd regular expression of a document may take."""


class Schemas:
    """All schemas of a document's normal form `root`."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root
        self._text = orjson.dumps(root, option=orjson.OPT_NON_STR_KEYS)
        self._registries: dict[str, jsonschema_rs.Registry] = {}
        self._validators: dict[tuple[str, Direction], Validator] = {}

    def validator(self, pointer: str, direction: Direction) -> Validator:
        """The validator of the schema at `pointer`. Raises InvalidDocument where it cannot be compiled."""
        key = (pointer, direction)
        if key not in self._validators:
            self._validators[key] = self._compile(pointer, direction)
        return self._validators[key]

    def inline(self, schema: Mapping[str, Any], direction: Direction) -> Validator:
        """The validator of a schema made at load, which may refer to the document's own as `urn:document#/…`."""
        return Validator(
            dict(schema), registry=self._registry(direction), validate_formats=True, pattern_options=PATTERN_LIMIT
        )

    def _compile(self, pointer: str, direction: Direction) -> Validator:
        try:
            return self.inline(reference(pointer), direction)
        except (ValueError, jsonschema_rs.ReferencingError) as fault:
            raise InvalidDocument(f"the schema cannot be compiled: {fault}", pointer=pointer) from None

    def _registry(self, direction: Direction) -> jsonschema_rs.Registry:
        word = {"request": "readOnly", "response": "writeOnly"}[direction]
        view = word if b'"%s":true' % word.encode() in self._text else "plain"
        if view not in self._registries:
            root = self.root if view == "plain" else _view(self.root, word)
            self._registries[view] = jsonschema_rs.Registry([(BASE, dict(root))], draft=jsonschema_rs.Draft202012)
        return self._registries[view]

    def resolve(self, pointer: str) -> tuple[Any, str]:
        """The schema at `pointer` with its `$ref`s followed, and where it stands."""
        return json_pointer.resolve(self.root, json_pointer.lookup(self.root, pointer), pointer)

    def branches(self, pointer: str, *, every: bool = False) -> Iterator[tuple[dict[str, Any], str]]:
        """The schema objects that together describe one value: itself, its `$ref`s and its `allOf` members.

        With `every`, the alternatives of `anyOf` and `oneOf` too.
        """
        keywords = ("allOf", "anyOf", "oneOf") if every else ("allOf",)
        waiting, seen = [pointer], set()
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            node = json_pointer.lookup(self.root, here)
            if not isinstance(node, dict):
                continue
            if isinstance(node.get("$ref"), str) and node["$ref"].startswith("#"):
                waiting.append(json_pointer.target(node["$ref"]))
            for keyword in keywords:
                waiting += [json_pointer.join(here, keyword, i) for i, _ in enumerate(node.get(keyword) or ())]
            yield node, here

    def properties(self, pointer: str) -> dict[str, str]:
        """Property name → pointer of its schema, of an object schema with its `allOf` and alternatives."""
        found: dict[str, str] = {}
        for node, here in self.branches(pointer, every=True):
            for name in node.get("properties") or ():
                found.setdefault(name, json_pointer.join(here, "properties", name))
        return found

    def required(self, pointer: str) -> set[str]:
        """The names that every valid object has."""
        return {name for node, _ in self.branches(pointer) for name in node.get("required") or ()}

    def types(self, pointer: str) -> frozenset[str]:
        """The JSON types a value may have; empty when the schema does not say."""
        found: set[str] = set()
        for node, _ in self.branches(pointer, every=True):
            written = node.get("type")
            found.update([written] if isinstance(written, str) else written or ())
            if "type" not in node:
                found.update(_type_of(value) for value in [*(node.get("enum") or ()), *_const(node)])
        return frozenset(found)

    def keyword(self, pointer: str, name: str) -> Any:
        """The first value of a keyword in the branches that describe the value, or None."""
        return next((node[name] for node, _ in self.branches(pointer) if name in node), None)

    def items(self, pointer: str) -> str | None:
        """The pointer of an array schema's `items`, or None."""
        for node, here in self.branches(pointer, every=True):
            if isinstance(node.get("items"), dict):
                return json_pointer.join(here, "items")
        return None

    def below(self, pointer: str | None, path: tuple[str | int, ...]) -> str | None:
        """The pointer of the schema of the value at `path` inside a value of the schema at `pointer`, or None."""
        for step in path:
            if pointer is None:
                return None
            pointer = self.items(pointer) if isinstance(step, int) else self.properties(pointer).get(step)
        return pointer


def reference(pointer: str) -> dict[str, str]:
    """A schema that is the one at `pointer` of the document."""
    return {"$ref": f"{BASE}#{quote(pointer, safe='/~!$&()*+,;=:@?')}"}


def faults(validator: Validator, instance: Any, location: str, prefix: tuple[str | int, ...] = ()) -> tuple[Fault, ...]:
    """What is wrong with `instance`, one Fault a broken keyword, the most telling of alternatives first."""
    return tuple(_fault(error, location, prefix) for error in validator.iter_errors(instance))


def _fault(error: jsonschema_rs.ValidationError, location: str, prefix: tuple[str | int, ...]) -> Fault:
    keyword = error.kind.name
    path = (*prefix, *error.instance_path)
    if keyword == "required":
        path = (*path, error.kind.property)  # type: ignore[attr-defined]
    elif keyword == "additionalProperties":
        path = (*path, *error.kind.unexpected[:1])  # type: ignore[attr-defined]
    return Fault(location, path, error.message, keyword, _expected(error))


def _expected(error: jsonschema_rs.ValidationError) -> Any:
    """What the broken keyword demands; of types, the one that is not null."""
    if error.kind.name == "type":
        return " or ".join(name for name in error.kind.types if name != "null")  # type: ignore[attr-defined]
    return getattr(error.kind, "value", None)


def _const(node: Mapping[str, Any]) -> list[Any]:
    return [node["const"]] if "const" in node else []


def _type_of(value: Any) -> str:
    for kind, name in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array")):
        if isinstance(value, kind):
            return name
    return "null" if value is None else "object"


def _view(node: Any, word: str) -> Any:
    """A copy of a document in which properties marked with `word` are not required, and `writeOnly` ones forbidden."""
    if isinstance(node, list):
        return [_view(entry, word) for entry in node]
    if not isinstance(node, dict):
        return node
    copy = {key: _view(value, word) for key, value in node.items()}
    properties = node.get("properties")
    if isinstance(properties, dict):
        marked = [name for name, schema in properties.items() if isinstance(schema, dict) and schema.get(word) is True]
        if marked:
            required = node.get("required")
            copy["required"] = [n for n in required if n not in marked] if isinstance(required, list) else []
            if word == "writeOnly":
                copy["properties"] |= dict.fromkeys(marked, False)
    return copy
