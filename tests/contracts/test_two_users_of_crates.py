"""What a document says in words about keys, totals, tags, figures and unique values is checked, with two users."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.client.authentication import user_with_secret
from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.crates import USERS, Crates, crate_document
from tests.web.document import document

CHECKS = (
    "changed-tag", "key-of-another-user", "derived-after-update", "concurrent-numbers", "concurrent-once", "validation",
    "filter", "page-links", "unique-in-any-case", "repeated-request",
)  # fmt: skip


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        ("", set()),
        ("same tag", {"changed-tag"}),
        ("keys of all users", {"key-of-another-user"}),
        ("old fee", {"derived-after-update"}),
        ("seal twice", {"concurrent-numbers"}),
        ("signed twice", {"concurrent-once"}),
        ("nested by PATCH", {"validation"}),
        ("total without q", {"filter"}),
        ("part of a mark", {"filter"}),
        ("next after a full page", {"page-links"}),
        ("case by PATCH", {"unique-in-any-case"}),
    ],
)
def test_each_sentence_about_crates_is_tried(tmp_path: Path, broken: str, found: set[str]) -> None:
    file = tmp_path / "crates.json"
    schemes = {"bearer": {"type": "http", "scheme": "bearer"}}
    rest = {"components": {"securitySchemes": schemes}, "security": [{"bearer": []}]}
    file.write_text(json.dumps(document(crate_document(), **rest)))
    contract = contracts.of(file)
    users = [user_with_secret(contract, name, secret) for secret, name in USERS.items()]
    with Target.asgi(Crates(broken), users) as target:
        result = run_checks(contract, target, only=CHECKS)

    assert {(each.check, each.verdict) for each in result.findings} == {(check, "failure") for check in found}
    assert broken or not [each for each, outcome in result.outcomes.items() if outcome != "passed"]
