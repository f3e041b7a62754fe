"""Combinations of choices, where a schema has several alternatives at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, islice, product
from math import prod
from random import Random

Choice = tuple[int, ...]


def choices(sizes: Sequence[int], most: int) -> list[Choice]:
    """Combinations of choices among groups of these sizes: all, or `most` of them if there are more.

    Such a sample is always the same for the same sizes, and every option of each group occurs early in it.
    """
    if prod(sizes) <= most:
        return list(product(*map(range, sizes)))
    # `fromkeys` drops combinations that were drawn twice, hence more are drawn than are needed.
    return list(dict.fromkeys(islice(chain(_slanted(sizes), _drawn(sizes, 2 * most)), 3 * most)))[:most]


def _slanted(sizes: Sequence[int]) -> list[Choice]:
    """Combinations in which each option of each group occurs at least once."""
    return [tuple((row + column) % size for column, size in enumerate(sizes)) for row in range(max(sizes))]


def _drawn(sizes: Sequence[int], count: int) -> list[Choice]:
    random = Random(0)  # not the seed of a value: which ways are possible must not depend on it
    return [tuple(random.randrange(size) for size in sizes) for _ in range(count)]
