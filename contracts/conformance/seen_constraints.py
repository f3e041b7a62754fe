"""Which keywords of the schemas of requests were met by valid and by invalid values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from mockserver.errors import InvalidDocument
from mockserver.openapi.schemas import Schemas, compiled

APPLIES: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("type", "enum", "const"), (object,)),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), (int, float)),
    **dict.fromkeys(("minLength", "maxLength", "pattern"), (str,)),
    **dict.fromkeys(("minItems", "maxItems", "uniqueItems"), (list,)),
    **dict.fromkeys(("minProperties", "maxProperties"), (dict,)),
}
"""Keyword → the types of the values that it says something about (JSON Schema Validation section 6)."""

MOST_ITEMS = 5
"""Only the first items of an array are looked at."""

Test = Callable[[Any], bool]
Constraint = tuple[str, str]
"""The pointer of a schema and a keyword in it; for `required` with the name of the property."""


class SeenConstraints:
    """Collects what values do to the keywords of schemas. Nothing of a value is kept.

    `wanted` has each keyword with the outcomes that were not seen yet: True (a valid value) and False (an invalid one).
    """

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._tests: dict[str, dict[str, Test]] = {}
        self._expected: set[str] = set()
        self.wanted: dict[Constraint, set[bool]] = {}

    def expect(self, pointer: str) -> None:
        """Add the keywords of a schema, and of all schemas below it."""
        waiting = [pointer]
        while waiting:
            here = waiting.pop()
            if here in self._expected:
                continue
            self._expected.add(here)
            for node, at in self._schemas.branches(here, every=True):
                if at not in self._tests:
                    self._tests[at] = dict(_tests(node, self._schemas, here))
                    self.wanted |= {(at, keyword): {True, False} for keyword in self._tests[at]}
            waiting += self._schemas.properties(here).values()
            items = self._schemas.items(here)
            waiting += [items] if items is not None else []

    def saw(self, pointer: str, value: Any) -> None:
        """Judge a value that was sent where the schema at `pointer` applies."""
        for _, at in self._schemas.branches(pointer, every=True):
            for keyword, test in self._tests.get(at, {}).items():
                wanted = self.wanted[at, keyword]
                if wanted and _applies(keyword, value):
                    wanted.discard(test(value))
        if isinstance(value, dict):
            for name, below in self._schemas.properties(pointer).items():
                if name in value:
                    self.saw(below, value[name])
        elif isinstance(value, list) and (below_items := self._schemas.items(pointer)) is not None:
            for each in value[:MOST_ITEMS]:
                self.saw(below_items, each)


def _tests(node: Mapping[str, Any], schemas: Schemas, pointer: str) -> Iterator[tuple[str, Test]]:
    for keyword in APPLIES:
        if keyword in node:
            try:
                yield keyword, compiled({keyword: node[keyword]}).is_valid
            except (ValueError, InvalidDocument):
                continue
    for name in node.get("required") or ():
        yield f"required {name}", partial(contains, name)
    if node.get("additionalProperties") is False:
        yield "additionalProperties", frozenset(schemas.properties(pointer)).issuperset


def contains(name: str, value: Any) -> bool:
    """Has an object this property?"""
    return name in value


def _applies(keyword: str, value: Any) -> bool:
    if keyword.startswith(("required", "additionalProperties")):
        return isinstance(value, dict)
    types = APPLIES[keyword]
    return isinstance(value, types) and (types != (int, float) or not isinstance(value, bool))
