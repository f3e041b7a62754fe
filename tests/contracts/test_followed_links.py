"""Pages that show the address of the next one in their body: who follows it reads each item once, filtered or not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.contracts.books import Books, Query, check, verdicts


class LinkingBooks(Books):
    """Books in pages with the address of the next one. `flaw` names what is wrong with it."""

    def __init__(self, flaw: str = "") -> None:
        super().__init__("rest")
        self.flaw = flaw

    def enveloped(self, page: Any, facts: Mapping[str, Any], total: int, query: Query) -> tuple[Any, dict[str, str]]:
        """The page with its facts."""
        number = int(query.get("page", 1)) + (2 if self.flaw == "a page is left out" else 1)
        kept = {name: value for name, value in query.items() if self.flaw != "filters are lost" or "page" in name}
        kept = {name: value for name, value in kept.items() if self.flaw != "the size is lost" or name != "page_size"}
        address = "http://books/books?" + urlencode({**kept, "page": number})
        return {"results": page, "count": total, "next": address if facts["next"] else None}, {}


@pytest.mark.parametrize(
    ("flaw", "found"),
    [
        ("", set()),
        ("a page is left out", {"failure followed-links"}),
        ("filters are lost", {"failure followed-links"}),
        ("the size is lost", {"failure followed-links"}),
    ],
)
def test_the_address_of_the_next_page_leads_to_the_next_items(tmp_path: Path, flaw: str, found: set[str]) -> None:
    queries = {"lent": {"type": "boolean"}, "title": {"type": "string"}}
    result = check(tmp_path, only=["followed-links"], style="rest", app=LinkingBooks(flaw), queries=queries)

    assert found == verdicts(result)
    assert ("failed" if found else "passed") == result.outcomes["GET /books", "followed-links"]


@pytest.mark.parametrize("flaw", ["", "filters are lost"])
def test_a_filter_that_ignores_case_is_kept_too(tmp_path: Path, flaw: str) -> None:
    queries = {"title": {"type": "string", "description": "The whole title, case-insensitive."}}
    result = check(tmp_path, only=["followed-links"], style="rest", app=LinkingBooks(flaw), queries=queries)

    assert ("failed" if flaw else "passed") == result.outcomes["GET /books", "followed-links"]


def test_a_list_with_cursors_is_not_examined(tmp_path: Path) -> None:
    result = check(tmp_path, only=["followed-links"], style="cursor", app=Books("cursor"))

    assert {} == dict(result.outcomes)
