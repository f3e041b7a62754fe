"""Which schema a discriminator selects (OpenAPI 3.1.1, section 4.8.25).

A discriminator is beside `oneOf` or `anyOf`, or in a parent schema that subtypes name in their `allOf`. Either way the
value of its property is a key of `mapping`, or the name of a schema. `x-ms-discriminator-value` in a schema is the
value that selects it, as a mapping would say (https://azure.github.io/autorest/extensions/#x-ms-discriminator-value).
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from mockserver.openapi import dynamic_scopes
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.bundle_keys import FILES
from mockserver.openapi.object_positions import selections
from mockserver.openapi.pointer import escape

SCHEMAS = "/components/schemas/"
BRANCHES = ("oneOf", "anyOf", "allOf")
VALUE = "x-ms-discriminator-value"
Schema = dict[str, Any]


class Inheritance:
    """The named schemas of a document that inherit from each other through `allOf`.

    With `tolerant` a schema that a mapping lists may also be selected by its own name (OpenAPI 3.1.1 section 4.8.25.3:
    the value may match an implicit or an explicit mapping). Generated values use the mapping.
    """

    def __init__(self, root: Mapping[str, Any], *, tolerant: bool = False) -> None:
        self.tolerant = tolerant
        components = root.get("components")
        schemas = components.get("schemas") if isinstance(components, dict) else None
        self.schemas: dict[str, Any] = dict(schemas) if isinstance(schemas, dict) else {}
        self._pointers = {name: SCHEMAS + escape(name) for name in self.schemas}
        for target in _foreign(root):
            self.schemas[_name(target)] = json_pointer.resolve(root, {"$ref": target}, "")[0]
            self._pointers[_name(target)] = target.removeprefix("#")

    @cached_property
    def parents(self) -> dict[str, list[str]]:
        """Name of a schema → the names of its parents. Schemas without parents are left out."""
        found = {name: _inherited(schema, self.schemas) for name, schema in self.schemas.items()}
        return {name: parents for name, parents in found.items() if parents}

    @cached_property
    def children(self) -> dict[str, list[str]]:
        """Name of a schema → the names of its children, in document order. Schemas without children are left out."""
        found: dict[str, list[str]] = {}
        for child, parents in self.parents.items():
            for parent in parents:
                found.setdefault(parent, []).append(child)
        return found

    def is_member(self, pointer: str) -> bool:
        """Is the schema at `pointer` a named one with parents, so that its `allOf` means inheritance?"""
        return _name(pointer) in self.parents and self._pointers[_name(pointer)] == pointer

    def subtypes(self, pointer: str) -> list[str]:
        """The pointers of all schemas that a reference to `pointer` allows; empty if no discriminator decides."""
        name = _name(pointer)
        if self._pointers.get(name) != pointer or not (rule := self._rule(name)):
            return []
        descended = self._descendants(name)
        abstract = self._is_unmapped_parent(rule, name) and not self._is_value(rule, name)
        names = descended if abstract and descended else [name, *descended]
        return [self._pointers[each] for each in names]

    def own_tag(self, pointer: str) -> Schema | None:
        """A schema for the discriminator's property in the schema at `pointer`; None if no discriminator decides."""
        name = _name(pointer)
        rule = self._rule(name) if self._pointers.get(name) == pointer else None
        if not rule or (self._is_unmapped_parent(rule, name) and not self._is_value(rule, name)):
            return None
        return self._tag(rule, name, self._family(name) if "defaultMapping" in rule else ())

    def _is_unmapped_parent(self, rule: Mapping[str, Any], name: str) -> bool:
        """Has this schema the discriminator, and does its mapping not list the schema?"""
        schema = self.schemas[name]
        return rule is schema.get("discriminator") and name not in _mapped(rule) and VALUE not in schema

    def _is_value(self, rule: Mapping[str, Any], name: str) -> bool:
        """May a value be of an unmapped parent itself?

        A parent that its own mapping does not list is abstract. Without a mapping its name selects it like any other.
        Generated values are of a subtype, since many authors mean an abstract parent there too.
        """
        is_listed = self.tolerant and not rule.get("mapping") and name in self.children
        return bool(is_listed and self._values(rule, name))

    def _family(self, name: str) -> list[str]:
        """All schemas that the discriminator of a named schema decides among."""
        roots = [each for each in (name, *self._ancestors(name)) if each in self.schemas]
        return [member for root in roots for member in (root, *self._descendants(root))]

    def branch_tags(self, rule: Mapping[str, Any], branches: list[Any]) -> list[Schema | None]:
        """For each branch beside the discriminator `rule`: a schema for the property of the discriminator, or None."""
        names = [_name(branch.get("$ref", "")) if isinstance(branch, dict) else "" for branch in branches]
        known = [name for name in names if name in self.schemas]
        return [self._tag(rule, name, known) if name in self.schemas else None for name in names]

    def _tag(self, rule: Mapping[str, Any], name: str, family: Sequence[str]) -> Schema | None:
        """The schema for the property that selects the schema `name`; among a `family`, by a `defaultMapping`."""
        prop, default = rule.get("propertyName", ""), rule.get("defaultMapping")
        if default is not None and _name(default) in (name, _implicit(name)):
            # OpenAPI 3.2 section 4.25: it applies where the property is missing, or selects no other schema.
            others = [value for each in family if each != name for value in self._values(rule, each)]
            # A generated value is one that selects it also for a client that does not know `defaultMapping`.
            own = self._values(rule, name)
            tag = {"not": {"enum": others}, **({"examples": own} if own else {})}
            return {"properties": {prop: tag}} if others else None
        wanted = self._values(rule, name)
        return {"properties": {prop: {"enum": wanted}}, "required": [prop]} if wanted else None

    def _values(self, rule: Mapping[str, Any], name: str) -> list[Any]:
        """The values of the discriminator's property that select the schema `name`."""
        prop = rule.get("propertyName", "")
        allowed = _declared(self.schemas[name], prop, self.schemas)
        implicit = _implicit(name)
        wanted = [key for key, target in rule.get("mapping", {}).items() if _name(target) in (name, implicit)]
        wanted = wanted or _stated(self.schemas[name])
        if not wanted or (self.tolerant and implicit not in rule.get("mapping", {})):
            wanted.append(implicit)
        if allowed is not None:
            # Many documents name a schema `Cat` and list the value `cat`: only the listed spelling is a valid value.
            folded = {key.lower() for key in wanted}
            wanted = [value for value in allowed if isinstance(value, str) and value.lower() in folded]
        return wanted

    def _rule(self, name: str) -> Mapping[str, Any] | None:
        """The discriminator that applies to a named schema: its own or an inherited one.

        One beside `oneOf` or `anyOf` selects among those branches and says nothing about inheritance.
        """
        for member in (name, *self._ancestors(name)):
            schema = self.schemas.get(member)
            rule = schema.get("discriminator") if isinstance(schema, dict) else None
            if isinstance(rule, dict) and schema and "oneOf" not in schema and "anyOf" not in schema:
                return rule
        return None

    def _ancestors(self, name: str) -> list[str]:
        return _reached(self.parents, name)

    def _descendants(self, name: str) -> list[str]:
        return _reached(self.children, name)


