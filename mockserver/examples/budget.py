"""How far one example value has grown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

DEEPEST = 10
DEADLY = 50
ENDLESS = 99
"""The height of what requires itself, so that no value of it ends."""
AGAIN = 1
"""How often a schema may stand inside itself before only what is required is made of it."""


class Stuck(Exception):
    """No valid value was found for the schema at `pointer`, and why."""

    def __init__(self, pointer: str, reason: str) -> None:
        self.pointer, self.reason = pointer, reason
        super().__init__(f"#{pointer}: {reason}")


@dataclass(slots=True)
class Budget:
    """One value being made: the source of chance, what is wished for, and what may still be spent.

    `examples` says whether those of the document are used, `full` whether optional properties are made. `room` is the
    number of values after which only required ones are made; `patience` the number of trials before giving up.
    """

    random: Random
    examples: bool = True
    full: bool = True
    room: int = 1500
    patience: int = 600
    depth: int = 0
    inside: dict[int, int] = field(default_factory=dict)

    def enter(self, shape: object, pointer: str) -> None:
        """Note that a value of `shape` is begun. Raises `Stuck` where nesting has no end."""
        if self.depth > DEADLY:
            raise Stuck(pointer, "it requires itself without end")
        self.depth += 1
        self.room -= 1
        self.inside[id(shape)] = self.inside.get(id(shape), 0) + 1

    def leave(self, shape: object) -> None:
        self.depth -= 1
        self.inside[id(shape)] -= 1

    def tight(self, shape: object) -> bool:
        """Whether only what must be there should be made of `shape` now."""
        return self.inside.get(id(shape), 0) > AGAIN or self.depth > DEEPEST or self.room < 0 or not self.full

    def again(self) -> bool:
        """Whether there is patience for one more trial."""
        self.patience -= 1
        return self.patience > 0

    @contextmanager
    def inventing(self) -> Iterator[None]:
        """For a while, no examples of the document are used, so that values differ."""
        before, self.examples = self.examples, False
        try:
            yield
        finally:
            self.examples = before
