"""What several schemas together require of one value. `keywords` collects it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from mockserver.openapi.regex import matches

if TYPE_CHECKING:
    from fractions import Fraction

Schema = dict[str, Any]
Schemas = tuple[Schema, ...]

TYPES = ("object", "array", "string", "number", "boolean", "null")
NOTHING: Schema = {"not": {}}


class Closing(Struct):
    """One `additionalProperties`, with the names and patterns beside it, to which it does not apply."""

    names: frozenset[str]
    patterns: tuple[str, ...]
    schema: Schema

    def covers(self, name: str) -> bool:
        """Must a property of this name be valid against it?"""
        return name not in self.names and not any(matches(pattern, name) for pattern in self.patterns)


class Constraints(Struct):
    """All schemas that apply to a value, joined keyword by keyword.

    Bounds are joined exactly. What cannot be joined (`not`, several patterns, …) is kept side by side: the generator
    tries values, and the validator decides. `risky` says that a value which meets the rest may still be invalid.
    `alternatives` has one entry for each choice (`anyOf`, `if`, …); one schema of each entry must be chosen. `folded`
    are the schemas that are in already, by `id()`.
    """

    types: frozenset[str] = frozenset(TYPES)
    integral: bool = False
    values: list[Any] | None = None
    lowest: Fraction | None = None
    lowest_open: bool = False
    highest: Fraction | None = None
    highest_open: bool = False
    step: Fraction | None = None
    min_length: int = 0
    max_length: int | None = None
    patterns: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    encodings: list[str] = field(default_factory=list)
    contents: list[Schema] = field(default_factory=list)
    min_items: int = 0
    max_items: int | None = None
    unique: bool = False
    prefixes: list[tuple[list[Schema], Schema]] = field(default_factory=list)
    rest: list[Schema] = field(default_factory=list)
    contained: list[tuple[Schema, int]] = field(default_factory=list)
    min_properties: int = 0
    max_properties: int | None = None
    required: dict[str, None] = field(default_factory=dict)
    properties: dict[str, Schemas] = field(default_factory=dict)
    by_pattern: list[tuple[str, Schema]] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)
    unevaluated: list[Schema] = field(default_factory=list)
    names: list[Schema] = field(default_factory=list)
    dependent: dict[str, dict[str, None]] = field(default_factory=dict)
    alternatives: list[Schemas] = field(default_factory=list)
    excluded: list[Any] = field(default_factory=list)
    samples: list[Any] = field(default_factory=list)
    defaults: list[Any] = field(default_factory=list)
    fakers: list[Any] = field(default_factory=list)
    risky: bool = False
    folded: set[int] = field(default_factory=set)

    def contradiction(self) -> str | None:
        """Why no value can be valid, if that is evident; else None."""
        if not self.types or self.values == []:
            return "no type or value is allowed by all parts of the schema"
        return None

    def mentions(self, kind: str) -> bool:
        """Do keywords describe values of this JSON type, although `type` names none?"""
        keywords: dict[str, tuple[object, ...]] = {
            "object": (self.properties, self.required, self.closings, self.by_pattern, self.min_properties, self.names),
            "array": (self.rest, self.prefixes, self.contained, self.min_items, self.unique),
            "string": (self.patterns, self.formats, self.min_length, self.max_length),
            "number": (self.step is not None, self.lowest is not None, self.highest is not None),
        }
        return any(keywords.get(kind, ()))

    def property_(self, name: str) -> Schemas:
        """Every schema that applies to a property of this name."""
        own = self.properties.get(name, ())
        # `patternProperties` apply beside `properties`, `additionalProperties` only where neither does.
        by_pattern = tuple(schema for pattern, schema in self.by_pattern if matches(pattern, name))
        closed = tuple(closing.schema for closing in self.closings if closing.covers(name))
        # Only an estimate: whether a property is evaluated may depend on the alternative. `risky` is set for it.
        stray = () if own or by_pattern or closed else tuple(self.unevaluated)
        return (*own, *by_pattern, *closed, *stray)

    def item(self, index: int) -> Schemas:
        """Every schema that applies to the item at `index`."""
        beside = [items[index] if index < len(items) else after for items, after in self.prefixes]
        return (*beside, *self.rest)
