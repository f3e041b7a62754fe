"""The report as text for a terminal."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from contracts.model.coverage import Coverage
from contracts.model.finding import Finding, RecordedExchange
from contracts.model.known_failures import IGNORED
from contracts.report.causes import Cause, silencing
from contracts.report.report import Report
from contracts.report.suggestions import Suggestion
from contracts.report.texts import checked, count, violated_with_source
from mockserver.printed_text import printable

SHOWN = 20
"""At most this many causes, notes and items are printed. The report files contain all of them."""

MANY_SKIPPED = 10
"""A reason is printed if so many checks were skipped for it, and a quarter of all that were skipped."""

REQUESTS = 4
"""At most this many requests of a finding are printed."""

LONGEST = 600
"""A longer request is printed without its body."""

LONGEST_ERROR = 240
"""Of the response that a finding ends with, at most this many bytes are printed, if it is an error."""

PLACES = 6
"""At most this many operations of a cause are printed."""


def lines(report: Report) -> Iterator[str]:
    """The lines of the summary: the causes, the worst first, then what else the reader must do, then the numbers."""
    warnings = [*report.of("warning"), *report.of("disagreement")]
    found = report.causes
    if found:
        yield headline(found)
        yield ""
    for each in found[:SHOWN]:
        yield from cause_lines(each, found, report.suggestions.get(each.example.id))
    yield from _more("causes", len(found[SHOWN:]))
    yield from _known(report)
    yield from (f"NOTE {note}" for note in (*report.result.examined.notes, *report.notes)[:SHOWN])
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
        if entry is not None and entry.date == IGNORED:
            continue
        yield f"KNOWN {each.operation}: {each.check} ({each.id})" + (f", {entry.accepted}" if entry else "")


def _left_behind(addresses: Sequence[str]) -> Iterator[str]:
    yield from (f"created and not deleted: {address}" for address in addresses[:SHOWN])
    yield from _more("items that were not deleted", len(addresses[SHOWN:]))


def _more(things: str, number: int) -> Iterator[str]:
    if number:
        yield f"… and {number} more {things} in the report"


def _skipped_most(report: Report) -> Iterator[str]:
    """The reason for which many checks were skipped, if there is one."""
    outcomes = report.result.outcomes.values()
    reasons = Counter(each.removeprefix("skipped: ") for each in outcomes if each.startswith("skipped"))
    for reason, number in reasons.most_common(1):
        if number >= MANY_SKIPPED and number * 4 >= reasons.total():
            yield f"{number} of {reasons.total()} skipped checks have one reason: {reason}"


def _numbers(report: Report, warnings: int) -> Iterator[str]:
    result = report.result
    speed = result.requests / result.seconds if result.seconds else 0
    skipped = sum(outcome.startswith("skipped") for outcome in result.outcomes.values())
    yield f"{result.requests} requests in {result.seconds:.1f} s ({speed:.0f}/s), seed {report.seed}"
    known = "".join(f", {number} {what}" for what, number in _accepted(report).items())
    yield from _examined(report)
    failures, warned = count(len(report.failures), "failure"), count(warnings, "warning")
    if report.coverage is not None:
        yield coverage_line(report.coverage)
    yield from _skipped_most(report)
    yield f"{report.passed} passed, {failures}, {warned}, {skipped} skipped{known}"


def coverage_line(coverage: Coverage) -> str:
    """`coverage 87 %: 14 of 16 operations, 31 of 40 statuses, …`."""
    shown = ", ".join(f"{covered} of {total} {kind}" for kind, (covered, total) in coverage.numbers().items())
    return f"coverage {coverage.percent} %: {shown}"


def _examined(report: Report) -> Iterator[str]:
    """What was examined of all, and what never worked."""
    examined, answered = report.result.examined, report.result.examined.answered
    if not answered:
        return
    silent = examined.never_succeeded
    if silent:
        more = f", … and {len(silent) - PLACES} more" if len(silent) > PLACES else ""
        yield f"never answered with success: {', '.join(silent[:PLACES])}{more}"
    operations = f"{len(answered) - len(silent)} of {len(report.operations) or len(answered)} operations"
    seen, all_statements = _statements(report)
    statements = f"{seen} of {all_statements} statements"
    yield f"examined: {operations} answered with success, {statements} were examined"


def _statements(report: Report) -> tuple[int, int]:
    """How many statements were examined, and of how many, as the coverage counts them."""
    counted = report.coverage.numbers().get("statements") if report.coverage is not None else None
    examined = report.result.examined
    return counted or (examined.statements_examined, len(examined.statements))


def _accepted(report: Report) -> Counter[str]:
    """How many findings are known, and how many ignored."""
    entries = [entry for found in report.known_findings if (entry := report.reason(found))]
    return Counter(IGNORED if entry.date == IGNORED else "known" for entry in entries)


def headline(found: Sequence[Cause]) -> str:
    """`5 causes, 19 findings`."""
    return f"{count(len(found), 'cause')}, {count(sum(len(each.findings) for each in found), 'finding')}"


def cause_lines(cause: Cause, all_causes: Sequence[Cause], mending: Suggestion | None) -> Iterator[str]:
    """The lines about a cause: its example, where else it was found, what would mend it, and what silences it."""
    *shown, last = finding_lines(cause.example, REQUESTS)
    yield from shown
    places = cause.operations
    if len(cause.findings) > 1:
        more = f", … and {len(places) - PLACES} more" if len(places) > PLACES else ""
        found = f"{count(len(cause.findings), 'finding')} in {count(len(places), 'place')}"
        yield f"  found      {found}: {', '.join(places[:PLACES])}{more}"
    if mending is not None and mending.server:
        yield f"  to mend    {_line(mending.server)}"
    options = " ".join(f"--ignore {shlex.quote(each)}" for each in silencing(cause, all_causes)[:PLACES])
    yield f"  silence    {options}"
    yield last


def finding_lines(found: Finding, most: int = 1000) -> Iterator[str]:
    """The lines about one finding: the check, what was expected and seen, the violated statement, and the last
    requests, at most `most` of them.
    """
    yield f"{found.verdict.upper()} {found.operation}: {found.check} ({found.id})"
    yield f"  check      {_line(checked(found))}"
    yield f"  expected   {_line(found.expected)}"
    yield f"  seen       {_line(found.seen)}"
    yield from _reason(found)
    yield f"  statement  {_line(violated_with_source(found))}"
    yield from _requests(found, most)
    yield ""


def _reason(found: Finding) -> Iterator[str]:
    """The beginning of the last response, where it is an error and was not yet told: it often says what is wrong."""
    last = found.exchanges[-1] if found.exchanges else None
    if last is None or last.status < 400:
        return
    text = _line(last.reply_body[:LONGEST_ERROR].decode("utf-8", "replace"))
    if text and text[:20] not in _line(found.seen):
        yield f"  response   {text}" + (" …" if len(last.reply_body) > LONGEST_ERROR else "")


def _requests(found: Finding, most: int) -> Iterator[str]:
    """The last requests as curl lines. They have the ids of this run; those of the report read them from responses."""
    left = len(found.exchanges) - most
    if left > 0:
        yield f"    ({count(left, 'request')} before these: all are in the report, as lines that run)"
    for each in found.exchanges[-most:]:
        yield f"  $ {_short(each)}"


def _short(exchange: RecordedExchange) -> str:
    """A request as a curl line; without what a terminal cannot show, or what is too long to read."""
    whole = exchange.curl()
    if len(whole) <= LONGEST and "\ufffd" not in whole:
        return _line(whole)
    body = exchange.body or b""
    return _line(replace(exchange, body=None).curl()[:LONGEST]) + f" (and a body of {len(body):,} bytes, in the report)"


def _line(text: str) -> str:
    return printable(" ".join(text.split())[:1000])
