"""What only another user may do to an item is done by another user, so that each state is reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.articles import checked_articles

CHECKS = ("create", "update", "ownership", "led-to-state", "forbidden-state", "state-report", "changed-tag", "unique")


@pytest.mark.parametrize(
    ("flaw", "found"),
    [
        ("", set()),
        ("a change leaves it printed", {("led-to-state", "PUT /articles/{id}")}),
        ("dropped articles are stopped", {("forbidden-state", "POST /articles/{id}/stop")}),
        ("a stopped article is taken off again", {("state-report", "GET /shelves")}),
        ("authors have numbers of their own", {("unique", "POST /articles")}),
        ("no tags in the ETag", {("changed-tag", "GET /articles/{id}")}),
    ],
)
def test_a_flaw_behind_the_action_of_another_user_is_found(
    tmp_path: Path, flaw: str, found: set[tuple[str, str]]
) -> None:
    result = checked_articles(tmp_path, flaw, *CHECKS)

    assert found == {(each.check, each.operation) for each in result.findings if each.verdict == "failure"}


def test_an_action_that_is_forbidden_to_the_author_is_no_operation_that_the_user_may_not_use(tmp_path: Path) -> None:
    result = checked_articles(tmp_path, "", *CHECKS)

    printing = {key: value for key, value in result.outcomes.items() if key[0] == "POST /articles/{id}/print"}
    assert {"passed"} == {*printing.values()}
