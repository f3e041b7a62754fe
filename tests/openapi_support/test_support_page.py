"""The table of docs/openapi-support.md is complete, and each of its rows has a test that exists and runs."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from tests.openapi_support.official_fields import VERSIONS, official_fields
from tests.openapi_support.support_page import page, rows
from tests.openapi_support.test_fields import KEYWORDS

ROOT = Path(__file__).parents[2]


@cache
def names_that_run(file: str) -> set[str]:
    """The names of the tests of a file, without those that are marked to be skipped or to fail."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {
        node.name
        for node in found
        if not any(word in ast.unparse(mark) for mark in node.decorator_list for word in (".skip", ".xfail"))
    }


def test_every_field_of_every_version_has_one_row_and_no_other() -> None:
    official = {(name, field) for name, fields in official_fields().items() for field in fields}
    stated = [(row.object, row.field) for row in rows()]

    assert (official, len(official)) == (set(stated), len(stated))
    assert set(VERSIONS) == {
        version for fields in official_fields().values() for found in fields.values() for version in found
    }


def test_every_row_has_a_test_that_exists_and_runs() -> None:
    missing = [row for row in rows() if (parts := row.test.split("::")) and parts[1] not in names_that_run(parts[0])]

    assert [] == missing


def test_every_row_says_what_is_done_and_why_not() -> None:
    known = {"served", "checked", "served and checked", "ignored"}

    assert [] == [row for row in rows() if row.status not in known or (row.status == "ignored" and not row.note)]


def test_every_keyword_that_is_judged_has_a_case() -> None:
    stated = {row.field for row in rows() if row.test.endswith("test_a_keyword_decides_which_values_are_valid")}

    assert stated == {keyword for keyword, *_ in KEYWORDS}


def test_the_page_is_up_to_date() -> None:
    assert page() == (ROOT / "docs" / "openapi-support.md").read_text(encoding="utf-8"), "run `make docs`"
