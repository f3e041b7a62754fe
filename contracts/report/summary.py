"""The report as a few lines in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.model.finding import Finding, StatementRef
from contracts.report.report import Report

SHOWN = 20
"""How many findings are printed; the report on disk has them all."""


def lines(report: Report) -> Iterator[str]:
    """What a person needs to know, the worst last, where a terminal shows it."""
    result = report.result
    others = [*report.of("warning"), *report.of("disagreement")]
    yield from (f"NOTE {note}" for note in report.notes[:SHOWN])
    for each in report.known_findings:
        statement = report.reason(each)
        yield f"KNOWN {each.operation}: {each.check} ({each.id})" + (
            f" since {statement.date}: {statement.reason}" if statement else ""
        )
    for each in (*others[:SHOWN], *report.failures[:SHOWN]):
        yield from finding_lines(each)
    if len(others) > SHOWN or len(report.failures) > SHOWN:
        yield f"… and {max(0, len(others) - SHOWN) + max(0, len(report.failures) - SHOWN)} more in the report"
    yield from (f"KNOWN BUT FAILS NO MORE {entry}: take it out of the file ({entry.reason})" for entry in report.stale)
    yield from (f"left behind: {address}" for address in result.left_behind[:SHOWN])
    if len(result.left_behind) > SHOWN:
        yield f"… and {len(result.left_behind) - SHOWN} more left behind, in the report"
    skipped = sum(outcome.startswith("skipped") for outcome in result.outcomes.values())
    speed = result.requests / result.seconds if result.seconds else 0
    yield f"{result.requests} requests in {result.seconds:.1f} s ({speed:.0f}/s), seed {report.seed}"
    yield f"{report.passed} passed, {len(report.failures)} failures, {len(others)} warnings, {skipped} skipped" + (
        f", {len(report.known_findings)} known" if report.known_failures else ""
    )
    if result.stopped:
        yield f"ended early: {result.stopped}"


def finding_lines(found: Finding) -> Iterator[str]:
    """One finding: what was expected and seen, what is said about it, and the requests that show it."""
    yield f"{found.verdict.upper()} {found.operation}: {found.check} ({found.id})"
    yield f"  expected  {_line(found.expected)}"
    yield f"  seen      {_line(found.seen)}"
    if found.statement is not None:
        yield f"  said      {_line(_said(found.statement))}"
    yield from (f"  $ {_line(each.curl())}" for each in found.exchanges)
    yield ""


def _said(statement: StatementRef) -> str:
    source = f": {statement.source}" if statement.source else ""
    return f"{statement.subject} {statement.kind}: {statement.text} ({statement.evidence}{source})"


def _line(text: str) -> str:
    return " ".join(text.split())[:1000]
