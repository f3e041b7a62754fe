"""Filters on what only an update sets, counts beside a list, and defaults of a PUT: each bug is a failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.jobs import check_jobs

CHECKS = ("filter", "filters-together", "list-count", "replaced-defaults", "replace")


def test_a_correct_service_for_jobs_has_no_findings_and_nothing_is_skipped(tmp_path: Path) -> None:
    result = check_jobs(tmp_path, only=CHECKS)

    assert [] == [(found.check, found.expected, found.seen) for found in result.findings]
    assert {"passed"} == set(result.outcomes.values())
    assert {*CHECKS} <= {check for _, check in result.outcomes}


@pytest.mark.parametrize(("bug", "wanted"), [
    ("state ignored", "filter"),
    ("one state ignored", "filter"),
    ("count of all", "list-count"),
    ("count one too high", "list-count"),
    ("crew wins", "filters-together"),
    ("case matters", "filter"),
    ("another default on PUT", "replaced-defaults"),
])  # fmt: skip
def test_a_bug_of_the_service_for_jobs_is_a_failure(tmp_path: Path, bug: str, wanted: str) -> None:
    result = check_jobs(tmp_path, bug, only=CHECKS)

    assert {(wanted, "failure")} == {(found.check, found.verdict) for found in result.findings}
