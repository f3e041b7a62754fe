"""Numbers within limits that are multiples of a step (JSON Schema 2020-12 Validation, section 6.2)."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mockserver.examples.draws import below
from mockserver.lazy_module import LazyModule

if TYPE_CHECKING:
    import fractions
    from fractions import Fraction
else:
    fractions = LazyModule("fractions")

TRIES = 64


def exact(value: Any) -> Fraction:
    """The decimal number as the document writes it: 0.1 is exactly a tenth, not the nearest binary fraction."""
    return fractions.Fraction(Decimal(str(value)))


def common_multiple(left: Fraction, right: Fraction) -> Fraction:
    """The least number that is a multiple of both."""
    return fractions.Fraction(math.lcm(left.numerator, right.numerator), math.gcd(left.denominator, right.denominator))


class Window(Struct, frozen=True):
    """The numbers from `low` to `high`; an end that is open does not belong to it."""

    low: Fraction
    high: Fraction
    low_open: bool = False
    high_open: bool = False

    def multiples(self, step: Fraction) -> range:
        """The whole numbers whose product with `step` is in the window."""
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        first += self.low_open and first * step == self.low
        last -= self.high_open and last * step == self.high
        return range(first, last + 1)


NumberMaker = Callable[[Random], int | float]


def number_maker(
    low: Fraction | None,
    high: Fraction | None,
    *,
    low_open: bool = False,
    high_open: bool = False,
    step: Fraction | None = None,
    integral: bool = False,
    usual: tuple[int, int] = (1, 1000),
) -> NumberMaker | None:
    """A function that makes numbers which meet all limits; None if there are none.

    They are in the range `usual` if the limits allow it.
    """
    if integral:
        step = fractions.Fraction(1) if step is None else common_multiple(step, fractions.Fraction(1))
    least, most = fractions.Fraction(usual[0]), fractions.Fraction(usual[1])
    width = max(most - least, 3 * (step or 1))
    bottom = low if low is not None else min(least, high - width) if high is not None else least
    top = high if high is not None else max(most, bottom + width)
    likely = Window(max(bottom, least), min(top, most), low_open and bottom >= least, high_open and top <= most)
    # Numbers in the usual range look realistic; the whole range is used only if none of them fits.
    for window in (likely, Window(bottom, top, low_open and low is not None, high_open and high is not None)):
        found = _on_grid(window, step) if step else _continuous(window)
        if found is not None:
            return found
    return None


def _on_grid(window: Window, step: Fraction) -> NumberMaker | None:
    inside = window.multiples(step)
    start, count = inside.start, inside.stop - inside.start
    if count <= 0:
        return None
    if step.denominator == 1:
        factor = step.numerator
        return lambda random: (start + below(random, count)) * factor

    def make(random: Random) -> int | float:
        candidates = ((start + below(random, count)) * step for _ in range(TRIES))
        # As binary fractions 19.99 / 0.01 is no whole number: choose a value that every validator accepts.
        agreed = (found for value in candidates if (found := _agreed(value, step)) is not None)
        return next(agreed, _number(start * step))

    return make


def _agreed(value: Fraction, step: Fraction) -> int | float | None:
    """The value, if it is a multiple of `step` in binary arithmetic too."""
    number = _number(value)
    quotient = number / float(step)
    return number if quotient == int(quotient) and exact(number) == value else None


def _continuous(window: Window) -> NumberMaker | None:
    """Numbers with two decimals if the window is wide enough, else with as many as needed."""
    for digits in (2, 4, 8, 16, 32):
        unit = 10**digits
        inside = window.multiples(fractions.Fraction(1, unit))
        start, count = inside.start, inside.stop - inside.start
        if count > 0:
            # The quotient of two whole numbers is the float nearest to it, as that of a Fraction is.
            return lambda random: (start + below(random, count)) / unit
    middle = float((window.low + window.high) / 2)
    return (lambda random: middle) if window.low < exact(middle) < window.high else None


def _number(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else float(value)
