"""Bounds and values of an integer that the document writes as `10.0` are sent as integers, as strict services want."""

from __future__ import annotations

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
