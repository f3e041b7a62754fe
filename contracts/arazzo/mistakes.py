"""What is wrong with an Arazzo description, each mistake with its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from mockserver.errors import MockServerError

MOST_MISTAKES = 20
"""How many mistakes one error reports."""


class Mistake(NamedTuple):
    """One mistake: the JSON pointer of its place, and a sentence that says what would be right."""

    pointer: str
    message: str


class ArazzoError(MockServerError):
    """A description cannot be run; the text has a line for each mistake, with file and JSON pointer."""

    @classmethod
    def of(cls, file: str, mistakes: Iterable[Mistake]) -> ArazzoError:
        """The error for the mistakes of a file."""
        lines = [f"{file}#{each.pointer}: {each.message}" for each in mistakes]
        more = [f"and {len(lines) - MOST_MISTAKES} more"] if len(lines) > MOST_MISTAKES else []
        return cls("\n".join([*lines[:MOST_MISTAKES], *more]))
