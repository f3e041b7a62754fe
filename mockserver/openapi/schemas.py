"""The schemas of one document: compiled to validators (jsonschema-rs, JSON Schema 2020-12), and looked into.

A schema is named by its JSON pointer. Validators exist for two directions, see `DirectionView`: a request may omit
required `readOnly` properties; a response may omit required `writeOnly` ones and must not contain any (OpenAPI 3.1
section 4.8.24, JSON Schema Validation section 9.4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import partial
from itertools import islice
from typing import Any

import jsonschema_rs
from msgspec.structs import replace

from mockserver.errors import Fault, InvalidDocument, Unanswerable
from mockserver.openapi import fault_messages, json_codec
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.direction_view import Direction, DirectionView
from mockserver.openapi.formats import FORMATS
from mockserver.openapi.regex import PATTERN_LIMIT

Compiled = jsonschema_rs.Draft202012Validator


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

    def compile(self) -> None:
        """Compile every validator that was requested so far. Raises InvalidDocument if one fails."""
        for validator in list(self._validators.values()):
            validator.compile()

    def compile_once(self, pointer: str, direction: Direction) -> Compiled:
        """A new compiled validator of the schema at `pointer`. Raises InvalidDocument if it cannot be compiled."""
        try:
            return compiled(self.views[direction].standalone(pointer))
        except (ValueError, jsonschema_rs.ReferencingError, Unanswerable) as fault:
            raise InvalidDocument(f"the schema cannot be compiled: {fault}", pointer=pointer) from None

    def resolve(self, pointer: str) -> tuple[Any, str]:
        """The schema at `pointer` with its `$ref`s followed, and its own pointer."""
        found = self._resolved.get(pointer)
        if found is None:
            node = json_pointer.lookup(self.root, pointer)
            found = self._resolved[pointer] = json_pointer.resolve(self.root, node, pointer)
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
            for start in (pointer, *self._subtypes(pointer)):
                for node, here in self.branches(start, every=True):
                    for name in node.get("properties") or ():
                        found.setdefault(name, json_pointer.join(here, "properties", name))
        return found

    def _subtypes(self, pointer: str) -> list[str]:
        """The pointers of the schemas that inherit from the one at `pointer`, if a discriminator selects among them.

        A part of `allOf` selects too (`allOf: [{$ref: Pet}]` with a description), except in a schema that inherits.
        """
        inheritance = self.views["response"].inheritance
        node, own = self.resolve(pointer)
        parts = node.get("allOf") or () if isinstance(node, dict) and not inheritance.is_member(own) else ()
        starts = [own, *(self.resolve(json_pointer.join(own, "allOf", index))[1] for index, _ in enumerate(parts))]
        return [kind for start in starts for kind in inheritance.subtypes(start)]

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
            pointer = self.item(pointer, step) if isinstance(step, int) else self.properties(pointer).get(step)
        return pointer


def compiled(schema: dict[str, Any]) -> Compiled:
    """The validator of a schema that contains all it refers to. Raises ValueError if it cannot be compiled."""
    return Compiled(schema, validate_formats=True, formats=FORMATS, pattern_options=PATTERN_LIMIT)


MOST_FAULTS = 20
"""How many faults of one value are reported."""

LONGEST = 200
"""How many characters of a value a message shows."""


def faults(
    validator: Validator, instance: Any, location: str, prefix: Path = (), *, is_large: bool = False
) -> tuple[Fault, ...]:
    """What is wrong with `instance`: a Fault for each keyword that fails, located below `prefix` in `location`.

    If all alternatives of `anyOf` or `oneOf` fail, the faults are those of the alternative that was most likely meant:
    "is not valid under any of the schemas" would help no client. At most MOST_FAULTS are found, one where the instance
    is large: the validator collects all of them before it returns the first.
    """
    errors = [validator.first_error(instance)] if is_large else validator.iter_errors(instance)
    found = islice((each for error in errors for each in _readable(error, location, prefix)), MOST_FAULTS)
    return tuple(_with_hint(fault, error, validator, len(prefix)) for fault, error in found)


def _with_hint(fault: Fault, error: jsonschema_rs.ValidationError, validator: Validator, depth: int) -> Fault:
    """The fault with what would be right: examples of the schema, the name that was meant by an unknown property."""
    if fault.keyword in fault_messages.FITTING:
        return replace(fault, message=fault.message + fault_messages.examples_of(error, validator.definition))
    *above, name = fault.path or ("",)
    if fault.message != fault_messages.unknown([str(name)]):
        return fault
    known = [*validator.known(tuple(above[depth:]))]
    if name in known:  # one part of an `allOf` forbids what another one names
        return fault
    near = get_close_matches(str(name), known, 1)
    return replace(fault, message=f"{fault.message}; did you mean {near[0]!r}?") if near else fault


Readable = tuple[Fault, jsonschema_rs.ValidationError]
"""What is wrong, and the error that says so."""


def _readable(error: jsonschema_rs.ValidationError, location: str, prefix: Path) -> Iterator[Readable]:
    branches = error.kind.context if error.kind.name in ("anyOf", "oneOf") else []  # type: ignore[attr-defined]
    if not all(branches):
        branches = []  # several alternatives of a `oneOf` match, so the fault is not inside of one
    possible = [branch for branch in branches if not _is_of_other_type(branch, error)]
    meant = [branch for branch in possible if not _is_other_kind(branch, error)]
    decided = _decided(branches, location, prefix) or _decided(possible, location, prefix) if not meant else None
    inside = meant[0] if len(meant) == 1 else _agreed(branches) if decided is None else []
    for inner in inside:
        yield from _readable(inner, location, prefix)
    if not inside:
        yield decided or _decided(branches, location, prefix) or _fault(error, location, prefix), error


def _is_of_other_type(branch: list[jsonschema_rs.ValidationError], whole: jsonschema_rs.ValidationError) -> bool:
    """Does an alternative fail since the whole value is of another type?"""
    return any(error.kind.name == "type" and error.instance_path == whole.instance_path for error in branch)


def _is_other_kind(branch: list[jsonschema_rs.ValidationError], whole: jsonschema_rs.ValidationError) -> bool:
    """Does an alternative fail by a property with fixed values, which selects another one?"""
    return any(error.instance_path != whole.instance_path and _is_choice(error) for error in branch)


def _is_choice(error: jsonschema_rs.ValidationError) -> bool:
    """Does a property have a value that selects another alternative?"""
    kind = error.kind
    return kind.name in CHOICES or (kind.name == "not" and set(kind.schema) == {"enum"})  # type: ignore[attr-defined]


def _agreed(branches: list[list[jsonschema_rs.ValidationError]]) -> list[jsonschema_rs.ValidationError]:
    """The errors about properties that are missing in every alternative."""
    missing = [
        {(*e.instance_path, e.kind.property): e for e in branch if e.kind.name == "required"}  # type: ignore[attr-defined]
        for branch in branches
    ]
    return [error for place, error in missing[0].items() if all(place in one for one in missing)] if missing else []


def _decided(branches: list[list[jsonschema_rs.ValidationError]], location: str, prefix: Path) -> Fault | None:
    """The fault of a property whose value no alternative allows; None if that is not what is wrong.

    The message lists the values of all alternatives together.
    """
    chosen = [{tuple(e.instance_path): e for e in branch if e.kind.name in CHOICES} for branch in branches]
    for place, error in chosen[0].items() if chosen else ():
        if all(place in one for one in chosen):
            allowed = [value for one in chosen for value in CHOICES[one[place].kind.name](one[place].kind)]
            listed = ", ".join(json_codec.write(value).decode() for value in allowed)
            message = _cut(f"{json_codec.write(error.instance).decode()} is not one of {listed}")
            return Fault(location, (*prefix, *place), message, "enum", allowed)
    return None


CHOICES: dict[str, Callable[[Any], list[Any]]] = {
    "enum": lambda kind: kind.options,
    "const": lambda kind: [kind.expected_value],
}
"""Keyword with fixed values → a function that takes these values from its error."""


def _fault(error: jsonschema_rs.ValidationError, location: str, prefix: Path) -> Fault:
    keyword = error.kind.name
    path = (*prefix, *error.instance_path)
    if keyword == "required":
        path = (*path, error.kind.property)  # type: ignore[attr-defined]
    elif keyword in ("additionalProperties", "unevaluatedProperties"):
        path = (*path, *error.kind.unexpected[:1])  # type: ignore[attr-defined]
    return Fault(location, path, _cut(fault_messages.message(error)), keyword, _expected(error))


def _cut(message: str) -> str:
    """A message whose value, with which it begins, is cut where it is long."""
    return message if len(message) <= 2 * LONGEST else f"{message[:LONGEST]}… {message[-LONGEST // 2 :]}"


def _expected(error: jsonschema_rs.ValidationError) -> Any:
    """What the failed keyword requires; of several types those that are not null."""
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
