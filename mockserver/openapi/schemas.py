"""The schemas of one document, compiled to validators on demand (jsonschema-rs, JSON Schema 2020-12).

A schema is named by its JSON pointer. It is looked at in one of two directions, as `Perspective` says: what a client
sends may leave out required `readOnly` properties, what a service answers may leave out required `writeOnly` ones and
must not show any (OpenAPI 3.1 section 4.8.24, JSON Schema Validation section 9.4), and discriminators decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import jsonschema_rs

from mockserver.errors import Fault, InvalidDocument, Unanswerable
from mockserver.openapi import json_codec
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.direction_view import Direction, DirectionView

Compiled = jsonschema_rs.Draft202012Validator

PATTERN_LIMIT = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000)
"""Bounds the time that an absurd regular expression of a document may take."""


class Validator:
    """Judges values by one schema, which is compiled when a value is first judged, or by `compile`."""

    __slots__ = ("_make", "is_valid", "iter_errors")

    def __init__(self, make: Callable[[], Compiled]) -> None:
        self._make: Callable[[], Compiled] | None = make
        self.is_valid: Callable[[Any], bool] = lambda value: self.compile().is_valid(value)
        self.iter_errors: Callable[[Any], Iterator[jsonschema_rs.ValidationError]] = lambda value: (
            self.compile().iter_errors(value)
        )

    def compile(self) -> Validator:
        """Make it ready. Raises InvalidDocument where the schema cannot be compiled."""
        if self._make is not None:
            made = self._make()
            self.is_valid, self.iter_errors, self._make = made.is_valid, made.iter_errors, None
        return self


LABELS = frozenset({"type", "description", "title", "example", "examples", "default", "$ref"})
"""Keywords of a schema that refuse no text, where its type is a text's."""


