"""Findings can be replayed, and the tests that a report generates fail until their failure is fixed."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contracts.cli.replay import replay
from contracts.pytest_plugin.plugin import _served
from tests.contracts.things import Things
from tests.contracts.things import checked as things_checked
from tests.planted_bugs.basedash import Basedash
from tests.planted_bugs.further.basedash import FurtherBasedash
from tests.planted_bugs.run import subject
from tests.process import run

CHECKS = ("--skip", "*_*")
"""Skip the checks of Schemathesis, whose names contain underscores."""

BUGS = {"delete-kept": "delete", "patch-forgotten": "update", "updated-still": "timestamps", "html-type": "listed",
        "allow-missing": "method-not-allowed", "page-short": "paging"}  # fmt: skip
"""Bug → the check that finds it."""

CREDENTIALS = {each.variable: each.secret for each in subject("basedash").users}


@pytest.fixture(scope="module")
def right() -> Iterator[str]:
    """A correct server."""
    with _served(Basedash()) as address:
        yield address


@contextmanager
def checked(bug: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """A server with one bug, and the folder of its report."""
    with _served(FurtherBasedash(bug)) as address:
        done = run("check", "basedash", "--url", address, "--quick", "--only", BUGS[bug], *CHECKS,
                   "--report", str(folder))  # fmt: skip
        assert 1 == done.returncode, done.stdout + done.stderr
        yield address, folder


@pytest.fixture(scope="module", params=BUGS)
def broken(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Each of BUGS."""
    with checked(request.param, tmp_path_factory.mktemp(request.param)) as found:
        yield found


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The first of BUGS."""
    with checked(next(iter(BUGS)), tmp_path_factory.mktemp("first")) as found:
        yield found


def found(folder: Path) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads((folder / "report.json").read_text())["findings"]
    return [each for each in read if each["verdict"] == "failure"]


def run_generated_tests(folder: Path, url: str, secrets: Mapping[str, str] = CREDENTIALS) -> tuple[int, str]:
    """Runs the tests of a report against a URL, with a pytest that loads no plugin, neither ours nor Schemathesis."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", os.devnull,
               "--rootdir", str(folder), "-rA", str(folder / "test_failures.py")]  # fmt: skip
    environment = {"PATH": os.environ["PATH"], "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "URL": url, **secrets}
    done = subprocess.run(
        command, cwd=folder, env=environment, timeout=120, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_generated_tests_fail_with_the_texts_of_the_report_until_the_bug_is_fixed(broken: tuple[str, Path]) -> None:
    address, folder = broken

    code, printed = run_generated_tests(folder, address)

    assert 1 == code, printed
    assert len(found(folder)) == printed.count("\nFAILED ")
    words = " ".join(printed.split())
    assert [] == [each["expected"] for each in found(folder) if f"expected {each['expected']}; seen: " not in words]


def test_generated_tests_pass_on_a_correct_server(broken: tuple[str, Path], right: str) -> None:
    code, printed = run_generated_tests(broken[1], right)

    assert 0 == code, printed
    assert "skipped" not in printed


def test_generated_tests_contain_no_credential(first: tuple[str, Path]) -> None:
    address, folder = first
    text = (folder / "test_failures.py").read_text()

    assert [] == [secret for secret in CREDENTIALS.values() if secret in text]
    code, printed = run_generated_tests(folder, address, {})
    assert (pytest.ExitCode.NO_TESTS_COLLECTED, True) == (code, "to the credentials of the check" in printed), printed
    assert "ADMIN" in printed


def test_generated_tests_need_pytest_and_httpx_only(first: tuple[str, Path]) -> None:
    module = ast.parse((first[1] / "test_failures.py").read_text())
    names = {alias.name for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(module) if isinstance(node, ast.ImportFrom)}

    assert {"httpx", "pytest"} == {name for name in names if name.split(".")[0] not in sys.stdlib_module_names}


def test_a_replayed_failure_fails_only_where_the_bug_is(broken: tuple[str, Path], right: str) -> None:
    _, folder = broken
    id = found(folder)[0]["id"]

    still, gone = run("replay", str(folder), id), run("replay", str(folder), id, "--url", right)

    assert (1, True) == (still.returncode, "still fails: " in still.stdout), still.stdout + still.stderr
    assert (0, True) == (gone.returncode, "no longer fails" in gone.stdout), gone.stdout + gone.stderr
    assert re.search(r"\$ curl .*ADMIN", still.stdout)


@pytest.mark.parametrize(("is_mended", "code"), [(False, 1), (True, 0)])
def test_recorded_requests_decide_where_the_check_itself_finds_nothing_now(
    tmp_path: Path, is_mended: bool, code: int
) -> None:
    refused = {"contract-check-of-another-run"}

    def refuse(request: Request) -> Response | None:
        is_refused = request.method == "POST" and any(name.encode() in request._body for name in refused)
        return JSONResponse({"error": "no"}, 500) if is_refused else None

    with _served(Things(refuse)) as address:
        refused.add("contract-check")
        things_checked(address, tmp_path, "--only", "create", *CHECKS)
        file = tmp_path / "reports/report.json"
        file.write_text(re.sub(r"contract-check-[0-9a-f]{6}-\d+", "contract-check-of-another-run", file.read_text()))
        id = next(each["id"] for each in found(tmp_path / "reports") if each["check"] == "create")
        refused.clear()
        refused.update(() if is_mended else ("contract-check-of-another-run",))
        again = CliRunner().invoke(replay, [str(tmp_path / "reports"), id])

    assert (code, is_mended) == (again.exit_code, "no longer fails" in again.output), again.output


def test_replay_exits_with_two_when_it_cannot_decide(first: tuple[str, Path], tmp_path: Path) -> None:
    _, folder = first
    id = found(folder)[0]["id"]

    unreachable = run("replay", str(folder), id, "--url", "http://127.0.0.1:9", "--timeout", "2")
    unknown, nowhere = run("replay", str(folder), "paging-0"), run("replay", str(tmp_path), id)

    assert [2, 2, 2] == [unreachable.returncode, unknown.returncode, nowhere.returncode]
    assert f"it has {id}" in unknown.stderr


def test_a_failure_of_schemathesis_can_be_replayed(tmp_path: Path, right: str) -> None:
    with _served(Basedash("label-missing")) as address:
        run("check", "basedash", "--url", address, "--quick", "--only", "response_schema_conformance",
            "--report", str(tmp_path))  # fmt: skip
        id = next(each["id"] for each in found(tmp_path) if each["check"] == "response_schema_conformance")

        still, gone = run("replay", str(tmp_path), id), run("replay", str(tmp_path), id, "--url", right)

    assert [1, 0] == [still.returncode, gone.returncode], still.stdout + gone.stdout


def test_a_failure_that_its_requests_cannot_show_is_skipped_with_the_replay_command(tmp_path: Path) -> None:
    with _served(Basedash("default-20")) as address:
        run("check", "basedash", "--url", address, "--only", "default-page-size", *CHECKS, "--report", str(tmp_path))
        code, printed = run_generated_tests(tmp_path, address)

    assert 0 == code, printed
    assert f"mockserver replay REPORT {found(tmp_path)[0]['id']}" in printed
