"""The schemas of one document: compiled to validators (jsonschema-rs, JSON Schema 2020-12), and looked into.

A schema is named by its JSON pointer. Validators exist for two directions, see `DirectionView`: a request may omit
required `readOnly` properties; a response may omit required `writeOnly` ones and must not contain any (OpenAPI 3.1
section 4.8.24, JSON Schema Validation section 9.4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import jsonschema_rs

from mockserver.errors import InvalidDocument, Unanswerable
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.direction_view import Direction, DirectionView
from mockserver.openapi.formats import FORMATS
from mockserver.openapi.regex import PATTERN_LIMIT

Compiled = jsonschema_rs.Draft202012Validator

NAMED = lazy_pattern("/components/schemas/[^/]+")
"""The pointer of a schema that has a name."""

SHAPE = "x-from-example"
"""The keyword with the JSON type of the values that examples show, in a schema that allows any (example_shapes.py)."""

TELLING = 4
"""How many properties tell what a schema without a name describes."""


class Validator:
    """Validates values against one schema, which is compiled with the first value, or by `compile`.

    `is_valid` and `iter_errors` are jsonschema-rs's. After compilation they are its bound methods themselves, so that a
    call costs no detour. `known` finds the names of the properties that the schema has for the object at a path, and
    `definition` what it has below `$defs`.
    """

    __slots__ = ("_make", "definition", "is_valid", "iter_errors", "known", "validate")

    def __init__(
        self,
        make: Callable[[], Compiled],
        known: Callable[[Path], Iterable[str]],
        definition: Callable[[str], Mapping[str, Any]],
    ) -> None:
        self._make: Callable[[], Compiled] | None = make
        self.known, self.definition = known, definition
        self.validate: Callable[[Any], None] = lambda value: self.compile().validate(value)
        self.is_valid: Callable[[Any], bool] = lambda value: self.compile().is_valid(value)
        self.iter_errors: Callable[[Any], Iterator[jsonschema_rs.ValidationError]] = lambda value: (
            self.compile().iter_errors(value)
        )

    def compile(self) -> Validator:
        """Compile the schema now. Raises InvalidDocument if that fails."""
        if self._make is not None:
            made = self._make()
            self.is_valid, self.iter_errors, self._make = made.is_valid, made.iter_errors, None
            self.validate = made.validate
        return self

    def first_error(self, value: Any) -> jsonschema_rs.ValidationError:
        """The first error of an invalid value; faster than all of them."""
        try:
            self.validate(value)
        except jsonschema_rs.ValidationError as error:
            return error
        raise ValueError("the value is valid")


Path = tuple[str | int, ...]
"""The keys and numbers that lead to a value inside of another one."""

REJECT_NO_TEXT = frozenset({"type", "description", "title", "example", "examples", "default", "$ref"})
"""Keywords that reject no text if `type` allows strings; `$ref` is followed on its own."""


SILENT = frozenset({"title", "description", "deprecated", "externalDocs", "$comment", "$ref"})
"""Keywords that neither reject nor show a value; `$ref` is followed on its own."""


COMPOSING = frozenset(("$ref", "allOf", "anyOf", "oneOf"))
"""Keywords by which a schema says what other schemas say, too."""


class Schemas:
    """All schemas of a document; `root` is its normal form.

    What is found about a schema is kept, since plans and checks ask about the same schemas again and again.
    """

    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root
        self.views: dict[Direction, DirectionView] = {
            "request": DirectionView(root, "request", tolerant=True),
            "response": DirectionView(root, "response"),
        }
        self._validators: dict[tuple[str, Direction], Validator] = {}
        self._branches: dict[tuple[str, bool], tuple[tuple[dict[str, Any], str], ...]] = {}
        self._properties: dict[str, dict[str, str]] = {}
        self._types: dict[str, frozenset[str]] = {}
        self._resolved: dict[str, tuple[Any, str]] = {}
        self._kinds: dict[frozenset[tuple[str, frozenset[str]]], str] = {}
        self._kind_at: dict[str, str] = {}

    def validator(self, pointer: str, direction: Direction) -> Validator:
        """The validator of the schema at `pointer`; it compiles itself when first used."""
        key = (pointer, direction)
        if key not in self._validators:
            self._validators[key] = Validator(
                partial(self.compile_once, pointer, direction),
                partial(self._names, pointer),
                self.views[direction].definition,
            )
        return self._validators[key]

    def lines_validator(self, pointer: str, direction: Direction) -> Validator:
        """The validator of a body of one JSON value a line, read as a list.

        The schema at `pointer` describes that list if it is one of an array, else each of its items.
        """
        if "array" in self.types(pointer):
            return self.validator(pointer, direction)
        key = (f"{pointer}\n", direction)  # the line break sets it apart from the validator of one value
        if key not in self._validators:
            self._validators[key] = Validator(
                partial(self._compile_listed, pointer, direction),
                lambda path: self._names(pointer, path[1:]),
                self.views[direction].definition,
            )
        return self._validators[key]

    def _compile_listed(self, pointer: str, direction: Direction) -> Compiled:
        item = dict(self.views[direction].standalone(pointer))
        return compiled({"$defs": item.pop("$defs"), "type": "array", "items": item})

    def takes_any_text(self, pointer: str) -> bool:
        """Is every string valid for the schema at `pointer`, so that validation can be skipped?"""
        return all(
            set(node) <= REJECT_NO_TEXT and node.get("type", "string") == "string" for node, _ in self.branches(pointer)
        )

    def says_nothing(self, pointer: str) -> bool:
        """Does the schema at `pointer` allow every value and show none? FastAPI writes `{}` for what has no type."""
        return all(name in SILENT or name[:2] == "x-" for node, _ in self.branches(pointer) for name in node)

    def compile(self) -> None:
        """Compile every validator that was requested so far. Raises InvalidDocument if one fails."""
        for validator in list(self._validators.values()):
            validator.compile()

    def compile_once(self, pointer: str, direction: Direction, *, items: bool = True) -> Compiled:
        """A new compiled validator of the schema at `pointer`; without `items`, one that allows any items in lists.

        Raises InvalidDocument if it cannot be compiled.
        """
        view = self.views[direction]
        try:
            return compiled(view.standalone(pointer) if items else view.without_items(pointer))
        except (ValueError, jsonschema_rs.ReferencingError, Unanswerable) as fault:
            raise InvalidDocument(f"the schema cannot be compiled: {fault}", pointer=pointer) from None

    def resolve(self, pointer: str) -> tuple[Any, str]:
        """The schema at `pointer` with its `$ref`s followed, and its own pointer."""
        found = self._resolved.get(pointer)
        if found is None:
            node = json_pointer.lookup(self.root, pointer)
            found = self._resolved[pointer] = json_pointer.resolve(self.root, node, pointer)
        return found

    def kind(self, pointer: str) -> str:
        """The pointer of the first schema that describes the same things; mostly its own, without `$ref`.

        Some generators write the schema of an item anew wherever it is shown. These are the same if they have the same
        properties, and enough of them that other things do not have them too; those inside of them count, since the
        pages of two lists differ in nothing else. A choice of schemas with names is none of its own.
        """
        node, own = self.resolve(pointer)
        found = self._kind_at.get(own)
        if found is None:
            is_telling = NAMED.fullmatch(own) is None and isinstance(node, dict) and "properties" in node
            shown = self.properties(own) if is_telling else {}
            inside = frozenset((name, frozenset(self.properties(self.items(at) or at))) for name, at in shown.items())
            found = self._kind_at[own] = self._kinds.setdefault(inside, own) if len(shown) >= TELLING else own
        return found

    def branches(self, pointer: str, *, every: bool = False) -> tuple[tuple[dict[str, Any], str], ...]:
        """The schema objects that describe one value together, each with its pointer.

        These are the schema itself, what its `$ref` points to and the parts of its `allOf`; with `every` also the
        alternatives of `anyOf` and `oneOf`.
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
            if COMPOSING.isdisjoint(node):  # as are most properties
                yield node, here
                continue
            if isinstance(node.get("$ref"), str) and node["$ref"].startswith("#"):
                waiting.append(json_pointer.target(node["$ref"]))
            for keyword in keywords:
                waiting += [json_pointer.join(here, keyword, i) for i, _ in enumerate(node.get(keyword) or ())]
            yield node, here

    def properties(self, pointer: str) -> dict[str, str]:
        """Property name → pointer of its schema, for an object schema with its `allOf`, alternatives and subtypes.

        Of several schemas for a property the first one counts.
        """
        found = self._properties.get(pointer)
        if found is None:
            found = self._properties[pointer] = {}
            for start in (pointer, *self.subtypes(pointer)):
                for node, here in self.branches(start, every=True):
                    for name in node.get("properties") or ():
                        found.setdefault(name, json_pointer.join(here, "properties", name))
        return found

    def never_shown(self, pointer: str) -> frozenset[str]:
        """The names of properties that are `writeOnly` in every schema for them: no response contains any of these."""
        starts = (pointer, *self.subtypes(pointer))
        found: dict[str, bool] = {}
        for node, here in (branch for start in starts for branch in self.branches(start, every=True)):
            for name in node.get("properties") or ():
                is_hidden = self.keyword(json_pointer.join(here, "properties", name), "writeOnly") is True
                found[name] = is_hidden and found.get(name, True)
        return frozenset(name for name, is_hidden in found.items() if is_hidden)

    def subtypes(self, pointer: str) -> list[str]:
        """The pointers of the schemas that inherit from the one at `pointer`, if a discriminator selects among them.

        A part of `allOf` selects too (`allOf: [{$ref: Pet}]` with a description), except in a schema that inherits.
        """
        inheritance = self.views["response"].inheritance
        node, own = self.resolve(pointer)
        parts = node.get("allOf") or () if isinstance(node, dict) and not inheritance.is_member(own) else ()
        starts = [own, *(self.resolve(json_pointer.join(own, "allOf", index))[1] for index, _ in enumerate(parts))]
        return [kind for start in starts for kind in inheritance.subtypes(start)]

    def tag(self, pointer: str) -> dict[str, list[Any]]:
        """The property of a discriminator → its values that select the schema at `pointer`, a subtype or a branch."""
        inheritance = self.views["request"].inheritance
        tag = inheritance.own_tag(self.resolve(pointer)[1])
        outer, keyword, index = (*pointer.rsplit("/", 2), "", "")[:3]
        if tag is None and keyword in ("oneOf", "anyOf") and index.isdigit():
            node = self.resolve(outer)[0]
            rule, branches = node.get("discriminator"), node.get(keyword, [])
            tag = inheritance.branch_tags(rule, branches)[int(index)] if isinstance(rule, dict) else None
        known = (tag or {}).get("properties", {})
        return {name: values["enum"] for name, values in known.items() if "enum" in values}

    def required(self, pointer: str) -> set[str]:
        """The names of the properties that every valid object has."""
        return {name for node, _ in self.branches(pointer) for name in node.get("required") or ()}

    def types(self, pointer: str) -> frozenset[str]:
        """The JSON types that a value may have; empty if the schema does not say."""
        known = self._types.get(pointer)
        if known is not None:
            return known
        found: set[str] = set()
        for node, _ in self.branches(pointer, every=True):
            written = node.get("type")
            found.update([written] if isinstance(written, str) else written or ())
            if "type" not in node:
                found.update([node[SHAPE]] if SHAPE in node else ())
                found.update(_type_of(value) for value in [*(node.get("enum") or ()), *_const(node)])
        known = self._types[pointer] = frozenset(found)
        return known

    def keyword(self, pointer: str, name: str) -> Any:
        """The first value of a keyword in `branches`, or None."""
        return next((node[name] for node, _ in self.branches(pointer) if name in node), None)

    def items(self, pointer: str) -> str | None:
        """The pointer of the `items` of an array schema, or None."""
        for node, here in self.branches(pointer, every=True):
            if isinstance(node.get("items"), dict):
                return json_pointer.join(here, "items")
        return None

    def values(self, pointer: str) -> str | None:
        """The pointer of the `additionalProperties` of an object schema that names no properties, or None."""
        for node, here in self.branches(pointer) if not self.properties(pointer) else ():
            if isinstance(node.get("additionalProperties"), dict):
                return json_pointer.join(here, "additionalProperties")
        return None

    def _names(self, pointer: str, path: Path) -> Iterable[str]:
        """The names of the properties of the object at `path` inside a value of the schema at `pointer`."""
        found = self.below(pointer, path)
        return self.properties(found) if found is not None else ()

    def item(self, pointer: str, position: int) -> str | None:
        """The pointer of the schema for the item at a position, which `prefixItems` may describe, or None."""
        for node, here in self.branches(pointer, every=True):
            first = node.get("prefixItems")
            if isinstance(first, list) and position < len(first):
                return json_pointer.join(here, "prefixItems", position)
        return self.items(pointer)

    def below(self, pointer: str | None, path: Path) -> str | None:
        """The pointer of the schema for the value at `path` inside a value of the schema at `pointer`, or None."""
        for step in path:
            if pointer is None:
                return None
            if isinstance(step, int):
                pointer = self.item(pointer, step)
            else:
                pointer = self.properties(pointer).get(step) or self.values(pointer)
        return pointer


def compiled(schema: dict[str, Any]) -> Compiled:
    """The validator of a schema that contains all it refers to. Raises ValueError if it cannot be compiled."""
    return Compiled(schema, validate_formats=True, formats=FORMATS, pattern_options=PATTERN_LIMIT)


def _const(node: Mapping[str, Any]) -> list[Any]:
    return [node["const"]] if "const" in node else []


def _type_of(value: Any) -> str:
    for kind, name in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array")):
        if isinstance(value, kind):
            return name
    return "null" if value is None else "object"
