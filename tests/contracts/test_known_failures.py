"""`mockserver check --known FILE`: failures that are accepted as long as they fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from contracts.pytest_plugin.plugin import _served
from tests.planted_bugs.basedash import Basedash
from tests.process import run

ONE = ("--quick", "--only", "create")


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """A server with two known failures of creating."""
    with _served(Basedash("create-200")) as address:
        yield address


def checked(base: str, folder: Path, *further: str) -> tuple[int, str]:
    done = run("check", "basedash", "--url", base, "--report", str(folder), *ONE, *further)
    return done.returncode, done.stdout + done.stderr


def test_a_known_failure_is_listed_and_does_not_fail_the_run(base: str, tmp_path: Path) -> None:
    known = tmp_path / "known.yaml"
    known.write_text("- operation: '* /api/*'\n  reason: TICKET-7, fixed in May\n  date: 2026-11-21\n")

    assert 1 == checked(base, tmp_path)[0]
    code, printed = checked(base, tmp_path, "--known", str(known))

    assert 0 == code, printed
    assert "since 2026-11-21: TICKET-7, fixed in May" in printed
    assert " 0 failures" in printed
    [entry] = json.loads((tmp_path / "report.json").read_text())["known_failures"]
    assert "TICKET-7, fixed in May" == entry["reason"]
    [case] = ET.parse(tmp_path / "report.xml").findall("testsuite[@name='known failures']/testcase")
    assert case.find("skipped") is not None
    log = json.loads((tmp_path / "report.sarif").read_text())
    assert {"since 2026-11-21: TICKET-7, fixed in May"} == {
        each["suppressions"][0]["justification"] for each in log["runs"][0]["results"]
    }


def test_a_known_failure_that_no_longer_fails_fails_the_run(base: str, tmp_path: Path) -> None:
    known = tmp_path / "known.yaml"
    known.write_text("- {operation: '* /api/*', reason: still broken, date: 2026-11-21}\n"
                     "- {check: create, operation: 'POST *', reason: mended by now, date: 2026-11-20}\n"
                     "- {check: paging, reason: not checked here, date: 2026-11-20}\n")  # fmt: skip

    code, printed = checked(base, tmp_path, "--known", str(known))

    assert 1 == code
    assert ["mended by now"] == [line.split("(")[1][:-1] for line in printed.splitlines() if "NO LONGER FAILS" in line]


@pytest.mark.parametrize(("wrong", "place", "says"), [
    ("- id: a\n  date: 2026-11-21", ":1:", "no reason"),
    ("- {id: a, reason: x, date: 2026-11-21}\n- id: b\n  reason: '  '\n  date: 2026-11-21", ":2:", "no reason"),
    ("- id: a\n  reason: x", ":1:", "no valid date"),
    ("- id: a\n  reason: x\n  date: tomorrow", ":1:", "such as 2026-11-21"),
    ("- id: a\n  reason: x\n  until: 2026-11-21", ":3:", "allowed are id, check, operation, reason, date"),
    ("- reason: x\n  date: 2026-11-21", ":1:", "does not say which failure"),
    ("known: []", ":1:", "a list"),
])  # fmt: skip
def test_an_invalid_entry_is_refused_with_file_and_line(tmp_path: Path, wrong: str, place: str, says: str) -> None:
    known = tmp_path / "known.yaml"
    known.write_text(wrong)

    done = run("check", "basedash", "--known", str(known), "--report", str(tmp_path))

    assert 2 == done.returncode
    assert f"known.yaml{place}" in done.stderr
    assert says in done.stderr


def test_known_write_writes_a_file_without_reasons(base: str, tmp_path: Path) -> None:
    known = tmp_path / "known.yaml"
    code, printed = checked(base, tmp_path, "--known-write", str(known))
    assert 1 == code
    assert "write a reason for each" in printed
    assert 2 == checked(base, tmp_path, "--known", str(known))[0]

    known.write_text(known.read_text().replace("reason: null", "reason: TICKET-7"))

    code, printed = checked(base, tmp_path, "--known", str(known))
    assert 0 == code, printed
