"""Numbers within bounds and on a grid (JSON Schema 2020-12 Validation, section 6.2)."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

TRIES = 64


def exact(value: Any) -> Fraction:
    """The number that was written, not the binary one nearest to it."""
    return Fraction(Decimal(str(value)))


def common_multiple(left: Fraction, right: Fraction) -> Fraction:
    """The least number that both divide."""
    return Fraction(math.lcm(left.numerator, right.numerator), math.gcd(left.denominator, right.denominator))


def between(
    random: Random,
    low: Fraction | None,
    high: Fraction | None,
    *,
    low_open: bool = False,
    high_open: bool = False,
    step: Fraction | None = None,
    integral: bool = False,
    usual: tuple[int, int] = (1, 1000),
) -> int | float | None:
    """A number that keeps to all bounds, near `usual` where they allow it; None when there is none."""
    if integral:
        step = Fraction(1) if step is None else common_multiple(step, Fraction(1))
    low, high = _window(low, high, usual)
    if step is None:
        return _continuous(random, low, high, low_open, high_open)
    return _on_grid(random, low, high, low_open, high_open, step)


def _window(low: Fraction | None, high: Fraction | None, usual: tuple[int, int]) -> tuple[Fraction, Fraction]:
    """The usual window cut to the bounds; where they do not meet, the bounds with the usual width."""
    least, most, width = Fraction(usual[0]), Fraction(usual[1]), Fraction(usual[1] - usual[0])
    if low is None and high is None:
        return least, most
    if low is not None and high is not None:
        inside = max(low, least) < min(high, most)
        return (max(low, least), min(high, most)) if inside else (low, high)
    if low is not None:
        return (max(low, least), most) if low < most else (low, low + width)
    high = most if high is None else high
    return (least, min(high, most)) if high > least else (high - width, high)


def _on_grid(
    random: Random, low: Fraction, high: Fraction, low_open: bool, high_open: bool, step: Fraction
) -> int | float | None:
    first, last = math.ceil(low / step), math.floor(high / step)
    first += low_open and first * step == low
    last -= high_open and last * step == high
    if first > last:
        return None
    candidates = (random.randint(first, last) * step for _ in range(TRIES))
    # In binary 19.99 / 0.01 is no whole number; the choice falls on one that every validator agrees about.
    return next((found for value in candidates if (found := _agreed(value, step)) is not None), _number(first * step))


def _agreed(value: Fraction, step: Fraction) -> int | float | None:
    number = _number(value)
    if isinstance(number, int) and step.denominator == 1:
        return number
    quotient = number / float(step)
    return number if quotient == int(quotient) and exact(number) == value else None


def _continuous(random: Random, low: Fraction, high: Fraction, low_open: bool, high_open: bool) -> int | float | None:
    """Two decimals where the window is wide enough for them, else as many as it takes."""
    for digits in (2, 4, 8, 16):
        unit = Fraction(1, 10**digits)
        found = _on_grid_plain(random, low, high, low_open, high_open, unit)
        if found is not None:
            return found
    middle = float((low + high) / 2)
    return middle if low < exact(middle) < high or (low == high and not (low_open or high_open)) else None


def _on_grid_plain(
    random: Random, low: Fraction, high: Fraction, low_open: bool, high_open: bool, unit: Fraction
) -> int | float | None:
    first, last = math.ceil(low / unit), math.floor(high / unit)
    first += low_open and first * unit == low
    last -= high_open and last * unit == high
    return float(random.randint(first, last) * unit) if first <= last else None


def _number(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else float(value)
