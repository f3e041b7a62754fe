"""How much work and nesting one value may still take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Protocol

from msgspec import Struct, field

MAX_FULL_DEPTH = 10
"""Below this depth only required parts are made."""

MAX_DEPTH = 50
"""Below this depth nothing is made: the nesting is taken to have no end."""

ENDLESS = 99
"""The height of a schema that requires itself, so that no value of it ends."""

MAX_REPEATS = 1
"""How often a schema may occur inside itself before only its required parts are made."""


class NoValue(Exception):
    """No valid value was found for the schema at `pointer`; `reason` says why."""

    def __init__(self, pointer: str, reason: str) -> None:
        self.pointer, self.reason = pointer, reason
        super().__init__(f"#{pointer}: {reason}")


class Placed(Protocol):
    """A generator, which knows where its schemas come from."""

    @property
    def pointer(self) -> str: ...


class Budget(Struct):
    """The options and limits of one value that is being made.

    `examples` uses the examples of the document, `full` makes optional properties. `room` is how many values are made
    before only required ones follow; `patience` is the number of trials before giving up. `depth` and `inside` say how
    deep the value is nested now, and in which schemas (by `id()`).
    """

    random: Random
    examples: bool = True
    full: bool = True
    room: int = 1500
    patience: int = 600
    depth: int = 0
    inside: dict[int, int] = field(default_factory=dict)

    def enter(self, generator: Placed) -> None:
        """Begin a value of `generator`. Raises NoValue if the nesting has no end."""
        if self.depth > MAX_DEPTH:
            raise NoValue(generator.pointer, "it requires itself without end")
        self.depth += 1
        self.room -= 1
        key, inside = id(generator), self.inside
        inside[key] = inside.get(key, 0) + 1

    def leave(self, generator: object) -> None:
        """End a value of `generator`."""
        self.depth -= 1
        self.inside[id(generator)] -= 1

    def tight(self, generator: object) -> bool:
        """Should only required parts be made of `generator` now?"""
        return (
            self.depth > MAX_FULL_DEPTH
            or self.room < 0
            or not self.full
            or self.inside.get(id(generator), 0) > MAX_REPEATS
        )

    def again(self) -> bool:
        """Use up one trial; is another one left?"""
        self.patience -= 1
        return self.patience > 0

    @contextmanager
    def inventing(self) -> Iterator[None]:
        """Use no examples of the document inside of the `with` block, so that values differ."""
        before, self.examples = self.examples, False
        try:
            yield
        finally:
            self.examples = before
