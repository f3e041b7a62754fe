"""`--shard` and `mockserver merge`: all shards together are the whole check."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.report.folder import FORMATS
from contracts.report.report import Report, read_report
from contracts.reproduce.pytest_file import FILE
from contracts.runner.sharding import Shard
from tests.process import run

QUICK = ("basedash", "--quick", "--seed", "3")


def checked(folder: Path, *further: str) -> Report:
    done = run("check", *QUICK, "--report", str(folder), *further)
    assert 0 == done.returncode, done.stdout + done.stderr
    assert " 0 failures" in done.stdout
    return read_report(folder)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The report folders of a check of the mock in three shards."""
    folders = [tmp_path_factory.mktemp(f"share-{number}") for number in (1, 2, 3)]
    for number, folder in enumerate(folders, 1):
        checked(folder, "--shard", f"{number}/3")
    return folders


BY_PATH = {"unsupported_method", "allow_header_conformance"}
"""Checks that Schemathesis runs at one operation of each path: the first one that is in the shard."""


OF_FAILURES = {FILE, "failures.arazzo.json"}
"""Files that a report without failures does not have."""


def by_operation(report: Report) -> dict[tuple[str, str], str]:
    outcomes = report.result.outcomes
    return {key: outcome for key, outcome in outcomes.items() if key[1] not in BY_PATH}


def test_all_shards_together_are_the_whole_check(parts: list[Path], tmp_path: Path) -> None:
    whole = checked(tmp_path / "whole")

    done = run("merge", *map(str, parts), "--report", str(tmp_path / "merged"))

    merged = read_report(tmp_path / "merged")
    assert 0 == done.returncode, done.stdout + done.stderr
    assert by_operation(whole) == by_operation(merged)
    assert whole.exit_code == merged.exit_code
    assert FORMATS.keys() - OF_FAILURES == {file.name for file in (tmp_path / "merged").iterdir()}


def test_no_check_runs_in_two_shards(parts: list[Path]) -> None:
    keys = [
        key
        for folder in parts
        for key in read_report(folder).result.outcomes
        if key[1] not in ("document", "openapi-core")
    ]

    assert len(set(keys)) == len(keys)
    assert all(read_report(folder).passed for folder in parts)


def test_a_missing_shard_exits_with_two(parts: list[Path], tmp_path: Path) -> None:
    done = run("merge", *map(str, parts[:2]), "--report", str(tmp_path))

    assert 2 == done.returncode
    assert "missing shards: 3/3" in done.stdout


def test_reports_of_different_documents_are_refused(parts: list[Path], tmp_path: Path) -> None:
    other = json.loads((parts[0] / "report.json").read_text()) | {"title": "Another"}
    (tmp_path / "report.json").write_text(json.dumps(other))

    done = run("merge", str(parts[0]), str(tmp_path))

    assert (2, True) == (done.returncode, "and Another" in done.stderr)


@pytest.mark.parametrize("wrong", ["0/3", "4/3", "one", "1/"])
def test_an_invalid_shard_is_refused(wrong: str) -> None:
    done = run("check", *QUICK, "--shard", wrong)

    assert (2, True) == (done.returncode, "2/5" in done.stderr)


def test_a_check_at_an_operation_is_in_one_shard() -> None:
    places = [(f"check-{n}", f"GET /{n}") for n in range(100)]

    assert [1] * 100 == [sum(Shard(n, 5).has(*place) for n in range(1, 6)) for place in places]
