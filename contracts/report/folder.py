"""The report folder: one report in every format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from contracts.report.coverage_page import as_coverage_page
from contracts.report.html_page import as_html
from contracts.report.junit import as_junit
from contracts.report.markdown import as_markdown
from contracts.report.report import Report, as_json
from contracts.report.sarif import as_sarif
from contracts.report.wfc import as_wfc
from contracts.reproduce.arazzo import as_arazzo
from contracts.reproduce.pytest_file import FILE, as_tests

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "report.json": as_json,
    "report.html": as_html,
    "coverage.html": as_coverage_page,
    "report.md": as_markdown,
    "report.xml": as_junit,
    "report.sarif": as_sarif,
    "report.wfc.json": as_wfc,
    "failures.arazzo.json": as_arazzo,
    FILE: as_tests,
}
"""The name of each file, and the function that returns its text."""


def write(report: Report, folder: Path) -> None:
    """Write the report in every format. Existing files are replaced; a format without content has no file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, form in FORMATS.items():
        text = form(report)
        if text:
            (folder / name).write_text(text, encoding="utf-8", errors="replace")
        else:
            (folder / name).unlink(missing_ok=True)
