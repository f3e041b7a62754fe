"""The HTML report in a browser: the findings, the table of outcomes, and lines for a shell."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.model.finding import RecordedExchange, finding
from contracts.pytest_plugin.plugin import _served
from contracts.reproduce.curl import as_shell
from contracts.reproduce.script import script
from tests.planted_bugs.basedash import Basedash
from tests.planted_bugs.run import subjects
from tests.process import run

CREDENTIALS = {each.variable: each.secret for each in subjects()["basedash"].users}


@pytest.fixture(scope="module")
def forgetful() -> Iterator[str]:
    """A server that answers an update and does not keep it."""
    with _served(Basedash("patch-forgotten")) as address:
        yield address


@pytest.fixture(scope="module")
def folder(forgetful: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report about it."""
    made = tmp_path_factory.mktemp("reports")
    done = run("check", "basedash", "--url", forgetful, "--only", "update", "--only", "delete", "--quick",
               "--report", str(made))  # fmt: skip
    assert 1 == done.returncode, done.stdout + done.stderr
    return made


@pytest.fixture
def shell() -> Callable[[str], str]:
    """Runs lines in a shell that has the credentials; answers what they print."""
    if shutil.which("jq") is None or shutil.which("curl") is None:
        pytest.skip("no jq or no curl on this machine")

    def printed(lines: str) -> str:
        done = subprocess.run(["sh", "-eu"], input=lines, env={"PATH": os.environ["PATH"], **CREDENTIALS}, text=True,
                              capture_output=True, timeout=60, check=True)  # fmt: skip
        return done.stdout

    return printed


def findings(folder: Path) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads((folder / "report.json").read_text())["findings"]
    return read


def cards(page: str) -> dict[str, str]:
    """The part of the page about each finding, by its id."""
    return dict(re.findall(r'<section id="([^"]*)"(.*?)</section>', page, re.DOTALL))


def test_a_browser_shows_what_was_expected_and_seen_and_the_source(folder: Path, browse: Callable[..., str]) -> None:
    page = browse((folder / "report.html").as_uri())

    shown = cards(page)
    assert {each["id"] for each in findings(folder)} == shown.keys()
    for each in findings(folder):
        text = html.unescape(re.sub("<[^>]*>", " ", shown[each["id"]]))
        assert [] == [each[key] for key in ("expected", "seen", "operation") if each[key].split()[-1] not in text]
        assert each["statement"]["source"] in text
        assert "specs/basedash/openapi.yaml:" in text


def test_the_table_has_every_operation_and_links_to_the_findings(folder: Path, browse: Callable[..., str]) -> None:
    page = browse((folder / "report.html").as_uri())
    table = re.search(r'<table id="matrix">.*<tbody>(.*?)</tbody>', page, re.DOTALL)
    assert table is not None

    rows = re.findall(r"<tr><th>(.*?)</th>(.*?)</tr>", table[1], re.DOTALL)
    names = [" ".join(re.sub("<[^>]*>", " ", html.unescape(head)).split()) for head, _ in rows]
    assert len(subjects()["basedash"].contract.document.operations) == len(names)
    assert findings(folder)[0]["operation"] in names
    links = re.findall(r'<td class="o failed"[^>]*><a href="#([^"]*)">✗</a>', table[1])
    assert {findings(folder)[0]["id"]} == set(links)


def test_the_shell_lines_on_the_page_reproduce_the_failure(folder: Path, shell: Callable[[str], str]) -> None:
    [lines] = re.findall(r'<pre class="shell">(.*?)</pre>', cards((folder / "report.html").read_text())[
        next(each["id"] for each in findings(folder) if "displayName" in each["expected"])], re.DOTALL)  # fmt: skip

    answered = shell(html.unescape(lines))

    reply = json.loads(answered.split("\n\n")[-1])
    seen = next(each["seen"] for each in findings(folder) if "displayName" in each["expected"])
    assert seen == json.dumps(reply["data"]["displayName"])


def test_a_shell_does_not_run_the_content_of_a_response(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    evil = f"'; touch {trap}; $(touch {trap}) `touch {trap}`"
    exchange = RecordedExchange(
        "POST", "http://127.0.0.1:9/a?q=it%27s", (("x-a", evil),), evil.encode(), 500, (), evil.encode()
    )
    talk = script(finding("create", "POST /a", expected="x", seen="y", exchanges=(exchange,)), "http://127.0.0.1:9")

    subprocess.run(["sh", "-c", as_shell(talk, "http://127.0.0.1:9")], capture_output=True, timeout=20, check=False)

    assert not trap.exists()


def test_the_page_loads_nothing(folder: Path) -> None:
    page = (folder / "report.html").read_text()

    links = {link for link in re.findall(r"(?:src|href)=[\"']?([^\"' >]+)", page) if not link.startswith("#")}
    assert {"coverage.html"} == links
