"""The report for GitHub Actions: annotations at the lines of the document, and the summary of the job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from contracts.model.finding import Verdict
from contracts.report.markdown import as_markdown
from contracts.report.report import Report
from contracts.report.texts import count

COMMANDS: Mapping[Verdict, str] = {"failure": "error", "warning": "warning", "disagreement": "notice"}
"""The workflow command of each verdict."""

SHOWN = 10
"""GitHub shows at most ten annotations of each kind for a step."""

LONGEST_SUMMARY = 900_000
"""GitHub refuses the summary of a step that has more than 1 MiB."""


def annotated(report: Report) -> Iterator[str]:
    """A workflow command for each cause: `::error file=openapi.yaml,line=7,title=…::…`."""
    shown = dict.fromkeys(COMMANDS, 0)
    for cause in report.causes:
        found, line = cause.example, report.places.get(cause.example.operation)
        shown[found.verdict] += 1
        if shown[found.verdict] > SHOWN:
            continue
        where = f"file={_property(line.file)},line={line.line}," if line else ""
        places = f" ({count(len(cause.operations), 'place')})" if len(cause.operations) > 1 else ""
        message = f"expected {found.expected}; seen: {found.seen}{places}"
        title = _property(f"{found.check} at {found.operation}")
        yield f"::{COMMANDS[found.verdict]} {where}title={title}::{_data(message[:2000])}"


def write_summary(report: Report, environment: Mapping[str, str]) -> None:
    """Append the report to the file that GITHUB_STEP_SUMMARY names, if it names one."""
    name = environment.get("GITHUB_STEP_SUMMARY")
    if name:
        with Path(name).open("a", encoding="utf-8", errors="replace") as file:
            file.write(as_markdown(report)[:LONGEST_SUMMARY])


def _data(text: str) -> str:
    """The message of a workflow command: a line break would end the command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """A property of a workflow command; a colon or a comma would end it."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
