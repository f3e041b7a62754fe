"""The defaults of a document are applied, also inside of objects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from mockserver.web.app import create_app
from tests.contracts.books import STYLES, Books, check, document, verdicts

FIELDS: dict[str, Any] = {
    "cover": {
        "type": "object",
        "properties": {"colour": {"type": "string", "default": "red"}, "width": {"type": "integer"}},
    }
}


class Covered(Books):
    """Books whose cover is red if the request has no other."""

    def create(self, sent: Any) -> tuple[int, Any, dict[str, str]]:
        """Store a book, with the default of its cover."""
        cover = {"colour": "red", **sent["cover"]} if "cover" in sent else {}
        return super().create(sent | ({"cover": cover} if cover else {}))


def test_a_service_that_applies_the_defaults_has_no_findings(tmp_path: Path) -> None:
    result = check(tmp_path, only=["schema-defaults", "nested-defaults"], fields=FIELDS, app=Covered())

    assert (set(), "passed") == (verdicts(result), result.outcomes["POST /books", "nested-defaults"])


@pytest.mark.parametrize(("app", "wanted"), [
    (Books(), "failure nested-defaults"),
    (Books(bug="no defaults"), "failure schema-defaults"),
])  # fmt: skip
def test_a_default_that_is_not_applied_is_a_failure(tmp_path: Path, app: Books, wanted: str) -> None:
    found = verdicts(check(tmp_path, only=[wanted.split()[1]], fields=FIELDS, app=app))

    assert {wanted} == found


def test_the_mock_applies_defaults_inside_of_objects(tmp_path: Path) -> None:
    file = tmp_path / "books.json"
    file.write_text(json.dumps(document(STYLES["offset"], {}, FIELDS)), encoding="utf-8")
    with Target.asgi(create_app(file), (), base_url="http://sandbox") as target:
        result = run_checks(contracts.of(file), target, only=["nested-defaults"])

    assert (set(), "passed") == (verdicts(result), result.outcomes["POST /books", "nested-defaults"])
