"""Amounts: numbers, and texts of numbers such as `"12.50"`, which sums keep exactly and show as they are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from mockserver.lazy_pattern import lazy_pattern

TEXT = lazy_pattern(r"-?(?:0|[1-9][0-9]{0,29})(?:\.[0-9]{1,9})?")
"""An amount as a text."""


def amount_of(value: Any) -> int | float | Decimal | None:
    """The amount that a value is; None if it is none."""
    if isinstance(value, str):
        return Decimal(value) if TEXT.fullmatch(value) else None
    return value if type(value) in (int, float) else None


def plus(one: Any, other: Any) -> Any:
    """The sum of two amounts, without the error that binary fractions have: 0.1 and 0.2 are 0.3."""
    if isinstance(one, Decimal) or isinstance(other, Decimal):
        return Decimal(str(one)) + Decimal(str(other))
    return one + other if type(one) is type(other) is int else round(one + other, 9)


def written(amount: Any, like: Any, fits: Callable[[Any], bool]) -> Any:
    """An amount in the form of the value that it takes the place of; None if no form fits."""
    return next((each for each in _forms(amount, like) if fits(each)), None)


def _forms(amount: Any, like: Any) -> Iterator[Any]:
    if isinstance(like, str):
        exact = Decimal(str(amount))
        for digits in dict.fromkeys((_digits(like), _digits(str(exact)), 2, 0)):
            rounded = round(exact, digits)
            if rounded == exact:
                yield f"{rounded:f}"
    elif isinstance(amount, Decimal):
        yield int(amount) if amount == int(amount) else float(amount)
    else:
        yield amount


def _digits(text: str) -> int:
    """How many digits a text has after the point."""
    return len(text.partition(".")[2])
