"""The schemas of a document as one direction of a message sees them.

A response never shows what is `writeOnly`, a request never carries what is `readOnly` (OpenAPI 3.1, section 4.8.24),
and a discriminator decides which schema holds. A `Perspective` rewrites schemas accordingly into plain JSON Schema
whose references all stay inside its own `$defs`, so that making and judging a value agree on what is asked. Only who
judges a request is more patient: clients send back what they have read, with the `readOnly` properties in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from mockserver.errors import InvalidDocument, Unanswerable
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.discriminator import Family

Direction = Literal["request", "response"]
Schema = dict[str, Any]

ONE_SCHEMA = frozenset(
    {"additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then"}
    | {"unevaluatedItems", "unevaluatedProperties"}
)
MANY_SCHEMAS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
NAMED_SCHEMAS = frozenset({"dependentSchemas", "patternProperties", "properties"})
IN_PLACE = frozenset({"allOf", "anyOf", "oneOf", "if", "then", "else", "not"})
"""The applicators that speak about the same object, so that what is hidden from it is hidden from them too."""
PLAIN = frozenset(
    {"const", "default", "dependentRequired", "enum", "example", "examples", "exclusiveMaximum", "exclusiveMinimum"}
    | {"format", "maxContains", "maximum", "maxItems", "maxLength", "maxProperties", "minContains", "minimum"}
    | {"minItems", "minLength", "minProperties", "multipleOf", "pattern", "type", "uniqueItems"}
    | {"contentEncoding", "contentMediaType"}
)
UNSUPPORTED = frozenset({"$dynamicRef", "$recursiveRef"})
INLINED = 300
"""How many references are written out at most."""
DEEP = 8
"""How many references and parts of `allOf` in a row are looked behind for marks."""
HIDING: dict[str, str] = {"request": "readOnly", "response": "writeOnly"}


class DirectionView:
    """All schemas of `root` as `direction` sees them, rewritten when first asked for.

    `root` is a document whose references are JSON pointers into itself. What the direction hides is never required; it
    is forbidden, or with `patient` judged as any other property. Raises `Unanswerable` for a reference that
    leads nowhere or a keyword that is not done, with its pointer.
    """

    def __init__(self, root: Mapping[str, Any], direction: Direction, *, patient: bool = False) -> None:
        self.root, self.hiding, self.patient = root, HIDING[direction], patient
        self.family = Family(root, patient=patient)
        self.pointers: dict[int, str] = {}
        self._keys: dict[tuple[str, str, frozenset[str]], str] = {}
        self._pending: dict[str, tuple[str, str, frozenset[str]]] = {}
        self._defs: dict[str, Schema] = {}
        self._further: dict[str, tuple[str, ...]] = {}

    def see(self, schema: Schema | bool, pointer: str, hidden: frozenset[str] = frozenset()) -> Schema:
        """`schema`, which stands at `pointer`, rewritten; a boolean schema becomes `{}` or `{"not": {}}`."""
        seen: Schema = {} if schema else {"not": {}}
        if isinstance(schema, dict):
            seen = self._rewritten(schema, pointer, hidden | self._hidden(schema))
        self.pointers[id(seen)] = pointer
        return seen

    def place(self, pointer: str) -> Schema:
        """What may stand where the schema at `pointer` is asked for, which a discriminator may decide."""
        return self._kept(self._reference(pointer, "use", frozenset()), pointer)

    def whole(self, pointer: str) -> Schema:
        """What may stand where the schema at `pointer` is asked for, as one schema that holds all it refers to."""
        schema = self._reference(pointer, "use", frozenset())
        return {**schema, "$defs": self.closure((schema,))}

    def definition(self, key: str) -> Schema:
        """The rewritten schema behind `#/$defs/<key>`."""
        if key not in self._defs:
            pointer, role, hidden = self._pending[key]
            self._defs[key] = self._played(pointer, role, hidden)
        return self._defs[key]

    def closure(self, schemas: tuple[Schema, ...]) -> dict[str, Schema]:
        """Every definition that `schemas` need, directly or through others, by key."""
        found: dict[str, Schema] = {}
        waiting = [key for schema in schemas for key in references(schema)]
        while waiting:
            key = waiting.pop()
            if key not in found:
                found[key] = self.definition(key)
                waiting.extend(self._references(key))
        return found

    def inlined(self, schema: Schema) -> Schema:
        """A rewritten schema with what it refers to written out, except where that would not end or grow large."""
        left = INLINED

        def written_out(part: Schema, inside: frozenset[str]) -> Schema:
            nonlocal left
            key = part["$ref"][8:] if "$ref" in part else ""
            if not key or key in inside or left <= 0:
                return mapped(part, lambda inner: written_out(inner, inside))
            left -= 1
            beside = {keyword: value for keyword, value in part.items() if keyword != "$ref"}
            target = written_out(self.definition(key), inside | {key})
            return {"allOf": [target, written_out(beside, inside)]} if beside else target

        return written_out(schema, frozenset())

    def lookup(self, pointer: str) -> Any:
        """What stands at `pointer` (RFC 6901, without `#`) in the document."""
        try:
            return json_pointer.lookup(self.root, pointer)
        except InvalidDocument:
            raise Unanswerable(f"the reference #{pointer} leads nowhere") from None

    def _played(self, pointer: str, role: str, hidden: frozenset[str]) -> Schema:
        """The definition at `pointer` in its role: `use` (whatever may stand there), `self`, or `base` of another."""
        if role == "use" and (kinds := self.family.kinds(pointer)):
            return self._kept({"anyOf": [self._reference(kind, "self", hidden) for kind in kinds]}, pointer)
        if role == "self" and (tag := self.family.tag(pointer)):
            return self._kept({"allOf": [self._reference(pointer, "base", hidden), tag]}, pointer)
        return self.see(self.lookup(pointer), pointer, hidden)

    def _rewritten(self, schema: Schema, pointer: str, hidden: frozenset[str]) -> Schema:
        seen: Schema = {}
        for keyword, value in schema.items():
            if keyword in UNSUPPORTED:
                raise Unanswerable(f"#{pointer}/{keyword}: this keyword is not supported")
            if keyword in PLAIN:
                seen[keyword] = value
            elif keyword == "$ref":
                seen[keyword] = self._reference(json_pointer.target(value), "use", hidden)["$ref"]
            elif keyword == "required":
                seen[keyword] = [name for name in value if name not in hidden]
            else:
                self._descend(seen, keyword, value, pointer, hidden)
        return self._discriminated(schema, seen, hidden)

    def _descend(self, seen: Schema, keyword: str, value: Any, pointer: str, hidden: frozenset[str]) -> None:
        below = hidden if keyword in IN_PLACE else frozenset[str]()
        place = f"{pointer}/{keyword}"
        if keyword in ONE_SCHEMA:
            seen[keyword] = self.see(value, place, below)
        elif keyword == "allOf" and self.family.is_member(pointer):
            seen[keyword] = [self._parent(part, f"{place}/{i}", below) for i, part in enumerate(value)]
        elif keyword in MANY_SCHEMAS:
            seen[keyword] = [self.see(part, f"{place}/{i}", below) for i, part in enumerate(value)]
        elif keyword in NAMED_SCHEMAS:
            seen[keyword] = {
                name: {"not": {}}
                if keyword == "properties" and name in hidden and not self.patient
                else self.see(part, f"{place}/{json_pointer.escape(name)}")
                for name, part in value.items()
            }

    def _parent(self, part: Schema | bool, pointer: str, hidden: frozenset[str]) -> Schema:
        """A part of `allOf` in a named schema: what it refers to is inherited, whatever kind that would stand for."""
        if isinstance(part, dict) and set(part) == {"$ref"}:
            return self._kept(self._reference(json_pointer.target(part["$ref"]), "base", hidden), pointer)
        return self.see(part, pointer, hidden)

    def _discriminated(self, schema: Schema, seen: Schema, hidden: frozenset[str]) -> Schema:
        for keyword in ("oneOf", "anyOf"):
            if "discriminator" in schema and keyword in schema:
                tags = self.family.branch_tags(schema["discriminator"], schema[keyword])
                pairs = zip(seen[keyword], tags, strict=True)
                seen[keyword] = [self._tagged(branch, tag) for branch, tag in pairs]
        return seen

    def _tagged(self, branch: Schema, tag: Schema | None) -> Schema:
        return self._kept({"allOf": [branch, tag]}, self.pointers[id(branch)]) if tag else branch

    def _kept(self, schema: Schema, pointer: str) -> Schema:
        self.pointers[id(schema)] = pointer
        return schema

    def _reference(self, pointer: str, role: str, hidden: frozenset[str]) -> Schema:
        wanted = (pointer, role, hidden)
        if wanted not in self._keys:
            key = f"s{len(self._keys)}"
            self._keys[wanted], self._pending[key] = key, wanted
        return {"$ref": f"#/$defs/{self._keys[wanted]}"}

    def _hidden(self, schema: Schema, depth: int = 0) -> frozenset[str]:
        """The properties that this direction must not show, also those that a reference or an `allOf` declares."""
        names = {name for name, part in schema.get("properties", {}).items() if self._hides(part)}
        for part in self._parts(schema) if depth < DEEP else ():
            names |= self._hidden(part, depth + 1)
        return frozenset(names)

    def _hides(self, part: Any, depth: int = 0) -> bool:
        """Whether a property is marked: in its own place, behind a reference, or in a part of `allOf`."""
        if not isinstance(part, dict) or depth > DEEP:
            return False
        return part.get(self.hiding) is True or any(self._hides(one, depth + 1) for one in self._parts(part))

    def _parts(self, schema: Schema) -> Iterator[Schema]:
        """The schemas that hold wherever `schema` does."""
        found = list(schema.get("allOf", ()))
        if "$ref" in schema:
            found.append(self.lookup(json_pointer.target(schema["$ref"])))
        return (part for part in found if isinstance(part, dict))

    def _references(self, key: str) -> tuple[str, ...]:
        if key not in self._further:
            self._further[key] = tuple(dict.fromkeys(references(self._defs[key])))
        return self._further[key]


def mapped(schema: Schema, change: Callable[[Any], Any]) -> Schema:
    """A copy of a schema, with `change` made to each schema directly inside it."""
    copied: Schema = dict(schema)
    for keyword, value in schema.items():
        if keyword in ONE_SCHEMA:
            copied[keyword] = change(value)
        elif keyword in MANY_SCHEMAS:
            copied[keyword] = [change(part) for part in value]
        elif keyword in NAMED_SCHEMAS:
            copied[keyword] = {name: change(part) for name, part in value.items()}
    return copied


def settled(schema: Any) -> Schema:
    """A schema in which no boolean schemas are left: `true` is `{}`, `false` is `{"not": {}}`."""
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    return mapped(schema, settled)


def references(schema: Any) -> Iterator[str]:
    """The `$defs` keys that a rewritten schema names, at any depth."""
    if "$ref" in schema:
        yield schema["$ref"][8:]
    for keyword, value in schema.items():
        if keyword in ONE_SCHEMA:
            yield from references(value)
        elif keyword in MANY_SCHEMAS:
            for part in value:
                yield from references(part)
        elif keyword in NAMED_SCHEMAS:
            for part in value.values():
                yield from references(part)
