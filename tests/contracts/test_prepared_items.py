"""Items are brought into the state that a request needs, so that the checks of the request can run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.exhibitions import Exhibitions, exhibition_document
from tests.contracts.test_foreign_shapes import verdicts

CHECKS = (
    "create", "listed", "stated-count", "concurrent-count", "item-action", "optional-fields", "concurrent-creates",
)  # fmt: skip


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        ("", set()),
        ("one ticket less", {"stated-count", "concurrent-count"}),
        ("reply is late", {"item-action"}),
        ("read is late", {"item-action"}),
        ("reply is of another one", set()),
        ("ticket lost", {"listed", "stated-count", "concurrent-count", "concurrent-creates"}),
    ],
)
def test_what_needs_an_item_in_another_state_is_checked(tmp_path: Path, broken: str, found: set[str]) -> None:
    seen = verdicts(tmp_path, exhibition_document(), Exhibitions(broken), *CHECKS)

    assert seen == {(check, "failure") for check in found}
