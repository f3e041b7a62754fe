"""The schemas of a document as they apply to requests or to responses.

A response never contains `writeOnly` properties, a request no `readOnly` ones (OpenAPI 3.1, section 4.8.24), and a
discriminator decides which schema applies. `DirectionView` translates both into plain JSON Schema. The generator of
examples and the validators use the same translation, so that a generated value is valid. Only the validation of
requests is more tolerant: clients send back what they have read, `readOnly` properties included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from mockserver.errors import InvalidDocument, Unanswerable
from mockserver.openapi import faker_names
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.closed_parts import NONE, OF_ANOTHER_PART, Declared, declared_beside, forbidden
from mockserver.openapi.discriminator import Inheritance
from mockserver.openapi.subschemas import (
    DEFINITIONS,
    MANY_SCHEMAS,
    NAMED_SCHEMAS,
    ONE_SCHEMA,
    Schema,
    definition_keys,
    mapped,
    without_items,
)

Direction = Literal["request", "response"]

Role = Literal["use", "self", "base"]
"""What a reference asks for: any schema of the inheritance tree, exactly this one, or this one as a parent."""

IN_PLACE = frozenset({"allOf", "anyOf", "oneOf", "if", "then", "else", "not"})
"""Applicators that describe the same object as the schema that holds them: what it hides, they hide too."""

PLAIN = frozenset(
    {"const", "default", "dependentRequired", "enum", "example", "examples", "exclusiveMaximum", "exclusiveMinimum"}
    | {"format", "maxContains", "maximum", "maxItems", "maxLength", "maxProperties", "minContains", "minimum"}
    | {"minItems", "minLength", "minProperties", "multipleOf", "pattern", "type", "uniqueItems"}
    | {"contentEncoding", "contentMediaType", faker_names.KEY}
)
"""Keywords that are copied as they are."""

UNSUPPORTED = frozenset({"$dynamicRef", "$recursiveRef"})
"""`normalize` has rewritten those that it can resolve."""

MAX_INLINED = 300
"""How many references `inlined` writes out at most."""

MAX_DEPTH = 8
"""How many references and parts of `allOf` in a row are searched for `readOnly` and `writeOnly`."""

HIDING: dict[str, str] = {"request": "readOnly", "response": "writeOnly"}
"""Direction → the keyword that marks what it hides."""


class Around(Struct, frozen=True):
    """What the schemas around a schema say of the same object: the properties that they hide, and that they declare."""

    hidden: frozenset[str] = frozenset()
    declared: Declared = NONE


ALONE = Around()
"""A schema that describes its object alone."""


class DirectionView:
    """All schemas of `root` for one direction, rewritten when first used.

    `root` is a document whose references are JSON pointers into itself. A hidden property is never required; it is
    forbidden, or with `tolerant` validated like any other. `pointers` has the origin of each rewritten schema, by its
    `id()`. Methods raise `Unanswerable`, with the pointer, for a reference to nothing or an unsupported keyword.
    """

    def __init__(self, root: Mapping[str, Any], direction: Direction, *, tolerant: bool = False) -> None:
        self.root, self.hiding, self.tolerant = root, HIDING[direction], tolerant
        self.inheritance = Inheritance(root, tolerant=tolerant)
        self.pointers: dict[int, str] = {}
        self._keys: dict[tuple[str, Role, Around], str] = {}
        self._pending: dict[str, tuple[str, Role, Around]] = {}
        self._defs: dict[str, Schema] = {}
        self._needs: dict[str, tuple[str, ...]] = {}

    def rewritten(self, schema: Schema | bool, pointer: str, around: Around = ALONE) -> Schema:
        """The rewritten `schema`, which is at `pointer`; a boolean schema becomes `{}` or `{"not": {}}`."""
        result: Schema = {} if schema else {"not": {}}
        if isinstance(schema, dict):
            declared = around.declared or declared_beside(schema, self.lookup)
            result = self._keywords(schema, pointer, Around(around.hidden | self._hidden(schema), declared))
        self.pointers[id(result)] = pointer
        return result

    def reference_to(self, pointer: str) -> Schema:
        """A reference to what is allowed where the document refers to `pointer`: with a discriminator any subtype."""
        return self._kept(self._reference(pointer, "use", ALONE), pointer)

    def standalone(self, pointer: str) -> Schema:
        """As `reference_to`, with all definitions that it needs, for a validator."""
        schema = self._reference(pointer, "use", ALONE)
        return {**schema, "$defs": self.closure((schema,))}

    def without_items(self, pointer: str) -> Schema:
        """As `standalone`, with lists of any items: few definitions are needed for a page of a list."""
        schema = self._reference(pointer, "use", ALONE)
        found: dict[str, Schema] = {}
        waiting = [*definition_keys(schema)]
        while waiting:
            key = waiting.pop()
            if key not in found:
                found[key] = without_items(self.definition(key))
                waiting.extend(definition_keys(found[key]))
        return {**schema, "$defs": found}

    def definition(self, key: str) -> Schema:
        """The rewritten schema behind `#/$defs/<key>`."""
        if key not in self._defs:
            pointer, role, around = self._pending[key]
            self._defs[key] = self._defined(pointer, role, around)
        return self._defs[key]

    def closure(self, schemas: tuple[Schema, ...]) -> dict[str, Schema]:
        """Key → definition: all that `schemas` need, directly or through others."""
        found: dict[str, Schema] = {}
        waiting = [key for schema in schemas for key in definition_keys(schema)]
        while waiting:
            key = waiting.pop()
            if key not in found:
                found[key] = self.definition(key)
                waiting.extend(self._keys_in(key))
        return found

    def inlined(self, schema: Schema) -> Schema:
        """A rewritten schema with its references replaced by what they point to.

        References in a circle stay, and so do those after the first `MAX_INLINED`.
        """
        left = MAX_INLINED

        def written_out(part: Schema, inside: frozenset[str]) -> Schema:
            nonlocal left
            key = part["$ref"].removeprefix(DEFINITIONS) if "$ref" in part else ""
            if not key or key in inside or left <= 0:
                return mapped(part, lambda inner: written_out(inner, inside))
            left -= 1
            beside = {keyword: value for keyword, value in part.items() if keyword != "$ref"}
            target = written_out(self.definition(key), inside | {key})
            # Both apply: since 2020-12 a `$ref` may have siblings.
            return {"allOf": [target, written_out(beside, inside)]} if beside else target

        return written_out(schema, frozenset())

    def lookup(self, pointer: str) -> Any:
        """The value at `pointer` (RFC 6901, without `#`) in the document."""
        try:
            return json_pointer.lookup(self.root, pointer)
        except InvalidDocument:
            raise Unanswerable(f"the reference #{pointer} leads nowhere") from None

    def _defined(self, pointer: str, role: Role, around: Around) -> Schema:
        """The definition for a reference to `pointer` in that role."""
        if role == "use" and (kinds := self.inheritance.subtypes(pointer)):
            return self._kept({"anyOf": [self._reference(kind, "self", around) for kind in kinds]}, pointer)
        if role == "self" and (tag := self.inheritance.own_tag(pointer)):
            return self._kept({"allOf": [self._reference(pointer, "base", around), tag]}, pointer)
        return self.rewritten(self.lookup(pointer), pointer, around)

    def _keywords(self, schema: Schema, pointer: str, around: Around) -> Schema:
        result: Schema = {}
        for keyword, value in schema.items():
            if keyword in UNSUPPORTED:
                raise Unanswerable(f"#{pointer}/{keyword}: this keyword is not supported")
            if keyword in PLAIN:
                result[keyword] = value
            elif keyword == "$ref":
                result[keyword] = self._reference(json_pointer.target(value), "use", around)["$ref"]
            elif keyword == "required":
                result[keyword] = [name for name in value if name not in around.hidden]
            else:
                self._applicator(result, keyword, value, pointer, around)
        names = forbidden(schema, around.declared)
        if names:
            of_others = {name: self._kept(dict(OF_ANOTHER_PART), pointer) for name in names}
            result["properties"] = of_others | result.get("properties", {})
        return self._discriminated(schema, result)

    def _applicator(self, result: Schema, keyword: str, value: Any, pointer: str, around: Around) -> None:
        """Add to `result` the applicator `keyword` with its schemas rewritten."""
        # An object inside of this one has properties of its own, so its names are not hidden. One that an alternative
        # forbids tells it from the others.
        below = around if keyword == "allOf" else Around(around.hidden) if keyword in IN_PLACE else ALONE
        place = f"{pointer}/{keyword}"
        if keyword in ONE_SCHEMA:
            result[keyword] = self.rewritten(value, place, below)
        elif keyword == "allOf" and self.inheritance.is_member(pointer):
            result[keyword] = [self._parent(part, f"{place}/{i}", below) for i, part in enumerate(value)]
        elif keyword in MANY_SCHEMAS:
            result[keyword] = [self.rewritten(part, f"{place}/{i}", below) for i, part in enumerate(value)]
        elif keyword in NAMED_SCHEMAS:
            result[keyword] = {
                name: {"not": {}}
                if keyword == "properties" and name in around.hidden and not self.tolerant
                else self.rewritten(part, f"{place}/{json_pointer.escape(name)}")
                for name, part in value.items()
            }

    def _parent(self, part: Schema | bool, pointer: str, around: Around) -> Schema:
        """A part of `allOf` in a schema that inherits: a reference there means the parent itself, not a subtype."""
        if isinstance(part, dict) and set(part) == {"$ref"}:
            return self._kept(self._reference(json_pointer.target(part["$ref"]), "base", around), pointer)
        return self.rewritten(part, pointer, around)

    def _discriminated(self, schema: Schema, result: Schema) -> Schema:
        """Require in each branch beside a discriminator the value of the property that selects the branch."""
        for keyword in ("oneOf", "anyOf"):
            if "discriminator" in schema and keyword in schema:
                tags = self.inheritance.branch_tags(schema["discriminator"], schema[keyword])
                pairs = zip(result[keyword], tags, strict=True)
                result[keyword] = [self._tagged(branch, tag) for branch, tag in pairs]
        return result

    def _tagged(self, branch: Schema, tag: Schema | None) -> Schema:
        return self._kept({"allOf": [branch, tag]}, self.pointers[id(branch)]) if tag else branch

    def _kept(self, schema: Schema, pointer: str) -> Schema:
        self.pointers[id(schema)] = pointer
        return schema

    def _reference(self, pointer: str, role: Role, around: Around) -> Schema:
        wanted = (pointer, role, around)
        if wanted not in self._keys:
            # The definition is made later, since recursive schemas refer to each other.
            key = f"s{len(self._keys)}"
            self._keys[wanted], self._pending[key] = key, wanted
        return {"$ref": DEFINITIONS + self._keys[wanted]}

    def _hidden(self, schema: Schema, depth: int = 0) -> frozenset[str]:
        """The names of the properties that this direction hides, including those behind a `$ref` or in `allOf`."""
        names = {name for name, part in schema.get("properties", {}).items() if self._hides(part)}
        for part in self._parts(schema) if depth < MAX_DEPTH else ():
            names |= self._hidden(part, depth + 1)
        return frozenset(names)

    def _hides(self, part: Any, depth: int = 0) -> bool:
        """Is the schema of a property marked as hidden: itself, behind a reference, or in a part of `allOf`?"""
        if not isinstance(part, dict) or depth > MAX_DEPTH:
            return False
        return part.get(self.hiding) is True or any(self._hides(one, depth + 1) for one in self._parts(part))

    def _parts(self, schema: Schema) -> Iterator[Schema]:
        """The schemas that apply wherever `schema` does: its `$ref` and the parts of its `allOf`."""
        found = list(schema.get("allOf", ()))
        if "$ref" in schema:
            found.append(self.lookup(json_pointer.target(schema["$ref"])))
        return (part for part in found if isinstance(part, dict))

    def _keys_in(self, key: str) -> tuple[str, ...]:
        if key not in self._needs:
            self._needs[key] = tuple(dict.fromkeys(definition_keys(self._defs[key])))
        return self._needs[key]
