"""Bounds and values of an integer that the document writes as `10.0` are sent as integers, as strict services want."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.books import Books, check

WRITTEN: dict[str, Any] = {
    "minimum and maximum": {"type": "integer", "minimum": 0.0, "maximum": 100000.0},
    "exclusive bounds": {"type": "integer", "exclusiveMinimum": 0.0, "exclusiveMaximum": 100000.0},
    "multiple": {"type": "integer", "minimum": 0.0, "multipleOf": 5.0},
    "enum and default": {"type": "integer", "enum": [1.0, 2.0, 3.0], "default": 2.0},
    "const": {"type": "integer", "const": 7.0},
    "or null": {"type": ["integer", "null"], "minimum": 1.0},
    "reference": {"allOf": [{"type": "integer"}], "minimum": 1.0, "maximum": 9.0},
}


class StrictBooks(Books):
    """Books whose `pages` must be a JSON number without a fraction."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Any] = []

    def create(self, sent: Any) -> tuple[int, Any, dict[str, str]]:
        """Refuse what no strict parser takes for an integer."""
        self.sent.append(sent)
        if not isinstance(sent, dict) or not isinstance(sent.get("pages", 1), int | None):
            return 400, None, {}
        return super().create(sent)


@pytest.mark.parametrize("written", WRITTEN)
def test_a_whole_number_that_is_written_with_a_fraction_is_sent_without_it(tmp_path: Path, written: str) -> None:
    app = StrictBooks()

    result = check(
        tmp_path, only=["edge-input", "create", "read-your-writes"], fields={"pages": WRITTEN[written]}, app=app
    )

    assert [] == [(found.check, found.expected, found.seen) for found in result.findings]
    assert "passed" == result.outcomes["POST /books", "edge-input"]
    assert any("pages" in book for book in app.sent)


class PricedBooks(Books):
    """Books whose `price` is kept in another form, such as whole cents."""

    def __init__(self, kept: Callable[[float], float]) -> None:
        super().__init__()
        self.kept = kept

    def create(self, sent: Any) -> tuple[int, Any, dict[str, str]]:
        """Store the price as it is kept."""
        price = sent.get("price") if isinstance(sent, dict) else None
        if price is None:
            return super().create(sent)
        is_valid = isinstance(price, int | float) and not isinstance(price, bool) and 0 <= price <= 500
        return super().create({**sent, "price": self.kept(price)}) if is_valid else (400, None, {})


@pytest.mark.parametrize("price", [{"multipleOf": 0.01}, {}, {"maximum": 5}, {"maximum": 1}, {"multipleOf": 0.5}])
@pytest.mark.parametrize(
    ("kept", "is_right"),
    [
        (lambda price: round(price * 100) / 100, True),
        (lambda price: int(price * 100) / 100, False),
    ],
    ids=["rounded", "cut off"],
)
def test_a_price_that_loses_a_cent_is_found(
    tmp_path: Path, price: dict[str, Any], kept: Callable[[float], float], *, is_right: bool
) -> None:
    fields = {"price": {"type": "number", "minimum": 0, "maximum": 500, **price}}

    result = check(tmp_path, only=["edge-input"], fields=fields, app=PricedBooks(kept))

    is_even = price == {"multipleOf": 0.5}  # such a price is the same in cents
    assert bool(result.findings) is not (is_right or is_even)
