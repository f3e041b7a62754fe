"""Filters by a range: `min_price`, `created_after`."""

from __future__ import annotations

import operator
from datetime import UTC, datetime
from typing import Any

COMPARISONS = {"at-least": operator.ge, "at-most": operator.le, "above": operator.gt, "below": operator.lt}


def is_within(value: Any, compare: str, bound: Any) -> bool:
    """Compares a value of an item with the value of a parameter as `compare` says; False if they are of other kinds."""
    one, other = _ordered(value), _ordered(bound)
    return one is not None and type(one) is type(other) and bool(COMPARISONS[compare](one, other))


def _ordered(value: Any) -> float | datetime | None:
    """A number or a time; None for other values."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC) if moment is not None else None
