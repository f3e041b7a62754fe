"""The report as one HTML page that needs nothing beside itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape

from contracts.model.finding import Finding, RecordedExchange, Verdict
from contracts.model.known_failures import KnownFailure
from contracts.report.report import Report
from contracts.report.sarif import describe
from contracts.report.style import SCRIPT, STYLE
from contracts.reproduce.curl import as_shell
from contracts.reproduce.script import script

SIGNS = {"passed": "✓", "failed": "✗", "skipped": "–"}

HEADINGS: dict[Verdict, tuple[str, str]] = {
    "failure": ("Failures", "The service breaks what is documented or was observed."),
    "warning": ("News", "Different from what is only inferred or assumed: the contract may well be what is wrong."),
    "disagreement": ("Judges disagree", "Two readers of the document do not agree about a reply."),
}

SHOWN = 6000
"""So much of a reply is shown; the JSON report has all of it."""


def as_html(report: Report) -> str:
    """The report as a page: the verdict, each finding with what repeats it, the matrix of operations and checks."""
    parts = (*_head(report), *_findings(report), *_known(report), *_matrix(report), *_skipped(report))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(report.title)}: examination</title><style>{STYLE}</style></head>"
        f"<body><main>{''.join(parts)}</main><script>{SCRIPT}</script></body></html>"
    )


def _head(report: Report) -> Iterator[str]:
    result = report.result
    words = [
        escape(report.target),
        f"{escape(report.mode)} examination",
        f"seed {report.seed}",
        escape(report.created_at),
    ]
    yield f"<h1>{escape(report.title)} <small>{escape(report.version)}</small></h1>"
    yield f'<p class="quiet">{" · ".join(word for word in words if word)}</p>'
    kind, verdict = _verdict(report)
    yield f'<p id="verdict" class="{kind}">{escape(verdict)}</p>'
    skipped = sum(outcome.startswith("skipped") for outcome in result.outcomes.values())
    numbers = [
        ("failures", len(report.failures)),
        ("warning", len(report.of("warning"))),
        ("disagreements", len(report.of("disagreement"))),
        ("known", len(report.known_findings)),
        ("checks passed", report.passed),
        ("skipped", skipped),
        ("requests", result.requests),
        ("seconds", f"{result.seconds:.1f}"),
    ]
    yield "<dl class=numbers>" + "".join(f"<div><dt>{name}</dt><dd>{n}</dd></div>" for name, n in numbers) + "</dl>"
    if report.notes:
        items = "".join(f"<li>{escape(each)}</li>" for each in report.notes)
        yield f'<h2>Said in vain</h2><p>Nobody is held to this part of the document.</p><ul id="notes">{items}</ul>'
    if result.left_behind:
        items = "".join(f"<li><code>{escape(each)}</code></li>" for each in result.left_behind)
        yield f"<h2>Left behind</h2><p>These could not be removed.</p><ul>{items}</ul>"


def _verdict(report: Report) -> tuple[str, str]:
    if report.result.stopped:
        return "unknown", f"Ended early: {report.result.stopped}"
    if report.failures or report.stale:
        gone = f", {len(report.stale)} known failures that fail no more" if report.stale else ""
        return "failed", f"{_count(len(report.failures), 'failure')}{gone}"
    return ("unknown", "Nothing was examined") if report.exit_code else ("passed", "Nothing is wrong")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("s" if number != 1 else "")


def _findings(report: Report) -> Iterator[str]:
    for verdict, (heading, says) in HEADINGS.items():
        found = report.of(verdict)
        if found:
            yield f'<h2 id="{verdict}">{heading} ({len(found)})</h2><p class="quiet">{says}</p>'
            yield "<ol class=contents>" + "".join(map(_line, found)) + "</ol>"
            yield "".join(_finding(report, each) for each in found)


def _line(found: Finding) -> str:
    says = f"expected {_short(found.expected)}; seen: {_short(found.seen)}"
    return (
        f'<li><a href="#{escape(found.id)}">{escape(found.check)}</a> {_operation(found.operation)}'
        f"<br><span class=quiet>{escape(says)}</span></li>"
    )


def _short(text: str) -> str:
    return text if len(text) <= 160 else text[:159] + "…"


def _operation(name: str) -> str:
    method, _, path = name.partition(" ")
    return f'<span class="method {escape(method.lower())}">{escape(method)}</span> <code>{escape(path)}</code>'


def _finding(report: Report, found: Finding) -> str:
    place = report.places.get(found.operation)
    where = f" · <code>{escape(place.file)}:{place.line}</code>" if place else ""
    return (
        f'<section id="{escape(found.id)}" class="finding {found.verdict}"><h3>{escape(found.check)} '
        f"{_operation(found.operation)}</h3><p class=quiet>{escape(describe(found.check))}</p>"
        f"<dl class=said><dt>Expected</dt><dd>{escape(found.expected)}</dd><dt>Seen</dt><dd>{escape(found.seen)}</dd>"
        f"<dt>Promised</dt><dd>{_promised(found)}{where}</dd></dl>{_repeat(report, found)}"
        f"<p class=quiet>again: <code>mockserver replay REPORT {escape(found.id)}</code></p></section>"
    )


def _promised(found: Finding) -> str:
    """What is broken, how anybody knows it, and where it is said."""
    statement = found.statement
    if statement is None:
        return "by the document"
    place = f" {statement.source}" if statement.source else ""
    subject = f"{statement.subject} {statement.kind}: " if statement.kind not in ("http", "schema") else ""
    text = f"{subject}{statement.text or describe(found.check)}{place}"
    return f'{escape(text)} <span class="evidence">{escape(statement.evidence)}</span>'


def _repeat(report: Report, found: Finding) -> str:
    """The shortest sequence known that shows it: as lines for a shell, and what was answered."""
    if not found.exchanges:
        return ""
    talk = script(found, report.base, report.operations)
    alone = (
        ""
        if found.id not in report.not_reproducible
        else (
            "<p class=quiet>These requests alone do not show it: there were too many to be listed, they were sent at "
            "the same time, or other items were there.</p>"
        )
    )
    replies = "".join(_reply(number, each) for number, each in enumerate(found.exchanges, 1))
    return (
        f'{alone}<div class=repeat><button type="button" class=copy>copy</button>'
        f"<pre class=shell>{escape(as_shell(talk, report.base))}</pre></div>"
        f"<details{' open' if len(found.exchanges) == 1 else ''}><summary>What was answered "
        f"({_count(len(found.exchanges), 'reply').replace('replys', 'replies')})</summary>{replies}</details>"
    )


def _reply(number: int, exchange: RecordedExchange) -> str:
    kind = "good" if exchange.status < 300 else "bad" if exchange.status >= 500 or not exchange.status else "other"
    asked = f"{escape(exchange.method)} {escape(_short(exchange.url))}"
    return (
        f'<div class=reply><p>{number}. <code>{asked}</code> → <b class="status {kind}">{exchange.status}</b> '
        f"<span class=quiet>{escape(exchange.header('content-type') or '')}</span></p>"
        + (f"<pre>{escape(_body(exchange))}</pre></div>" if exchange.reply_body else "</div>")
    )


def _body(exchange: RecordedExchange) -> str:
    """A reply's body as one reads it."""
    value = exchange.json
    text = exchange.reply_body.decode("utf-8", "replace")
    shown = json.dumps(value, indent=2, ensure_ascii=False) if isinstance(value, dict | list) else text
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}\n… {len(shown) - SHOWN} more characters"


