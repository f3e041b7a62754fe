"""Figures of owners, actions on items, and sorted lists: a correct server passes, and each bug is found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.runner.in_process import check_app, load_contract
from contracts.runner.runner import CheckResult
from tests.contracts.order_server import DOCUMENT, Orders

CHECKED = ("owner-figures", "owner-update", "item-action", "sort-keeps-items")


def run(bug: str, folder: Path) -> CheckResult:
    (folder / "openapi.json").write_text(json.dumps(DOCUMENT))
    return check_app(Orders(bug), load_contract(folder / "openapi.json"), only=CHECKED)


def test_a_correct_server_passes_each_check(tmp_path: Path) -> None:
    result = run("", tmp_path)

    assert [] == [(each.check, each.expected, each.seen) for each in result.findings]
    passed = {key for key, outcome in result.outcomes.items() if outcome == "passed" and key[1] in CHECKED}
    assert {
        ("DELETE /orders/{orderId}/lines/{lineId}", "owner-figures"),
        ("PUT /orders/{orderId}", "owner-update"),
        ("PUT /orders/{orderId}/star", "item-action"),
        ("POST /orders/{orderId}/pack", "item-action"),
        ("POST /orders/{orderId}/send", "item-action"),
        ("GET /orders", "sort-keeps-items"),
    } == passed


@pytest.mark.parametrize(
    ("bug", "check", "seen"),
    [
        ("count-stays", "owner-figures", "line_count is 4"),
        ("refused-counted", "owner-figures", "line_count is 3"),
        ("lines-lost", "owner-update", "it is gone"),
        ("counts-again", "item-action", "stars is 2"),
        ("stale-filter", "item-action", "it does not find it"),
        ("sort-drops", "sort-keeps-items", "1 of 2 new items are missing"),
    ],
)
def test_each_bug_is_a_failure(bug: str, check: str, seen: str, tmp_path: Path) -> None:
    failures = [each for each in run(bug, tmp_path).findings if each.verdict == "failure"]

    assert {check} == {each.check for each in failures}
    assert seen in {each.seen for each in failures}
