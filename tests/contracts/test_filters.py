"""An ignored filter, and a total that counts hidden items, are failures of a service without a behaviour file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contracts.books import KINDS, Books, Query, check, verdicts

TEXT = {"type": "string"}
QUERIES: dict[str, Any] = {
    "kind": {"type": "string", "enum": KINDS},
    "year": {"type": "integer"},
    "lent": {"type": "boolean"},
    "title": TEXT,
    "min_year": {"type": "integer"},
    "q": TEXT,
}


@pytest.mark.parametrize("style", ["offset", "page", "cursor", "rest"])
def test_a_service_that_keeps_its_filters_has_no_findings(tmp_path: Path, style: str) -> None:
    result = check(tmp_path, style, only=["filter"], queries=QUERIES)

    assert [] == [(found.check, found.expected, found.seen) for found in result.findings]
    assert "passed" == result.outcomes["GET /books", "filter"]


@pytest.mark.parametrize("query", QUERIES)
def test_an_ignored_filter_is_a_failure(tmp_path: Path, query: str) -> None:
    result = check(tmp_path, "page", "filters ignored", only=["filter"], queries={query: QUERIES[query]})

    assert {"failure filter"} == verdicts(result)


@pytest.mark.parametrize("style", ["offset", "page", "unsaid"])
def test_the_total_of_a_filtered_list_that_counts_all_items_is_a_failure(tmp_path: Path, style: str) -> None:
    queries = {"kind": QUERIES["kind"]}

    assert {"failure filter"} == verdicts(check(tmp_path, style, "total counts all", only=["filter"], queries=queries))


class StrictBooks(Books):
    """Books whose titles are compared with regard to case, or as a whole."""

    def filtered(self, found: Any, query: Query) -> Any:
        """The books that the query selects."""
        for word in (query[name] for name in ("title", "q") if name in query):
            if self.bug == "whole title":
                found = [book for book in found if word.lower() == book["title"].lower()]
            else:
                found = [book for book in found if word in book["title"]]
        return found


@pytest.mark.parametrize(
    ("said", "broken"),
    [
        ("Part of the title, in any case.", {"case matters", "whole title"}),
        ("Any part of the book's title. The comparison is case-insensitive.", {"case matters", "whole title"}),
        ("Part of the title; upper and lower case are the same.", {"case matters", "whole title"}),
        ("The title, without regard to case.", {"case matters"}),
        ("The title. Case doesn't matter.", {"case matters"}),
        ("A substring of the title.", {"whole title"}),
        ("The title of the book.", set()),
        ("Part of the catalogue.", set()),
        ("Words of the subtitle belong to it as a part of the title.", set()),
    ],
)
@pytest.mark.parametrize("name", ["title", "q"])
def test_a_text_is_compared_as_its_parameter_is_described(
    tmp_path: Path, name: str, said: str, broken: set[str]
) -> None:
    queries = {name: {"type": "string", "description": said}}

    assert set() == verdicts(check(tmp_path, "page", only=["filter"], queries=queries))
    for bug in ("case matters", "whole title"):
        found = verdicts(check(tmp_path, "page", only=["filter"], queries=queries, app=StrictBooks("page", bug)))
        assert ({"failure filter"} if bug in broken else set()) == found, bug


SORTS = {"sort": {"type": "string", "enum": ["title", "-title", "year", "-year"]}}


@pytest.mark.parametrize("style", ["offset", "page", "rest"])
def test_a_service_that_sorts_correctly_has_no_findings(tmp_path: Path, style: str) -> None:
    result = check(tmp_path, style, only=["sort"], queries=SORTS)

    assert (set(), "passed") == (verdicts(result), result.outcomes["GET /books", "sort"])


@pytest.mark.parametrize("bug", ["sort ignored", "minus ignored", "numbers as texts"])
def test_a_sort_parameter_that_is_not_kept_is_a_failure(tmp_path: Path, bug: str) -> None:
    assert {"failure sort"} == verdicts(check(tmp_path, "page", bug, only=["sort"], queries=SORTS))
