"""A client's own tests, written for stateless mocks, pass against a mock that keeps state."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.writer import suite

SOME = ("tests/api_resources/test_files.py", "tests/api_resources/test_graphs.py", "tests/api_resources/test_chat.py")
"""Items, nested items, uploads, downloads and streams; `python -m tests.writer.suite` runs the whole."""


@pytest.mark.slow
def test_the_tests_of_writer_sdk_pass_against_its_document_served_with_materialize(shared: Path) -> None:
    try:
        suite.fetch()
    except suite.Unavailable as fault:
        pytest.skip(str(fault))

    figures = suite.run(shared / "corpus" / "writer-openapi.yml", "--materialize", tests=SOME)

    assert 0 == figures.failed, figures.output
    assert figures.passed > 200
