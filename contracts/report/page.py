"""The report as one HTML page that needs nothing beside itself."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from contracts.finding import Exchange, Finding, Verdict
from contracts.known import Known
from contracts.report.record import Report

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#222;background:#fff}
h1{margin-bottom:0}table{border-collapse:collapse;font-size:12px}td,th{border:1px solid #ddd;padding:2px 6px}
th.check{writing-mode:vertical-rl;text-align:left;font-weight:400}td.o{text-align:center}
.passed{background:#d9f2dd}.failed{background:#f6c9c9}.skipped{background:#eee}
pre{background:#f5f5f5;padding:.6rem;overflow:auto;white-space:pre-wrap}section{border-top:1px solid #ddd}
.scroll{overflow-x:auto}
@media(prefers-color-scheme:dark){body{background:#181818;color:#ddd}pre{background:#262626}td,th{border-color:#444}
.passed{background:#1d4425}.failed{background:#6b2222}.skipped{background:#333}}
"""

SIGNS = {"passed": "✓", "failed": "✗", "skipped": "–"}

HEADINGS: dict[Verdict, str] = {
    "failure": "Failures",
    "news": "News: different from what is inferred or assumed",
    "disagreement": "Judges disagree",
}


def as_html(report: Report) -> str:
    """The report as a page: the verdict, the matrix of operations and checks, and each finding."""
    body = "".join([*_head(report), *_matrix(report), *_findings(report)])
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(report.title)}: examination</title>'
        f"<style>{STYLE}</style></head><body>{body}</body></html>"
    )


def _head(report: Report) -> Iterator[str]:
    result = report.result
    yield f"<h1>{escape(report.title)} {escape(report.version)}</h1>"
    yield f"<p>{escape(report.target)}, {escape(report.mode)} examination, seed {report.seed}</p>"
    yield (f'<p id="verdict"><strong>{len(report.failures)} failures</strong>, {report.passed} checks passed, '
           f"{result.requests} requests in {result.seconds:.1f} s</p>")  # fmt: skip
    if result.stopped:
        yield f'<p class="failed">Ended early: {escape(result.stopped)}</p>'
    if result.left_behind:
        items = "".join(f"<li>{escape(each)}</li>" for each in result.left_behind)
        yield f"<h2>Left behind</h2><ul>{items}</ul>"


def _matrix(report: Report) -> Iterator[str]:
    examined = report.result.examined
    checks = sorted({check for _, check in examined})
    yield '<h2>Examined</h2><div class="scroll"><table id="matrix"><tr><th></th>'
    yield "".join(f'<th class="check">{escape(check)}</th>' for check in checks) + "</tr>"
    for operation in sorted({operation for operation, _ in examined}):
        cells = "".join(_cell(examined.get((operation, check), "")) for check in checks)
        yield f"<tr><th>{escape(operation)}</th>{cells}</tr>"
    yield "</table></div>"


def _cell(outcome: str) -> str:
    kind = outcome.split(":", maxsplit=1)[0]
    return f'<td class="o {kind}" title="{escape(outcome)}">{SIGNS.get(kind, "")}</td>'


def _findings(report: Report) -> Iterator[str]:
    for verdict, heading in HEADINGS.items():
        found = report.of(verdict)
        if found:
            yield f"<h2>{heading} ({len(found)})</h2>" + "".join(_finding(each) for each in found)
    if report.accepted:
        items = [
            f"<li><b>{escape(str(each))}</b>: {escape(each.reason)} (since {escape(each.date)})"
            + (' <em class="failed">fails no more</em>' if each in report.stale else "")
            for each in report.accepted
        ]
        yield f'<h2>Known failures</h2><ul id="known">{"".join(items)}</ul>' + "".join(map(_finding, report.known))


def _accepted(entry: Known, *, gone: bool) -> str:
    mark = ' <em class="failed">fails no more: take it out of the file</em>' if gone else ""
    return f"<li><b>{escape(str(entry))}</b>: {escape(entry.reason)} (since {escape(entry.date)}){mark}</li>"


def _finding(found: Finding) -> str:
    said = found.statement
    source = "Promised by the document"
    if said is not None:
        source = f"Promised by {said.subject} {said.kind}: {said.text} ({said.evidence}) {said.source}"
    return (
        f'<section id="{escape(found.id)}"><h3>{escape(found.operation)} · {escape(found.check)}</h3>'
        f"<p><code>{escape(found.id)}</code></p><p>{escape(source)}</p><p>Expected: {escape(found.expected)}</p>"
        f"<p>Seen: {escape(found.seen)}</p>{''.join(_exchange(each) for each in found.exchanges)}</section>"
    )


def _exchange(exchange: Exchange) -> str:
    reply = exchange.reply_body[:4000].decode("utf-8", "replace")
    return f"<pre>{escape(exchange.curl())}</pre><pre>{exchange.status}\n{escape(reply)}</pre>"
