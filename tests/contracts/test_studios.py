"""Limits for several items together, highest values, reports about a state and sorted sums are checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.studios import Studios, studio_document
from tests.contracts.test_foreign_shapes import verdicts

CHECKS = ("stated-extreme", "summed-limit", "state-report", "sort")


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        ("", set()),
        ("day of the last one", {"stated-extreme"}),
        ("too much by PATCH", {"summed-limit"}),
        ("cancelled bills are due", {"state-report"}),
        ("sorted as texts", {"sort"}),
    ],
)
def test_what_the_document_says_about_several_items_is_tried(tmp_path: Path, broken: str, found: set[str]) -> None:
    seen = verdicts(tmp_path, studio_document(), Studios(broken), *CHECKS)

    assert seen == {(check, "failure") for check in found}
