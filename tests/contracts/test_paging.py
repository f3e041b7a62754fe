"""Laws of paging are failures of a service with nothing but its document, in every style of paging."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.books import STYLES, check, verdicts

ONLY = ["paging", "default-page-size", "page-size-limits", "paging-during-changes"]


@pytest.mark.parametrize("style", STYLES)
def test_a_service_that_pages_correctly_has_no_findings(tmp_path: Path, style: str) -> None:
    result = check(tmp_path, style, only=ONLY)

    assert [] == [(found.check, found.expected, found.seen) for found in result.findings]
    assert "passed" == result.outcomes["GET /books", "paging"]


@pytest.mark.parametrize("bug", ["overlap", "gap", "page ignored", "limit ignored", "unstable"])
@pytest.mark.parametrize("style", STYLES)
def test_a_broken_law_of_paging_is_a_failure_in_every_style(tmp_path: Path, style: str, bug: str) -> None:
    assert "failure paging" in verdicts(check(tmp_path, style, bug, only=["paging"]))


@pytest.mark.parametrize("bug", ["total of page"])
@pytest.mark.parametrize("style", ["offset", "page", "unsaid"])
def test_a_total_that_counts_the_page_is_a_failure(tmp_path: Path, style: str, bug: str) -> None:
    assert "failure paging" in verdicts(check(tmp_path, style, bug, only=["paging"]))


@pytest.mark.parametrize("style", ["offset", "page", "unsaid"])
def test_a_default_size_that_is_not_kept_is_a_failure(tmp_path: Path, style: str) -> None:
    assert "failure default-page-size" in verdicts(
        check(tmp_path, style, "no default size", only=["default-page-size"])
    )


@pytest.mark.parametrize("style", STYLES)
def test_a_page_that_is_cut_at_a_size_that_nothing_states_is_a_failure(tmp_path: Path, style: str) -> None:
    assert {"failure default-page-size"} == verdicts(check(tmp_path, style, "page cut", only=["default-page-size"]))


@pytest.mark.parametrize("style", ["page", "unsaid", "rest"])
def test_a_page_beyond_the_end_that_shows_the_last_items_is_a_failure(tmp_path: Path, style: str) -> None:
    assert {"failure paging"} == verdicts(check(tmp_path, style, "last page again", only=["paging"]))


@pytest.mark.parametrize("bug", ["before has it", "before leaves one out"])
def test_a_page_before_an_item_has_those_next_to_it(tmp_path: Path, bug: str) -> None:
    assert {"failure paging"} == verdicts(check(tmp_path, "both", bug, only=["paging"]))


def test_before_that_may_be_a_time_says_nothing_about_pages(tmp_path: Path) -> None:
    times = {"since": {"type": "string"}, "before": {"type": "string", "format": "date-time"}}
    result = check(tmp_path, "before", only=["paging"], queries=times)

    assert set() == verdicts(result)
