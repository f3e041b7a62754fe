"""Laws of paging are failures of a service with nothing but its document, in every style of paging."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.books import STYLES, check, verdicts
from tests.contracts.test_foreign_shapes import sent
from tests.contracts.test_foreign_shapes import verdicts as verdicts_of
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

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


class Drawers:
    """Boxes of a colour in numbered pages. With `late`, the second page begins one page too late."""

    def __init__(self, *, late: bool) -> None:
        self.late, self.kept = late, list[Node]()

    def __call__(self, ask: Ask) -> Answer:
        if ask.method == "POST":
            self.kept.append({**sent(ask), "id": len(self.kept) + 1})
            return Answer(201, self.kept[-1])
        query = ask.query
        page, size = int(query.get("page", 1)), int(query.get("size", 3))
        shown = [each for each in self.kept if query.get("colour") in (None, each["colour"])]
        start = page * size if page > 1 and self.late else (page - 1) * size
        return Answer(200, {"items": shown[start : start + size], "total": len(shown)})


def test_a_list_that_loses_a_page_fails_one_check(tmp_path: Path) -> None:
    """Other checks of the list do not say it again: of a filter, of the size of a page."""
    found = verdicts_of(tmp_path, boxes({"default": 3}), Drawers(late=True), "paging", "filter", "default-page-size")

    assert {("paging", "failure")} == found


def test_a_default_size_that_nothing_states_may_be_any(tmp_path: Path) -> None:
    """Three on a page are as right as fifty where `size` has no default."""
    assert set() == verdicts_of(tmp_path, boxes({}), Drawers(late=False), "paging", "default-page-size")


def boxes(size: Node) -> Node:
    """The paths of boxes; `size` is what the schema of the size of a page says."""
    number: Node = {"type": "integer", "minimum": 1}
    queries = [("page", number | {"default": 1}), ("size", number | {"maximum": 20} | size),
               ("colour", {"type": "string"})]  # fmt: skip
    new: Node = {"type": "object", "required": ["colour"], "properties": {"colour": {"type": "string"}}}
    box: Node = {"type": "object", "properties": {"id": {"type": "integer"}, "colour": {"type": "string"}}}
    page: Node = {"type": "object", "required": ["items", "total"], "properties": {
        "items": {"type": "array", "items": box}, "total": {"type": "integer"}}}  # fmt: skip
    asked = [{"name": name, "in": "query", "schema": schema} for name, schema in queries]
    return {"/boxes": {
        "get": {"parameters": asked, "responses": answers(page)},
        "post": {"requestBody": takes(new), "responses": answers(box, "201")},
    }}  # fmt: skip