def _known(report: Report) -> Iterator[str]:
    if report.known_failures:
        items = "".join(_accepted(each, gone=each in report.stale) for each in report.known_failures)
        yield f'<h2>Known failures ({len(report.known_failures)})</h2><ul id="known">{items}</ul>'
        yield "".join(_finding(report, each) for each in report.known_findings)


def _accepted(entry: KnownFailure, *, gone: bool) -> str:
    mark = ' <em class="failed">fails no more: take it out of the file</em>' if gone else ""
    return f"<li><b>{escape(str(entry))}</b>: {escape(entry.reason)} (since {escape(entry.date)}){mark}</li>"


def _matrix(report: Report) -> Iterator[str]:
    outcomes = report.result.outcomes
    checks = sorted({check for _, check in outcomes})
    first: dict[tuple[str, str], str] = {}
    for found in report.result.findings:
        first.setdefault((found.operation, found.check), found.id)
    yield '<h2 id="examined">Examined</h2><p class="quiet">✓ held · ✗ broken · – could not be examined · empty: not '
    yield 'promised there, or not asked for</p><div class="scroll"><table id="matrix"><thead><tr><th></th>'
    yield "".join(
        f'<th class="check" title="{escape(describe(check))}"><span>{escape(check)}</span></th>' for check in checks
    )
    yield "</tr></thead><tbody>"
    for operation in dict.fromkeys((*report.operations, *sorted({operation for operation, _ in outcomes}))):
        cells = "".join(
            _cell(operation, check, outcomes.get((operation, check), ""), first.get((operation, check)))
            for check in checks
        )
        yield f"<tr><th>{_operation(operation)}</th>{cells}</tr>"
    yield "</tbody></table></div>"


def _cell(operation: str, check: str, outcome: str, found: str | None) -> str:
    kind = outcome.split(":", maxsplit=1)[0]
    sign = SIGNS.get(kind, "")
    shown = f'<a href="#{escape(found)}">{sign or "✗"}</a>' if found else sign
    title = escape(f"{operation} {check}: {outcome}") if outcome else ""
    return f'<td class="o {kind}" title="{title}">{shown}</td>'


def _skipped(report: Report) -> Iterator[str]:
    """Why something was not examined, each reason once."""
    reasons: dict[str, list[str]] = {}
    for (operation, check), outcome in report.result.outcomes.items():
        if outcome.startswith("skipped"):
            reasons.setdefault(outcome.removeprefix("skipped: "), []).append(f"{check} at {operation}")
    if reasons:
        items = "".join(
            f"<li>{escape(reason)}: <span class=quiet>{escape(', '.join(places))}</span></li>"
            for reason, places in reasons.items()
        )
        yield f"<h2>Not examined</h2><ul>{items}</ul>"
