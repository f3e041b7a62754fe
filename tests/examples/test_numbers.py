"""A generated number meets all limits at once."""

from __future__ import annotations

import math
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from mockserver.examples.numbers import common_multiple, exact, number_maker

BOUNDS = st.none() | st.integers(-1_000_000, 1_000_000).map(lambda cents: Fraction(cents, 100))
STEPS = st.none() | st.sampled_from(("1", "7", "0.5", "0.01", "2.5", "9000")).map(Fraction)


@given(st.integers(0, 99), BOUNDS, BOUNDS, st.booleans(), st.booleans(), STEPS, st.booleans())
def test_a_number_meets_all_limits_or_none_exists(
    seed: int,
    low: Fraction | None,
    high: Fraction | None,
    low_open: bool,
    high_open: bool,
    step: Fraction | None,
    integral: bool,
) -> None:
    options = {"low_open": low_open, "high_open": high_open, "step": step, "integral": integral}
    maker = number_maker(low, high, **options)
    grid = common_multiple(step or Fraction(1), Fraction(1)) if integral else step
    if maker is None:
        assert low is not None
        assert high is not None
        assert not fits(low, high, low_open, high_open, grid)
        return
    number = exact(maker(Random(seed)))
    assert low is None or (low < number if low_open else low <= number)
    assert high is None or (number < high if high_open else number <= high)
    assert grid is None or (number / grid).denominator == 1


def fits(low: Fraction, high: Fraction, low_open: bool, high_open: bool, grid: Fraction | None) -> bool:
    """Is there a number between the limits? Looks at the first multiple of the step inside of them."""
    if grid is None:
        return low < high or (low == high and not low_open and not high_open)
    first = math.ceil(low / grid) * grid
    first += grid * (low_open and first == low)
    return first < high or (first == high and not high_open)


@given(st.fractions("0.001", 100, max_denominator=1000), st.fractions("0.001", 100, max_denominator=1000))
def test_a_common_multiple_is_a_multiple_of_both(left: Fraction, right: Fraction) -> None:
    shared = common_multiple(left, right)
    assert (shared / left).denominator == 1
    assert (shared / right).denominator == 1
