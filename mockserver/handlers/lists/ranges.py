"""Filters by a range, or by a part of a text: `min_price`, `created_after`, `title_like`."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

COMPARISONS = {"at-least": operator.ge, "at-most": operator.le, "above": operator.gt, "below": operator.lt}

DAY = len("2027-03-01")
"""How long a day is as a text."""

TEXTS: dict[str, Callable[[str, str], bool]] = {
    "contains": operator.contains,
    "starts-with": str.startswith,
    "equal-any-case": operator.eq,
}


def is_within(value: Any, compare: str, bound: Any) -> bool:
    """Compares a value of an item with the value of a parameter as `compare` says; False if they are of other kinds."""
    if compare == "present":
        return (bool(value) or value is False) is (bound is True)
    if compare == "not-equal":
        return bool(value not in bound if isinstance(bound, list) else value != bound)
    if compare in TEXTS:
        return isinstance(value, str) and TEXTS[compare](value.casefold(), str(bound).casefold())
    if isinstance(value, str) and isinstance(bound, str) and len(bound) == DAY < len(value):
        value = value[:DAY]  # a moment is in a range of days if its day is
    one, other = ordered(value), ordered(bound)
    return one is not None and type(one) is type(other) and bool(COMPARISONS[compare](one, other))


def ordered(value: Any) -> float | datetime | None:
    """What numbers and times are compared by: a number or a time; None for other values."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC) if moment is not None else None
