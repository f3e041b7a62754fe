"""Items that take others for a while, days by another name, and the end of a list: each flaw is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.client.builtin_mock import sandbox
from contracts.runner.in_process import check_app, load_contract
from tests.contracts.costumes import DOCUMENT, checked_costumes

CHECKS = (
    "create",
    "listed",
    "paging",
    "filter",
    "order",
    "unique",
    "unique-in-any-case",
    "stated-extreme",
    "described-figures",
    "undone-effect",
    "freed-item",
    "led-to-state",
    "forbidden-state",
)


@pytest.mark.parametrize(
    ("flaw", "found"),
    [
        ("", set()),
        ("a full page has a cursor", {("paging", "GET /costumes")}),
        ("PATCH compares letters", {("unique-in-any-case", "POST /costumes")}),
        ("capitals are not freed", {("unique", "POST /costumes")}),
        ("the last day is left out", {("filter", "GET /costumes/{id}/repairs")}),
        ("a deleted repair stays the last", {("stated-extreme", "POST /costumes/{id}/repairs")}),
        ("hires in order of creation", {("order", "GET /hires")}),
        ("equal values count once", {("described-figures", "POST /hires")}),
        ("only the first comes back", {("undone-effect", "POST /hires/{id}/return")}),
    ],
)
def test_a_flaw_in_what_the_document_says_is_found(tmp_path: Path, flaw: str, found: set[tuple[str, str]]) -> None:
    result = checked_costumes(tmp_path, flaw, *CHECKS)

    assert found == {(each.check, each.operation) for each in result.findings if each.verdict == "failure"}


def test_each_item_that_takes_others_gets_others_of_its_own(tmp_path: Path) -> None:
    result = checked_costumes(tmp_path, "", *CHECKS)

    assert {"passed"} == {outcome for (operation, _), outcome in result.outcomes.items() if "/hires" in operation}


def test_the_mock_does_what_the_sentences_say() -> None:
    no_sum = [each for each in CHECKS if each != "described-figures"]  # the mock adds nothing up over named items
    result = check_app(sandbox(DOCUMENT, seed=1), load_contract(DOCUMENT), only=no_sum)

    assert [] == [(each.check, each.expected, each.seen) for each in result.findings]
