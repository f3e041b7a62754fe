"""Random draws: the same numbers as `random.choice` and `random.randint` give, in a third of the time.

A response has dozens of values, and each needs a few draws. The functions of the standard library check and convert
their arguments at each call; these take what they get.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def below(random: Random, count: int) -> int:
    """A whole number from 0 to `count - 1`; `count` is at least 1."""
    bits, draw = count.bit_length(), random.getrandbits
    number = draw(bits)
    while number >= count:
        number = draw(bits)
    return number


def between(random: Random, least: int, most: int) -> int:
    """A whole number from `least` to `most`, both included."""
    return least + below(random, most - least + 1)


def choice(random: Random, values: Sequence[T]) -> T:
    """One of the values; there is at least one."""
    return values[below(random, len(values))]
