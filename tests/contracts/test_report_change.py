"""`mockserver diff` and `mockserver trend` compare reports."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.model.finding import Finding, StatementRef, finding
from contracts.report.report import Report, as_json
from contracts.runner.runner import CheckResult
from tests.process import run

DOCUMENTED = StatementRef("x", "order", "documented", "the docs", "newest first")
GUESSED = StatementRef("x", "order", "inferred", "", "newest first")
RAN = {("GET /a", "order"): "failed", ("GET /b", "paging"): "passed"}


def found(check: str, operation: str, statement: StatementRef = DOCUMENTED) -> Finding:
    return finding(check, operation, expected="newest first", seen="oldest first", statement=statement)


def report(*findings: Finding, outcomes: dict[tuple[str, str], str] = RAN, created_at: str = "") -> Report:
    return Report("Things", "1", "http://service", 0, "quick", CheckResult(findings, outcomes, 3, 0.5),
                  created_at=created_at)  # fmt: skip


@pytest.fixture
def compared(tmp_path: Path) -> Callable[[Report, Report], tuple[int, str]]:
    """Writes two reports and answers the exit code and the output of `mockserver diff`."""

    def of(old: Report, new: Report) -> tuple[int, str]:
        paths = [tmp_path / "old.json", tmp_path / "new.json"]
        for path, each in zip(paths, (old, new), strict=True):
            path.write_text(as_json(each))
        done = run("diff", *map(str, paths))
        return done.returncode, done.stdout + done.stderr

    return of


def test_new_failures_are_listed_and_exit_with_1(compared: Callable[..., tuple[int, str]]) -> None:
    code, printed = compared(report(), report(found("order", "GET /a")))

    assert 1 == code
    assert printed.startswith("new: failure GET /a: order (order-")
    assert "1 new failure, 0 other new findings, 0 gone, 0 still there, 0 not examined again" in printed


def test_what_is_gone_and_what_is_still_there_exit_with_0(compared: Callable[..., tuple[int, str]]) -> None:
    code, printed = compared(report(found("order", "GET /a"), found("paging", "GET /b")),
                             report(found("order", "GET /a")))  # fmt: skip

    assert 0 == code
    assert "gone: failure GET /b: paging" in printed
    assert "still there: failure GET /a: order" in printed


def test_a_failure_whose_check_did_not_run_again_is_not_gone(compared: Callable[..., tuple[int, str]]) -> None:
    code, printed = compared(
        report(found("order", "GET /a")), report(outcomes={("GET /a", "order"): "skipped: no user"})
    )

    assert 0 == code
    assert "not examined again: failure GET /a: order" in printed


def test_a_warning_that_became_a_failure_exits_with_1(compared: Callable[..., tuple[int, str]]) -> None:
    code, printed = compared(report(found("order", "GET /a", GUESSED)), report(found("order", "GET /a")))

    assert (1, True) == (code, "was a warning: failure GET /a: order" in printed)


def test_reports_about_two_apis_and_files_that_are_no_reports_exit_with_2(
    compared: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    code, printed = compared(report(), replace(report(), title="Others"))
    missing = run("diff", str(tmp_path), str(tmp_path))

    assert (2, "cannot compare: the reports are about Things and Others\n") == (code, printed)
    assert (2, True) == (missing.returncode, "report.json" in missing.stderr)


def test_the_trend_has_a_line_for_each_report_the_oldest_first(tmp_path: Path) -> None:
    bad = report(found("order", "GET /a"), created_at="2026-11-20 10:00 UTC")
    good = report(outcomes={("GET /a", "order"): "passed"}, created_at="2026-11-21 10:00 UTC")
    for name, each in (("b", bad), ("a", good)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.json").write_text(as_json(each))

    done = run("trend", str(tmp_path))

    head, first, second = done.stdout.splitlines()
    assert ["date", "failures", "warnings", "causes", "coverage", "new", "gone", "target"] == head.split()
    assert ["2026-11-20", "10:00", "UTC", "1", "0", "1", "http://service"] == first.split()
    assert ["2026-11-21", "10:00", "UTC", "0", "0", "0", "0", "1", "http://service"] == second.split()
    shutil.rmtree(tmp_path / "a")
    shutil.rmtree(tmp_path / "b")
    assert 2 == run("trend", str(tmp_path)).returncode