class Schemas:
    """All schemas of a document's normal form `root`, and how either direction of a message sees them."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root
        self.views: dict[Direction, DirectionView] = {
            "request": DirectionView(root, "request", patient=True),
            "response": DirectionView(root, "response"),
        }
        self._validators: dict[tuple[str, Direction], Validator] = {}
        self._branches: dict[tuple[str, bool], tuple[tuple[dict[str, Any], str], ...]] = {}
        self._properties: dict[str, dict[str, str]] = {}

    def validator(self, pointer: str, direction: Direction) -> Validator:
        """The validator of the schema at `pointer`, which is compiled when it is first needed."""
        key = (pointer, direction)
        if key not in self._validators:
            self._validators[key] = Validator(partial(self.compile_once, pointer, direction))
        return self._validators[key]

    def lines_validator(self, pointer: str, direction: Direction) -> Validator:
        """The validator of a body of one JSON value a line, read as a list.

        The schema at `pointer` describes that list if it is one of an array, else each of its items.
        """
        if "array" in self.types(pointer):
            return self.validator(pointer, direction)
        key = (f"{pointer}\n", direction)
        if key not in self._validators:
            self._validators[key] = Validator(partial(self._compile_listed, pointer, direction))
        return self._validators[key]

    def _compile_listed(self, pointer: str, direction: Direction) -> Compiled:
        item = dict(self.views[direction].whole(pointer))
        return compiled({"$defs": item.pop("$defs"), "type": "array", "items": item})

    def takes_any_text(self, pointer: str) -> bool:
        """Is every text valid for the schema at `pointer`, so that no validator need be asked?"""
        return all(set(node) <= LABELS and node.get("type", "string") == "string" for node, _ in self.branches(pointer))

    def compile(self) -> None:
        """Compile every validator that was asked for. Raises InvalidDocument where one cannot be."""
        for validator in list(self._validators.values()):
            validator.compile()

    def compile_once(self, pointer: str, direction: Direction) -> Compiled:
        """What judges by the schema at `pointer`, not kept. Raises InvalidDocument where it cannot be compiled."""
        try:
            return compiled(self.views[direction].whole(pointer))
        except (ValueError, jsonschema_rs.ReferencingError, Unanswerable) as fault:
            raise InvalidDocument(f"the schema cannot be compiled: {fault}", pointer=pointer) from None

    def resolve(self, pointer: str) -> tuple[Any, str]:
        """The schema at `pointer` with its `$ref`s followed, and where it stands."""
        return json_pointer.resolve(self.root, json_pointer.lookup(self.root, pointer), pointer)

    def branches(self, pointer: str, *, every: bool = False) -> tuple[tuple[dict[str, Any], str], ...]:
        """The schema objects that together describe one value: itself, its `$ref`s and its `allOf` members.

        With `every`, the alternatives of `anyOf` and `oneOf` too.
        """
        found = self._branches.get((pointer, every))
        if found is None:
            found = self._branches[pointer, every] = tuple(self._walk(pointer, every))
        return found

    def _walk(self, pointer: str, every: bool) -> Iterator[tuple[dict[str, Any], str]]:
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
        found = self._properties.get(pointer)
        if found is None:
            found = self._properties[pointer] = {}
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


def compiled(schema: dict[str, Any]) -> Compiled:
    """The validator of a schema that holds all it refers to. Raises ValueError where there can be none."""
    return Compiled(schema, validate_formats=True, pattern_options=PATTERN_LIMIT)


def faults(validator: Validator, instance: Any, location: str, prefix: tuple[str | int, ...] = ()) -> tuple[Fault, ...]:
    """What is wrong with `instance`, one Fault a broken keyword; of alternatives what the one that is meant says."""
    return tuple(fault for error in validator.iter_errors(instance) for fault in _told(error, location, prefix))


def _told(error: jsonschema_rs.ValidationError, location: str, prefix: tuple[str | int, ...]) -> Iterator[Fault]:
    branches = error.kind.context if error.kind.name in ("anyOf", "oneOf") else []  # type: ignore[attr-defined]
    if not all(branches):
        branches = []  # several hold, where one should
    meant = [branch for branch in branches if not _is_other_kind(branch, error)]
    told = meant[0] if len(meant) == 1 else _agreed(branches)
    for inner in told:
        yield from _told(inner, location, prefix)
    if not told:
        yield _decided(branches, location, prefix) or _fault(error, location, prefix)


def _is_other_kind(branch: list[jsonschema_rs.ValidationError], whole: jsonschema_rs.ValidationError) -> bool:
    """Does an alternative fail by what tells kinds apart: the type, or a property that has other values in it?"""
    return any(
        error.kind.name == "type" if error.instance_path == whole.instance_path else error.kind.name in CHOICES
        for error in branch
    )


def _agreed(branches: list[list[jsonschema_rs.ValidationError]]) -> list[jsonschema_rs.ValidationError]:
    """The properties that are missing whichever alternative was meant."""
    missing = [
        {(*e.instance_path, e.kind.property): e for e in branch if e.kind.name == "required"}  # type: ignore[attr-defined]
        for branch in branches
    ]
    return [error for place, error in missing[0].items() if all(place in one for one in missing)] if missing else []


def _decided(
    branches: list[list[jsonschema_rs.ValidationError]], location: str, prefix: tuple[str | int, ...]
) -> Fault | None:
    """The fault of a property that has a value of no alternative; None where that is not what is wrong."""
    chosen = [{tuple(e.instance_path): e for e in branch if e.kind.name in CHOICES} for branch in branches]
    for place, error in chosen[0].items() if chosen else ():
        if all(place in one for one in chosen):
            allowed = [value for one in chosen for value in CHOICES[one[place].kind.name](one[place].kind)]
            said = ", ".join(json_codec.write(value).decode() for value in allowed)
            message = f"{json_codec.write(error.instance).decode()} is not one of {said}"
            return Fault(location, (*prefix, *place), message, "enum", allowed)
    return None


CHOICES: dict[str, Callable[[Any], list[Any]]] = {
    "enum": lambda kind: kind.options,
    "const": lambda kind: [kind.expected_value],
}
"""Keywords that list what is allowed, and how their errors tell it."""


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
