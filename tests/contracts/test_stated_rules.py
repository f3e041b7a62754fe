"""What a document says in words about states, references, figures and deletions is checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.magazine import Magazine, magazine_document
from tests.contracts.test_foreign_shapes import verdicts

CHECKS = (
    "create", "listed", "lifecycle", "delete", "forbidden-state", "unknown-reference", "held-item", "deleted-with-item",
    "stated-effect", "stated-count", "repeated-request", "counting-operation",
)  # fmt: skip


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        ("", set()),
        ("publish always", {"forbidden-state"}),
        ("publish again", {"forbidden-state"}),
        ("retract always", {"forbidden-state"}),
        ("unknown author", {"unknown-reference"}),
        ("unknown in lists", {"unknown-reference"}),
        ("unknown by PUT", {"unknown-reference"}),
        ("author goes", {"held-item"}),
        ("remarks stay", {"deleted-with-item"}),
        ("reads stay", {"stated-effect"}),
        ("like again", {"repeated-request"}),
        ("prints stay", {"stated-effect"}),
        ("counts at most one", {"stated-count"}),
        ("sum of the first", {"stated-count"}),
    ],
)
def test_each_rule_that_the_document_says_in_words_is_tried(tmp_path: Path, broken: str, found: set[str]) -> None:
    seen = verdicts(tmp_path, magazine_document(), Magazine(broken), *CHECKS)

    assert {(check, "failure") for check in found} == seen
