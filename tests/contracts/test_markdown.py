"""The report as Markdown, and for GitHub Actions."""

from __future__ import annotations

import json
import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from contracts.model.finding import RecordedExchange, finding
from contracts.pytest_plugin.plugin import _served
from contracts.report.github import annotated
from contracts.report.markdown import as_markdown
from contracts.report.report import Report, ReportLine
from contracts.runner.runner import CheckResult
from tests.contracts.small_shop import DOCUMENT, SmallShop
from tests.process import ENVIRONMENT, run


def report(seen: str, body: bytes = b"") -> Report:
    exchange = RecordedExchange("GET", "http://service/a", (), None, 200, (), body)
    found = finding("paging", "GET /a", expected="a page", seen=seen, exchanges=(exchange,))
    return Report("Things", "1", "http://service", 0, "quick",
                  CheckResult((found,), {("GET /a", "paging"): "failed"}, 3, 0.5, stopped=""),
                  places={"GET /a": ReportLine("api,v1/openapi.yaml", 7)}, base="http://service")  # fmt: skip


def without_code(markdown: str) -> str:
    """Markdown without its blocks and spans of code."""
    rest = re.sub(r"^(`{3,})\w*\n.*?\n\1$", "", markdown, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", rest)


@given(st.text(), st.binary())
def test_what_a_server_sent_is_only_in_code(seen: str, body: bytes) -> None:
    marked = f"<img src=x> ``` {seen} ` <script>"

    shown = without_code(as_markdown(report(marked, f"```\n<script>{seen}".encode("utf-8", "replace") + body)))

    assert [] == [word for word in ("<img", "<script") if word in shown]


@given(st.text())
def test_an_annotation_is_one_line_at_the_line_of_the_document(seen: str) -> None:
    [line] = annotated(report(seen))

    assert line.startswith("::error file=api%2Cv1/openapi.yaml,line=7,title=paging at GET /a::expected a page; seen: ")
    assert {"\n", "\r"}.isdisjoint(line)


def test_a_job_of_github_actions_has_annotations_and_a_summary(tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT))
    summary = tmp_path / "summary.md"
    summary.write_text("# Before\n")
    environment = {**ENVIRONMENT, "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    with _served(SmallShop("put-lost")) as address:
        done = run("check", str(tmp_path / "openapi.json"), "--url", address, "--no-auth", "--quick", "--database",
                   "none", "--only", "replace", "--report", str(tmp_path / "r"), environment=environment)  # fmt: skip

    expected = re.compile(r"^::error file=\S*openapi.json,line=\d+,title=replace at PUT", re.MULTILINE)
    assert 1 == len(expected.findall(done.stdout))
    written = summary.read_text()
    assert written.startswith("# Before\n# Contract check of Shop 1\n")
    assert (tmp_path / "r" / "report.md").read_text() in written
    assert "**1 cause, 3 findings**" in written
    assert ["POST", "PUT", "GET"] == re.findall(r"curl -sS (?:-i )?-X (\w+)", written)
