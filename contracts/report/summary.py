"""The report as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contracts.model.finding import Finding
from contracts.report.report import Report
from contracts.report.texts import describe, violated_with_source
from mockserver.printed_text import printable

SHOWN = 20
"""At most this many findings of each kind are printed. The report files contain all of them."""


def lines(report: Report) -> Iterator[str]:
    """The lines of the summary. The most important come last, where a terminal shows them."""
    warnings = [*report.of("warning"), *report.of("disagreement")]
    yield from (f"NOTE {note}" for note in report.notes[:SHOWN])
    yield from _known(report)
    for each in (*warnings[:SHOWN], *report.failures[:SHOWN]):
        yield from finding_lines(each)
    yield from _more("findings", len(warnings[SHOWN:]) + len(report.failures[SHOWN:]))
    yield from (
        f"NO LONGER FAILS {entry}: remove it from the known failures ({entry.reason})" for entry in report.stale
    )
    yield from _left_behind(report.result.left_behind)
    if report.of("warning"):
        yield "A warning is about a statement that is only inferred or assumed. It does not fail the run."
    yield from _numbers(report, len(warnings))
    if report.result.stopped:
        yield f"ended early: {report.result.stopped}"


def _known(report: Report) -> Iterator[str]:
    for each in report.known_findings:
        entry = report.reason(each)
        yield f"KNOWN {each.operation}: {each.check} ({each.id})" + (
            f", since {entry.date}: {entry.reason}" if entry else ""
        )


def _left_behind(addresses: Sequence[str]) -> Iterator[str]:
    yield from (f"created and not deleted: {address}" for address in addresses[:SHOWN])
    yield from _more("items that were not deleted", len(addresses[SHOWN:]))


def _more(things: str, number: int) -> Iterator[str]:
    if number:
        yield f"… and {number} more {things} in the report"


def _numbers(report: Report, warnings: int) -> Iterator[str]:
    result = report.result
    speed = result.requests / result.seconds if result.seconds else 0
    skipped = sum(outcome.startswith("skipped") for outcome in result.outcomes.values())
    yield f"{result.requests} requests in {result.seconds:.1f} s ({speed:.0f}/s), seed {report.seed}"
    known = f", {_count(len(report.known_findings), 'known failure')}" if report.known_failures else ""
    failures, warned = _count(len(report.failures), "failure"), _count(warnings, "warning")
    yield f"{report.passed} passed, {failures}, {warned}, {skipped} skipped{known}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def finding_lines(found: Finding) -> Iterator[str]:
    """The lines about one finding: the check, what was expected and seen, the violated statement, and the requests."""
    yield f"{found.verdict.upper()} {found.operation}: {found.check} ({found.id})"
    yield f"  check      {_line(describe(found.check))}"
    yield f"  expected   {_line(found.expected)}"
    yield f"  seen       {_line(found.seen)}"
    if found.statement is not None:
        yield f"  statement  {_line(violated_with_source(found))}"
    yield from (f"  $ {_line(each.curl())}" for each in found.exchanges)
    yield ""


def _line(text: str) -> str:
    return printable(" ".join(text.split())[:1000])
