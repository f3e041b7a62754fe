"""The report as Markdown, ready for an issue or a job summary: the causes, the worst first, with lines for a shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from contracts.report.causes import Cause, silencing
from contracts.report.report import Report
from contracts.report.summary import headline
from contracts.report.texts import count, violated_with_source
from contracts.reproduce.curl import as_shell
from contracts.reproduce.script import script

SHOWN = 10
"""At most this many causes are shown with their requests; the others have one line each."""

LONGEST = 4000
"""At most this many characters of shell lines are shown for each cause: an issue on GitHub has at most 65,536."""

PLACES = 12
"""At most this many operations of a cause are listed."""

OVERLAYS = 1500
"""At most this many characters of an Overlay are shown."""


def as_markdown(report: Report) -> str:
    """The report as GitHub Flavored Markdown. What a server sent is only in code, which nothing is executed in."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    causes = report.causes
    yield f"# Contract check of {_text(report.title)} {_text(report.version)}"
    yield ""
    failures, warned = count(len(report.failures), "failure"), count(len(report.of("warning")), "warning")
    found = f"**{headline(causes)}**: " if causes else ""
    yield f"{found}{failures}, {warned}, {report.passed} checks passed."
    yield f"Target: {_code(report.target)}, seed {report.seed}."
    if report.result.stopped:
        yield f"\nThe check ended early: {_code(report.result.stopped)}"
    for number, cause in enumerate(causes[:SHOWN], 1):
        yield from _cause(report, number, cause, causes)
    yield from _more(causes[SHOWN:])
    yield from _skipped(report)
    if report.result.left_behind:
        yield "\n## Not deleted\n"
        yield from (f"* {_code(address)}" for address in report.result.left_behind[:PLACES])


def _cause(report: Report, number: int, cause: Cause, causes: tuple[Cause, ...]) -> Iterator[str]:
    found = cause.example
    yield f"\n## {number}. {found.verdict.capitalize()}: {_code(found.operation)} ({_text(found.check)})\n"
    yield f"* Expected: {_code(found.expected)}"
    yield f"* Seen: {_code(found.seen)}"
    if found.statement is not None:
        yield f"* Statement: {_text(violated_with_source(found))}"
    line = report.places.get(found.operation)
    if line is not None:
        yield f"* Document: {_code(f'{line.file}:{line.line}')}"
    mending = report.suggestions.get(found.id)
    if mending is not None and mending.server:
        yield f"* To mend it: {_text(mending.server)}"
    if len(cause.operations) > 1:
        more = f" and {len(cause.operations) - PLACES} more" if len(cause.operations) > PLACES else ""
        names = ", ".join(map(_code, cause.operations[:PLACES]))
        yield f"* {count(len(cause.findings), 'finding')} in {len(cause.operations)} places: {names}{more}"
    yield f"* To silence it: {_code(' '.join(f'--ignore {shlex.quote(each)}' for each in silencing(cause, causes)))}"
    if found.exchanges:
        shell = as_shell(script(found, report.base, report.operations), report.base)
        yield from _block("sh", shell, LONGEST)
        last = found.exchanges[-1]
        body = last.reply_body[:1000].decode("utf-8", "replace")
        yield from _block("http", f"HTTP {last.status or '(no response)'}\n{body}".rstrip(), LONGEST)
    if mending is not None and mending.overlay:
        yield "\nIf the document is wrong, this OpenAPI Overlay corrects it:"
        yield from _block("yaml", mending.overlay, OVERLAYS)


def _more(causes: tuple[Cause, ...]) -> Iterator[str]:
    if causes:
        yield f"\n## {count(len(causes), 'more cause')}\n"
    for cause in causes:
        found = cause.example
        yield f"* {found.verdict} {_code(found.operation)} ({_text(found.check)}): {_code(found.expected)}"


def _skipped(report: Report) -> Iterator[str]:
    """What was not examined, and why: the reasons, and how many checks each of them concerns."""
    reasons: dict[str, int] = {}
    for outcome in report.result.outcomes.values():
        if outcome.startswith("skipped"):
            reason = outcome.removeprefix("skipped: ")
            reasons[reason] = reasons.get(reason, 0) + 1
    if reasons:
        yield "\n## What was not examined, and why\n"
    for reason, number in sorted(reasons.items(), key=lambda each: -each[1])[:PLACES]:
        yield f"* {count(number, 'check')}: {_code(reason)}"


def _text(text: str) -> str:
    """Text of a document or a check, without anything that Markdown or HTML could read as markup."""
    return re.sub(r"([\\`*_\[\]<>&#|~@!])", r"\\\1", " ".join(text.split()))


def _code(text: str) -> str:
    """One line of code; the fence is longer than any run of backticks in it (CommonMark 0.31 section 6.1)."""
    shown = " ".join(text.split())[:300] or " "
    fence = "`" * (max(map(len, re.findall("`+", shown)), default=0) + 1)
    space = " " if shown[0] == "`" or shown[-1] == "`" else ""
    return f"{fence}{space}{shown}{space}{fence}"


def _block(language: str, text: str, longest: int) -> Iterator[str]:
    """A fenced block (CommonMark 0.31 section 4.5)."""
    shown = text if len(text) <= longest else f"{text[:longest]}\n… {len(text) - longest} more characters"
    fence = "`" * max(3, max(map(len, re.findall("`+", shown)), default=0) + 1)
    yield f"\n{fence}{language}\n{shown.rstrip()}\n{fence}"
