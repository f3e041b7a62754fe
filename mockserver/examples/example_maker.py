"""Example values: a valid value for any schema of a document, the same for the same seed.

The document's own examples come first where they are valid, then `const`, `default` and `enum`, then invented values
that look like what the format or the name of a property says. Nothing leaves here that the validator does not accept.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

import orjson

from mockserver.errors import Unanswerable
from mockserver.examples.budget import Budget, Stuck
from mockserver.examples.generator import ValueGenerator, ValueGenerators, fresh
from mockserver.examples.json_types import TYPE_GENERATORS
from mockserver.examples.objects import shown
from mockserver.openapi.direction_view import Direction, DirectionView
from mockserver.openapi.document import MediaType

Manners = tuple[dict[str, Any], ...]

MANNERS: Manners = (
    {},
    {},
    {"examples": False},
    {"examples": False},
    {"examples": False},
    {"full": False},
    {"examples": False, "full": False},
    {"examples": False, "full": False},
)
"""The trials for one value: as the document shows it, then invented, then with only what is required."""


UNLIKE = tuple(manner for manner in MANNERS if manner.get("examples") is False)
"""The trials for a value that is not to be what the document shows."""


class ExampleMaker:
    """Makes values for the schemas of `root`, a document in OpenAPI 3.1 normal form; constructed once per document.

    `response` is how a response sees them, where somebody has that already.
    """

    def __init__(self, root: Mapping[str, Any], response: DirectionView | None = None) -> None:
        self.root = root
        self._shapes: dict[Direction, ValueGenerators] = {
            "request": ValueGenerators(DirectionView(root, "request"), TYPE_GENERATORS),
            "response": ValueGenerators(response or DirectionView(root, "response"), TYPE_GENERATORS),
        }
        self._tops: dict[tuple[str, Direction], ValueGenerator] = {}

    def value(
        self, schema: dict[str, Any] | bool, *, seed: int | str, direction: Direction = "response", pointer: str = ""
    ) -> Any:
        """A value that is valid against `schema`, which stands at `pointer`; the same for the same schema and seed.

        A response leaves out what is `writeOnly`, a request what is `readOnly`. Raises `Unanswerable`, naming the
        pointer, when no valid value can be made.
        """
        key = f"{pointer} {orjson.dumps(schema).decode()}"
        if (key, direction) not in self._tops:
            shapes = self._shapes[direction]
            self._tops[key, direction] = shapes.of((shapes.perspective.rewritten(schema, pointer),))
        return self._grown(self._tops[key, direction], seed, pointer)

    def at(self, pointer: str, *, seed: int | str, direction: Direction = "response") -> Any:
        """A value for the schema at `pointer` of the document, as `value` makes it."""
        return self._grown(self._placed(pointer, direction), seed, pointer)

    def unlike(self, pointer: str, *, seed: int | str, direction: Direction = "response") -> Any:
        """As `at`, but not what the document shows: the value differs from seed to seed as far as the schema allows."""
        return self._grown(self._placed(pointer, direction), seed, pointer, UNLIKE)

    def content(
        self, media_type: MediaType, *, seed: int | str, direction: Direction = "response", name: str | None = None
    ) -> Any:
        """What a body of `media_type` shows: its example called `name`, else its first valid one, else a value.

        Raises `Unanswerable` when there is no such example, or nothing valid can be made. An example that is asked
        for by name is given as the document writes it, valid or not.
        """
        examples = media_type.examples
        if name is not None:
            return self._named(examples, name, media_type.pointer)
        found = self.documented(media_type, direction)
        if found is not None or media_type.schema is None:
            return found
        return self._grown(self._placed(media_type.schema, direction), seed, media_type.schema)

    def documented(self, media_type: MediaType, direction: Direction = "response") -> Any:
        """The document's first valid example of a body; None where it has none."""
        examples = media_type.examples
        if media_type.schema is None:
            return fresh(next(iter(examples.values()), None))
        if not examples:
            return None
        shape = self._placed(media_type.schema, direction)
        for example in examples.values():
            for candidate in (example, shown(shape, example)):
                if self._accepted(shape, candidate):
                    return fresh(candidate)
        return None

    def _named(self, examples: Mapping[str, Any], name: str, pointer: str) -> Any:
        if name not in examples:
            raise Unanswerable(f"#{pointer}: there is no example {name!r}; there are {sorted(examples)}")
        return fresh(examples[name])

    def _placed(self, pointer: str, direction: Direction) -> ValueGenerator:
        if (pointer, direction) not in self._tops:
            shapes = self._shapes[direction]
            self._tops[pointer, direction] = shapes.of((shapes.perspective.reference_to(pointer),))
        return self._tops[pointer, direction]

    def _accepted(self, shape: ValueGenerator, value: Any) -> bool:
        try:
            return shape.valid(value)
        except Stuck as stuck:
            raise Unanswerable(str(stuck)) from None

    def _grown(self, shape: ValueGenerator, seed: int | str, pointer: str, manners: Manners = MANNERS) -> Any:
        """A value by the first manner of trial that comes to a valid one."""
        reason: Stuck | None = None
        shape.shapes.begin()
        for trial, manner in enumerate(manners):
            try:
                value = shape.make(Budget(Random(f"{seed}/{trial}"), **manner))
                if shape.valid(value):
                    return value
            except Stuck as stuck:
                reason = stuck
            except RecursionError:
                reason = Stuck(pointer, "it is nested too deeply")
        return self._last(shape, seed, reason or Stuck(pointer, "no valid value was found"))

    def _last(self, shape: ValueGenerator, seed: int | str, reason: Stuck) -> Any:
        """A value by the canonical form of the whole schema, else the reason why there is none."""
        try:
            value = shape.canonical.make(Budget(Random(str(seed)))) if shape.canonical else None
            if shape.canonical and shape.valid(value):
                return value
        except Stuck as stuck:
            reason = reason if reason.pointer else stuck
        found = "no value can be valid" if shape.unsatisfiable else "no valid value was found"
        raise Unanswerable(f"{found} for the schema: {reason}", pointer=reason.pointer)
