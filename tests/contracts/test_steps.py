"""A finding has all requests that show it, and is filed under the operation that broke it."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.pytest_plugin.plugin import _served
from tests.contracts.small_shop import DOCUMENT, SmallShop
from tests.process import run


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("shop") / "openapi.json"
    file.write_text(json.dumps(DOCUMENT))
    return str(file)


@pytest.fixture(scope="module")
def lossy(document: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A shop whose PUT stores nothing, and the folder of its report."""
    folder = tmp_path_factory.mktemp("lossy")
    with _served(SmallShop("put-lost")) as address:
        done = run("check", document, "--url", address, "--no-auth", "--quick", "--only", "replace", "--database",
                   "none", "--report", str(folder))  # fmt: skip
        assert 1 == done.returncode, done.stdout + done.stderr
        yield address, folder


def findings(folder: Path) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads((folder / "report.json").read_text())["findings"]
    return read


def test_a_lost_put_is_among_the_requests_that_show_it(lossy: tuple[str, Path]) -> None:
    shown = {tuple(each["method"] for each in found["exchanges"]) for found in findings(lossy[1])}

    assert {("POST", "PUT", "GET")} == shown


def test_a_lost_put_is_one_cause(lossy: tuple[str, Path]) -> None:
    [cause] = json.loads((lossy[1] / "report.json").read_text())["causes"]

    assert ["PUT /items/{id}"] == cause["operations"]


@pytest.mark.parametrize("bug", ["put-lost", ""])
def test_the_generated_tests_fail_exactly_for_the_server_with_the_bug(lossy: tuple[str, Path], bug: str) -> None:
    source = (lossy[1] / "test_failures.py").read_text()
    tests = [each for each in ast.parse(source).body if isinstance(each, ast.FunctionDef) and each.name[:5] == "test_"]

    with _served(SmallShop(bug)) as address:
        done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:mockserver",
                               "-c", os.devnull, "--rootdir", str(lossy[1]), str(lossy[1] / "test_failures.py")],
                              env={"PATH": os.environ["PATH"], "URL": address}, cwd=lossy[1], timeout=60,
                              capture_output=True, text=True, check=False)  # fmt: skip

    assert f"{len(tests)} {'failed' if bug else 'passed'}" in done.stdout, done.stdout + done.stderr


def test_nothing_is_reported_for_the_correct_shop(document: str, tmp_path: Path) -> None:
    with _served(SmallShop()) as address:
        done = run("check", document, "--url", address, "--no-auth", "--quick", "--database", "none",
                   "--report", str(tmp_path))  # fmt: skip

    assert " 0 failures" in done.stdout, done.stdout + done.stderr


def test_a_failure_that_does_not_occur_again_is_marked_and_has_no_test(document: str, tmp_path: Path) -> None:
    with _served(SmallShop("put-lost-once")) as address:
        done = run("check", document, "--url", address, "--no-auth", "--quick", "--only", "replace", "--database",
                   "none", "--report", str(tmp_path))  # fmt: skip

    assert 1 == done.returncode, done.stdout + done.stderr
    read = json.loads((tmp_path / "report.json").read_text())
    assert sorted(each["id"] for each in read["findings"]) == read["not_reproducible"] != []
    assert "@pytest.mark.skip" in (tmp_path / "test_failures.py").read_text()


def test_a_failure_that_occurs_again_is_not_marked(lossy: tuple[str, Path]) -> None:
    assert [] == json.loads((lossy[1] / "report.json").read_text())["not_reproducible"]
