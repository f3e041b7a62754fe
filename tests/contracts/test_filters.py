"""An ignored filter, and a total that counts hidden items, are failures of a service without a behaviour file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contracts.books import KINDS, check, verdicts

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


SORTS = {"sort": {"type": "string", "enum": ["title", "-title", "year", "-year"]}}


@pytest.mark.parametrize("style", ["offset", "page", "rest"])
def test_a_service_that_sorts_correctly_has_no_findings(tmp_path: Path, style: str) -> None:
    result = check(tmp_path, style, only=["sort"], queries=SORTS)

    assert (set(), "passed") == (verdicts(result), result.outcomes["GET /books", "sort"])


@pytest.mark.parametrize("bug", ["sort ignored", "minus ignored", "numbers as texts"])
def test_a_sort_parameter_that_is_not_kept_is_a_failure(tmp_path: Path, bug: str) -> None:
    assert {"failure sort"} == verdicts(check(tmp_path, "page", bug, only=["sort"], queries=SORTS))
