"""The `Link` header of each page is followed and judged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.contracts.books import Books, Query, check


class LinkedBooks(Books):
    """Books whose pages link to the first, the previous, the next and the last page."""

    def enveloped(self, page: Any, facts: Mapping[str, Any], total: int, query: Query) -> tuple[Any, dict[str, str]]:
        """The page with its links. `bug` says what is wrong with them."""
        number, size = int(query.get("page", 1)), int(query.get("per_page", 10))
        last = total // size if self.bug == "last page lost" else -(-total // size)
        numbers = {"first": 1, "last": last + (self.bug == "beyond the last")}
        if number < last and not (self.bug == "first page ends" and number == 1):
            numbers["next"] = number + 1 + (self.bug == "next skips a page")
        if number > 1 and self.bug != "no way back":
            numbers["prev"] = number - 1
        links = (f'</books?page={to}&per_page={size}>; rel="{relation}"' for relation, to in numbers.items())
        return page, {"Link": ", ".join(links), "X-Total-Count": str(total)}


@pytest.mark.parametrize("bug", ["", "no way back"])
def test_right_links_have_no_findings(tmp_path: Path, bug: str) -> None:
    result = check(tmp_path, only=["page-links"], style="page", app=LinkedBooks("page", bug))

    assert [] == [(found.expected, found.seen) for found in result.findings]
    assert "passed" == result.outcomes["GET /books", "page-links"]


@pytest.mark.parametrize("bug", ["last page lost", "first page ends", "next skips a page", "beyond the last"])
def test_a_link_that_is_missing_or_leads_elsewhere_is_a_failure(tmp_path: Path, bug: str) -> None:
    result = check(tmp_path, only=["page-links"], style="page", app=LinkedBooks("page", bug))

    assert {("page-links", "failure")} == {(found.check, found.verdict) for found in result.findings}


class FilteredBooks(Books):
    """Books whose links keep the query parameters of the request, without those in `lost`."""

    def __init__(self, lost: tuple[str, ...] = ()) -> None:
        super().__init__("page")
        self.lost = lost

    def enveloped(self, page: Any, facts: Mapping[str, Any], total: int, query: Query) -> tuple[Any, dict[str, str]]:
        """The page with a link to the next one."""
        kept = {name: value for name, value in query.items() if name not in self.lost}
        address = "/books?" + urlencode({**kept, "page": int(query.get("page", 1)) + 1})
        link = {"Link": f'<{address}>; rel="next"'} if facts["next"] else {}
        return page, {**link, "X-Total-Count": str(total)}


FILTERS = [("q", {"type": "string"}), ("title", {"type": "string"}), ("year", {"type": "integer"})]


@pytest.mark.parametrize(("name", "schema"), FILTERS)
@pytest.mark.parametrize("is_kept", [True, False])
def test_a_link_that_loses_the_filter_is_a_failure(tmp_path: Path, name: str, schema: Any, *, is_kept: bool) -> None:
    app = FilteredBooks(() if is_kept else (name,))
    result = check(tmp_path, only=["page-links"], style="page", app=app, queries={name: schema})

    found = {(found.check, found.verdict) for found in result.findings}
    assert (set() if is_kept else {("page-links", "failure")}) == found
