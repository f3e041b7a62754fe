"""Cases about the contract check: against its own mock, a document has no failures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.conftest import DOCUMENTS
from tests.process import run


@pytest.mark.parametrize("name", ["37-check-recursive", "16-oas32", "collection-formats", "selectors", "many-to-many"])
def test_the_mock_of_a_document_passes_its_check(tmp_path: Path, name: str) -> None:
    done = run("check", str(DOCUMENTS / f"{name}.yaml"), "--quick", "--report", str(tmp_path))

    assert " 0 failures, 0 warnings" in done.stdout + done.stderr
    assert 0 == done.returncode


def test_the_check_reaches_operations_that_a_query_in_their_path_tells_apart(tmp_path: Path) -> None:
    done = run("check", str(DOCUMENTS / "paths-with-queries.yaml"), "--quick", "--report", str(tmp_path))

    assert "3 of 3 operations answered with success" in done.stdout + done.stderr
    assert " 0 failures, 0 warnings" in done.stdout + done.stderr
