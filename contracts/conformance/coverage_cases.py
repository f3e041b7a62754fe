"""A bound for the requests that Schemathesis generates from the schemas of one operation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

MOST_CASES = 500
"""At most this many are sent to one operation. Nested schemas with alternatives give tens of thousands."""

MOST_GENERATED = 10_000
"""Generating them takes time, too."""


class BoundedCoverage:
    """Makes the generator of a Schemathesis schema give at most `MOST_CASES` for each operation.

    `left_out` gets the names of the operations where there are more.
    """

    def __init__(self, generate: Callable[..., Iterator[Any]], left_out: set[str]) -> None:
        self._generate, self._left_out = generate, left_out

    def __call__(self, operation: Any, **named: Any) -> Iterator[Any]:
        """The cases for an operation, as `iter_coverage_cases` of Schemathesis gives them."""
        cases = list(islice(self._generate(operation, **named), MOST_GENERATED))
        chosen = chosen_evenly(cases, MOST_CASES, _kind)
        if len(chosen) < len(cases):
            self._left_out.add(operation.label)
        return iter(chosen)


def _kind(case: Any) -> tuple[Any, ...]:
    """What a case is about: which constraint is met or broken, where, and by which method."""
    data = case.meta.phase.data if case.meta is not None else None
    return getattr(data, "scenario", None), getattr(data, "parameter_location", None), case.method


def chosen_evenly(cases: list[Any], most: int, kind_of: Callable[[Any], Any]) -> list[Any]:
    """At most about `most` of the cases, in their order: as many of each kind, from the whole length of each."""
    if len(cases) <= most:
        return cases
    kinds: dict[Any, list[int]] = {}
    for number, case in enumerate(cases):
        kinds.setdefault(kind_of(case), []).append(number)
    chosen: list[int] = []
    for left, numbers in zip(range(len(kinds), 0, -1), sorted(kinds.values(), key=len), strict=True):
        share = max(1, (most - len(chosen)) // left)  # what a small kind leaves over goes to the others
        step = max(1.0, len(numbers) / share)
        chosen += [numbers[int(step * each)] for each in range(min(share, len(numbers)))]
    return [cases[number] for number in sorted(chosen)]
