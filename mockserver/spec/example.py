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
from mockserver.spec import pointer as json_pointer
from mockserver.spec.document import MediaType
from mockserver.spec.growth import Growth, Stuck
from mockserver.spec.objects import shown
from mockserver.spec.perspective import Direction, Perspective
from mockserver.spec.shape import Shape, Shapes, fresh

MANNERS: tuple[dict[str, Any], ...] = (
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


class ExampleMaker:
    """Makes values for the schemas of `root`, a document in OpenAPI 3.1 normal form; constructed once per document."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root
        self._shapes: dict[Direction, Shapes] = {
            "request": Shapes(Perspective(root, "request")),
            "response": Shapes(Perspective(root, "response")),
        }
        self._tops: dict[tuple[str, Direction], Shape] = {}

    def value(
        self, schema: dict[str, Any] | bool, *, seed: int | str, direction: Direction = "response", pointer: str = ""
    ) -> Any:
        """A value that is valid against `schema`, which stands at `pointer`; the same for the same schema and seed.

        A response leaves out what is `writeOnly`, a request what is `readOnly`. Raises `Unanswerable`, naming the
        pointer, when no valid value can be made.
        """
        key = f"{pointer} {orjson.dumps(schema).decode()}"
        if (key, direction) not in self._tops:
            self._tops[key, direction] = self._shape(schema, direction, pointer)
        return self._grown(self._tops[key, direction], seed, pointer)

    def at(self, pointer: str, *, seed: int | str, direction: Direction = "response") -> Any:
        """A value for the schema at `pointer` of the document, as `value` makes it."""
        return self._grown(self._placed(pointer, direction), seed, pointer)

    def content(
        self, media_type: MediaType, *, seed: int | str, direction: Direction = "response", name: str | None = None
    ) -> Any:
        """What a body of `media_type` shows: its example called `name`, else its first valid one, else a value.

        Raises `Unanswerable` when there is no such example, or nothing valid can be made.
        """
        examples = self._examples(media_type)
        if name is not None:
            return self._named(examples, name, media_type.pointer)
        if media_type.schema is None:
            return next(iter(examples.values()), None)
        shape = self._placed(media_type.schema, direction)
        for example in examples.values():
            for candidate in (example, shown(shape, example)):
                if self._accepted(shape, candidate):
                    return candidate
        return self._grown(shape, seed, media_type.schema)

    def _examples(self, media_type: MediaType) -> dict[str, Any]:
        """The examples that the document writes out, by name (OpenAPI 3.1, section 4.8.19)."""
        found = {}
        for name, written in media_type.examples.items():
            example, _ = json_pointer.resolve(self.root, written, media_type.pointer)
            if isinstance(example, dict) and "value" in example:
                found[name] = fresh(example["value"])
        return found

    def _named(self, examples: dict[str, Any], name: str, pointer: str) -> Any:
        if name not in examples:
            raise Unanswerable(f"#{pointer}: there is no example {name!r}; there are {sorted(examples)}")
        return examples[name]

    def _placed(self, pointer: str, direction: Direction) -> Shape:
        if (pointer, direction) not in self._tops:
            schema = json_pointer.lookup(self.root, pointer)
            self._tops[pointer, direction] = self._shape(schema, direction, pointer)
        return self._tops[pointer, direction]

    def _shape(self, schema: dict[str, Any] | bool, direction: Direction, pointer: str) -> Shape:
        shapes = self._shapes[direction]
        return shapes.of((shapes.perspective.see(schema, pointer),))

    def _accepted(self, shape: Shape, value: Any) -> bool:
        try:
            return shape.valid(value)
        except Stuck as stuck:
            raise Unanswerable(str(stuck)) from None

    def _grown(self, shape: Shape, seed: int | str, pointer: str) -> Any:
        """A value by the first manner of trial that comes to a valid one."""
        reason: Stuck | None = None
        for trial, manner in enumerate(MANNERS):
            try:
                value = shape.make(Growth(Random(f"{seed}/{trial}"), **manner))
                if shape.valid(value):
                    return value
            except Stuck as stuck:
                reason = stuck
            except RecursionError:
                reason = Stuck(pointer, "it is nested too deeply")
        return self._last(shape, seed, reason or Stuck(pointer, "no valid value was found"))

    def _last(self, shape: Shape, seed: int | str, reason: Stuck) -> Any:
        """A value by the canonical form of the whole schema, else the reason why there is none."""
        try:
            canonical = shape.canonical
            value = canonical.make(Growth(Random(str(seed)))) if canonical else None
            if canonical and shape.valid(value):
                return value
        except Stuck as stuck:
            reason = stuck
        raise Unanswerable(f"no valid value for the schema: {reason}", pointer=reason.pointer)