def _reached(edges: Mapping[str, list[str]], start: str) -> list[str]:
    """Everything that can be reached from `start`, nearest first.

    The list grows while the loop reads it; names that are in it already are not added, so circles end.
    """
    found = list(edges.get(start, ()))
    known = {start, *found}
    for name in found:
        further = [each for each in dict.fromkeys(edges.get(name, ())) if each not in known]
        known.update(further)
        found += further
    return found


def _inherited(schema: Any, schemas: Mapping[str, Any]) -> list[str]:
    parts = schema.get("allOf", ()) if isinstance(schema, dict) else ()
    names = [_name(part["$ref"]) for part in parts if isinstance(part, dict) and "$ref" in part]
    return [name for name in names if name in schemas]


def _mapped(rule: Mapping[str, Any]) -> set[str]:
    return {_name(target) for target in rule.get("mapping", {}).values()}


def _name(target: Any) -> str:
    """The name of the schema that a reference or a bare name of a mapping means."""
    pointer = dynamic_scopes.original(unquote(str(target)).removeprefix("#"))
    return pointer.removeprefix(SCHEMAS).replace("~1", "/").replace("~0", "~")


def _implicit(name: str) -> str:
    """The value that means a schema without a mapping: the last part of its place, or the name of its file."""
    last = name.rpartition("/")[2] if name.startswith("/") else name
    return posixpath.splitext(last)[0] if last.endswith((".yaml", ".yml", ".json")) else last


def _foreign(root: Mapping[str, Any]) -> list[str]:
    """The references to schemas of other files that take part in a `oneOf`, `anyOf`, `allOf` or mapping."""
    found: dict[str, None] = {}
    waiting: list[Any] = [root] if FILES in root else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            branches = [b for keyword in BRANCHES for b in node.get(keyword) or () if isinstance(b, dict)]
            targets = [b.get("$ref") for b in branches] + [holder[key] for holder, key in selections(node)]
            found |= {t: None for t in targets if isinstance(t, str) and t.startswith(f"#/{FILES}/")}
        waiting += node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return list(found)


def _declared(schema: Any, prop: str, schemas: Mapping[str, Any], depth: int = 0) -> list[Any] | None:
    """The values that a schema or its parents list for a property; None if they list none."""
    if not isinstance(schema, dict) or depth > 8:
        return None
    own = _listed(schema.get("properties", {}).get(prop), schemas)
    if own is not None:
        return own
    found = (_declared(part, prop, schemas, depth + 1) for part in _inside(schema, schemas))
    return next((values for values in found if values is not None), None)


def _listed(schema: Any, schemas: Mapping[str, Any], depth: int = 0) -> list[Any] | None:
    """The values that the schema of a property allows, also by reference; None if it lists none."""
    if not isinstance(schema, dict) or depth > 8:
        return None
    if "const" in schema or "enum" in schema:
        return [schema["const"]] if "const" in schema else list(schema["enum"])
    found = (_listed(part, schemas, depth + 1) for part in _inside(schema, schemas))
    return next((values for values in found if values is not None), None)


def _inside(schema: Schema, schemas: Mapping[str, Any]) -> list[Any]:
    """The schemas that a schema names by `$ref` or in `allOf`."""
    return [schemas.get(_name(part["$ref"])) if "$ref" in part else part for part in _parts(schema)]


def _stated(schema: Any) -> list[Any]:
    """The value that the schema itself says selects it; empty if it says none."""
    value = schema.get(VALUE) if isinstance(schema, dict) else None
    return [value] if isinstance(value, str) else []


def _parts(schema: Schema) -> list[Schema]:
    own = [{"$ref": schema["$ref"]}] if "$ref" in schema else []
    return [*own, *(part for part in schema.get("allOf", ()) if isinstance(part, dict))]
