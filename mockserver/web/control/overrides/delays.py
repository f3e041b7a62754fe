"""How long a response waits: a fixed time, or one that is drawn (schema `Delay` of the admin API)."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any

from mockserver.web.control.conditions import invalid

LONGEST = 600.0
"""The longest delay in seconds."""

Draw = Callable[[Random], float]
"""From a source of random numbers to seconds."""


def delay(wanted: Any, at: tuple[str | int, ...]) -> Draw:
    """The function that draws a delay. Raises Invalid for a range that ends before it begins."""
    if not isinstance(wanted, dict):
        return lambda random: float(wanted)
    if "uniform" in wanted:
        low, high = wanted["uniform"]
        if low > high:
            raise invalid(f"the range ends before it begins: {low} to {high}", (*at, "uniform"))
        return lambda random: random.uniform(low, high)
    median, sigma = wanted["lognormal"]["median"], wanted["lognormal"]["sigma"]
    return lambda random: min(random.lognormvariate(math.log(median), sigma), LONGEST)
