"""Which checks a run that has little time begins with: some of each kind, at operations that the seed chooses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from random import Random

from contracts.runner.check import BoundCheck

MANY = 300
"""Fewer checks than this run in their usual order: there is time for all of them."""


def in_quick_order(checks: Sequence[BoundCheck], seed: int) -> list[BoundCheck]:
    """The first of each kind of check, then the second of each, and so on; those that run last stay last."""
    if len(checks) < MANY:
        return list(checks)
    early = [each for each in checks if not each.check.run_last]
    return [*_in_turn(early, seed), *(each for each in checks if each.check.run_last)]


def _in_turn(checks: Sequence[BoundCheck], seed: int) -> Iterator[BoundCheck]:
    kinds: dict[str, list[BoundCheck]] = {}
    for each in checks:
        kinds.setdefault(each.check.name, []).append(each)
    for name, found in kinds.items():
        Random(f"{seed}/{name}").shuffle(found)
    for row in zip_longest(*kinds.values()):
        yield from (each for each in row if each is not None)
