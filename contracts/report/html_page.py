"""The report as one HTML page, without any other file. The markup is in `templates/`."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from contracts.model.finding import Finding, RecordedExchange
from contracts.report.causes import Cause, silencing
from contracts.report.report import Report, ReportLine
from contracts.report.suggestions import Suggestion
from contracts.report.summary import coverage_line, headline
from contracts.report.texts import count, describe, violated
from contracts.reproduce.curl import as_shell
from contracts.reproduce.script import script

SIGNS = {"passed": "✓", "failed": "✗", "skipped": "–"}

MODES = {"quick": "quick run", "default": "standard run", "campaign": "thorough run"}

SHOWN = 6000
"""At most this many characters of a response are shown. The JSON report has all of them."""


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding, the violated statement, the line of the document, and the requests for a shell."""

    finding: Finding
    statement: str
    line: ReportLine | None
    shell: str
    is_reproducible: bool


@dataclass(frozen=True, slots=True)
class ShownCause:
    """A cause: its example, its other findings, the operations, what would mend it, and what silences it."""

    example: ShownFinding
    others: list[ShownFinding]
    operations: tuple[str, ...]
    silence: str
    suggestion: Suggestion | None


@dataclass(frozen=True, slots=True)
class ShownOutcome:
    """A cell of the table of outcomes. `finding` is the id of the first finding, if there is one."""

    kind: str
    sign: str
    title: str
    finding: str


def as_html(report: Report) -> str:
    """The report as a page: the verdict, the findings, and a table of all outcomes."""
    return page_environment().get_template("report.html.jinja").render(_variables(report))


def page_environment() -> Environment:
    """Where the templates of all pages come from."""
    environment = Environment(
        loader=PackageLoader("contracts.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"describe": describe, "short": _short, "body": _body, "status_kind": _status_kind}
    return environment


def _variables(report: Report) -> dict[str, Any]:
    checks, found = sorted({check for _, check in report.result.outcomes}), report.causes
    return {
        "report": report,
        "facts": [report.target, MODES.get(report.mode, report.mode), f"seed {report.seed}", report.created_at],
        "verdict": _verdict(report),
        "numbers": _numbers(report),
        "causes": [_shown_cause(report, each, found) for each in found],
        "known": [_shown(report, each) for each in report.known_findings],
        "checks": checks,
        "rows": list(_rows(report, checks)),
        "skipped": skipped_checks(report),
        "coverage": coverage_line(report.coverage) if report.coverage else "",
    }


def _verdict(report: Report) -> tuple[str, str]:
    if report.result.stopped:
        return "unknown", f"The check ended early: {report.result.stopped}"
    found = f": {headline(report.causes)}" if report.causes else ""
    if report.failures or report.stale:
        stale = f", {count(len(report.stale), 'known failure')} to remove" if report.stale else ""
        return "failed", f"{count(len(report.failures), 'failure')}{found}{stale}"
    return ("unknown", "No check ran") if report.exit_code else ("passed", f"No failures{found}")


def _numbers(report: Report) -> list[tuple[str, int | str]]:
    outcomes = report.result.outcomes.values()
    return [
        ("failures", len(report.failures)),
        ("warnings", len(report.of("warning"))),
        ("disagreements", len(report.of("disagreement"))),
        ("known failures", len(report.known_findings)),
        ("checks passed", report.passed),
        ("checks skipped", sum(outcome.startswith("skipped") for outcome in outcomes)),
        ("requests", report.result.requests),
        ("seconds", f"{report.result.seconds:.1f}"),
    ]


def _shown_cause(report: Report, cause: Cause, all_causes: Sequence[Cause]) -> ShownCause:
    example, *others = (_shown(report, each) for each in cause.findings)
    silence = " ".join(f"--ignore {shlex.quote(each)}" for each in silencing(cause, all_causes))
    return ShownCause(example, others, cause.operations, silence, report.suggestions.get(cause.example.id))


def _shown(report: Report, found: Finding) -> ShownFinding:
    requests = as_shell(script(found, report.base, report.operations), report.base) if found.exchanges else ""
    line = report.places.get(found.operation)
    return ShownFinding(found, violated(found), line, requests, found.id not in report.not_reproducible)


def _rows(report: Report, checks: list[str]) -> Iterator[tuple[str, list[ShownOutcome]]]:
    """The rows of the table of outcomes: an operation, and a cell for each check."""
    outcomes = report.result.outcomes
    first: dict[tuple[str, str], str] = {}
    for found in report.result.findings:
        first.setdefault((found.operation, found.check), found.id)
    for operation in dict.fromkeys((*report.operations, *sorted({operation for operation, _ in outcomes}))):
        keys = [(operation, check) for check in checks]
        yield operation, [_outcome(*key, outcomes.get(key, ""), first.get(key, "")) for key in keys]


def _outcome(operation: str, check: str, outcome: str, found: str) -> ShownOutcome:
    kind = outcome.partition(":")[0]
    sign = SIGNS.get(kind, "✗" if found else "")
    return ShownOutcome(kind, sign, f"{operation} {check}: {outcome}" if outcome else "", found)


def skipped_checks(report: Report) -> dict[str, list[str]]:
    """Every reason why checks were skipped, and the skipped checks."""
    reasons: dict[str, list[str]] = {}
    for (operation, check), outcome in report.result.outcomes.items():
        if outcome.startswith("skipped"):
            reasons.setdefault(outcome.removeprefix("skipped: "), []).append(f"{check} at {operation}")
    return reasons


def _short(text: str) -> str:
    return text if len(text) <= 160 else text[:159] + "…"


def _body(exchange: RecordedExchange) -> str:
    """The body of a response; JSON is indented."""
    value = exchange.json
    text = exchange.reply_body.decode("utf-8", "replace")
    shown = json.dumps(value, indent=2, ensure_ascii=False) if isinstance(value, dict | list) else text
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}\n… {len(shown) - SHOWN} more characters"


def _status_kind(status: int) -> str:
    return "good" if 0 < status < 300 else "bad" if status >= 500 or not status else "other"
