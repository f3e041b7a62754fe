"""The report of a contract check, and its JSON form, from which every other form can be made."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from contracts.checks import is_own
from contracts.conformance.openapi_core_check import CHECK as JURY
from contracts.model.coverage import Coverage, MissingTarget
from contracts.model.examined import Examined
from contracts.model.finding import Finding, RecordedExchange, StatementRef, Verdict
from contracts.model.known_failures import IGNORED, KnownFailure, stale
from contracts.report.causes import Cause, causes, silencing
from contracts.report.suggestions import Suggestion
from contracts.runner.runner import CheckResult, severity
from mockserver.errors import MockServerError

FORMAT = 2
"""The version of the JSON format. It changes when old readers would misread a report."""


MOCK = "the built-in mock"
"""The target in a report about the built-in mock."""

DERIVED = ("curl", "accepted")
"""What a report says of a finding that follows from the rest of it."""

BY_CHANCE = ("lifecycle", JURY)
"""Checks of ours that find some failures only in some runs."""


class UnreadableReport(MockServerError):
    """A file is not a report; the text names the file and says what is wrong."""


class ReportLine(NamedTuple):
    """A line of a file; the first line is 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a contract check, and what is needed to read it and to run it again.

    `target` is an address or MOCK. `vendor_or_document` is what the user named. `only`, `skip` and `shard` (`2/5`) say
    which checks were selected. `base` is the address that the document's paths are appended to, and `operations` are
    all operations of the document. `places` has the lines of the operations with findings. `not_reproducible` has the
    ids of failures that their exchanges alone do not reproduce. `notes` say which parts of the document are ignored.
    `suggestions` maps the ids of findings to what would mend them. `coverage` is what the run has seen of the document.
    """

    title: str
    version: str
    target: str
    seed: int
    mode: str
    result: CheckResult
    vendor_or_document: str = ""
    places: Mapping[str, ReportLine] = field(default_factory=dict)
    known_failures: tuple[KnownFailure, ...] = ()
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    shard: str = ""
    base: str = ""
    operations: tuple[str, ...] = ()
    created_at: str = ""
    not_reproducible: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    suggestions: Mapping[str, Suggestion] = field(default_factory=dict)
    coverage: Coverage | None = None

    @property
    def failures(self) -> tuple[Finding, ...]:
        """The findings that are failures, without known failures."""
        return self.of("failure")

    @property
    def known_findings(self) -> tuple[Finding, ...]:
        """The findings that match a known failure."""
        return tuple(each for each in self.result.findings if self.reason(each))

    @property
    def stale(self) -> tuple[KnownFailure, ...]:
        """The known failures that no longer fail.

        A run that ended early and a single shard cannot tell. A quick run cannot tell for checks with random requests,
        and a run of selected checks cannot tell for an entry that names no check.
        """
        if self.result.stopped or self.shard:
            return ()
        outcomes = self.result.outcomes
        reliable = {check for _, check in outcomes if is_own(check) and check not in BY_CHANCE}
        ran = {key: outcomes[key] for key in outcomes if self.mode != "quick" or key[1] in reliable}
        known = [entry for entry in self.known_failures if entry.date != IGNORED]
        named = [entry for entry in known if entry.id or entry.check or not (self.only or self.skip)]
        return stale(named, self.result.findings, ran)

    def of(self, verdict: Verdict) -> tuple[Finding, ...]:
        """The findings with a verdict, without those that match a known failure."""
        return tuple(each for each in self.result.findings if each.verdict == verdict and not self.reason(each))

    @property
    def causes(self) -> tuple[Cause, ...]:
        """The causes of all findings that match no known failure, the worst first."""
        return causes([each for each in self.result.findings if not self.reason(each)], self.not_reproducible)

    def reason(self, found: Finding) -> KnownFailure | None:
        """The known failure that a finding matches; None if there is none."""
        return next((entry for entry in self.known_failures if entry.fits(found)), None)

    @property
    def passed(self) -> int:
        """The number of checks that passed."""
        return sum(outcome == "passed" for outcome in self.result.outcomes.values())

    @property
    def exit_code(self) -> int:
        """0: no failures; 1: failures, or known failures that no longer fail; 2: the check did not run to its end."""
        if self.result.stopped or not any(o in ("passed", "failed") for o in self.result.outcomes.values()):
            return 2
        return 1 if self.failures or self.stale else 0


def joined(first: CheckResult, second: CheckResult) -> CheckResult:
    """Two results as one: each finding once, the most severe outcome of each check, the first reason to stop."""
    found = {each.id: each for each in (*second.findings, *first.findings)}
    order = dict.fromkeys(each.id for each in (*first.findings, *second.findings))
    outcomes = dict(first.outcomes)
    for key, outcome in second.outcomes.items():
        outcomes[key] = max(outcomes.get(key, outcome), outcome, key=severity)
    return CheckResult(
        tuple(found[id] for id in order),
        outcomes,
        first.requests + second.requests,
        first.seconds + second.seconds,
        first.left_behind + second.left_behind,
        first.stopped or second.stopped,
        first.examined.joined(second.examined),
    )


def as_json(report: Report) -> str:
    """The report as JSON. Bodies that are not text are `{"base64": …}`. Secrets are replaced by `${NAME}`."""
    result, found = report.result, report.causes
    shown = {
        "format": FORMAT,
        "title": report.title,
        "version": report.version,
        "vendor_or_document": report.vendor_or_document,
        "target": report.target,
        "seed": report.seed,
        "mode": report.mode,
        "only": report.only,
        "skip": report.skip,
        "shard": report.shard,
        "base": report.base,
        "operations": report.operations,
        "created_at": report.created_at,
        "notes": report.notes,
        "not_reproducible": sorted(report.not_reproducible),
        "requests": result.requests,
        "seconds": round(result.seconds, 3),
        "stopped": result.stopped,
        "exit_code": report.exit_code,
        "examined": asdict(result.examined),
        "left_behind": list(result.left_behind),
        "known_failures": [asdict(entry) for entry in report.known_failures],
        "stale": [str(entry) for entry in report.stale],
        "places": {operation: place._asdict() for operation, place in report.places.items()},
        "outcomes": [{"operation": o, "check": c, "outcome": outcome} for (o, c), outcome in result.outcomes.items()],
        "causes": [_cause(each, found) for each in found],
        "coverage": asdict(report.coverage) | {"percent": report.coverage.percent} if report.coverage else None,
        "suggestions": {id: asdict(each) for id, each in report.suggestions.items()},
        "findings": [_shown(each, report.reason(each)) for each in result.findings],
    }
    return json.dumps(shown, indent=1, default=_body)


def _shown(found: Finding, known: KnownFailure | None) -> dict[str, Any]:
    """A finding; `accepted` says why a failure does not count, and is empty for one that does."""
    curl = [each.curl() for each in found.exchanges]
    return {**asdict(found), "curl": curl, "accepted": known.accepted if known is not None else ""}


def _cause(cause: Cause, all_causes: tuple[Cause, ...]) -> dict[str, Any]:
    return {
        "verdict": cause.verdict,
        "findings": [each.id for each in cause.findings],
        "operations": cause.operations,
        "ignore": silencing(cause, all_causes),
    }


def _body(value: Any) -> Any:
    if not isinstance(value, bytes):
        return str(value)
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}


def read_report(path: Path) -> Report:
    """Read a report: a file that `as_json` wrote, or a report folder. Raises UnreadableReport."""
    file = path / "report.json" if path.is_dir() else path
    try:
        return from_json(file.read_text("utf-8"))
    except OSError as fault:
        raise UnreadableReport(f"{file}: {fault.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise UnreadableReport(
            f"{file}: not a report of `mockserver check` ({type(fault).__name__}: {fault})"
        ) from None


def from_json(text: str) -> Report:
    """The inverse of `as_json`. Raises ValueError, KeyError, TypeError or AttributeError for other texts."""
    read = json.loads(text)
    if read["format"] != FORMAT:
        raise ValueError(f"its format is {read['format']!r}; only {FORMAT} is supported")
    outcomes = {(each["operation"], each["check"]): each["outcome"] for each in read["outcomes"]}
    result = CheckResult(
        tuple(_finding(each) for each in read["findings"]),
        outcomes,
        read["requests"],
        read["seconds"],
        tuple(read["left_behind"]),
        read["stopped"],
        _examined(read.get("examined", {})),
    )
    places = {operation: ReportLine(**place) for operation, place in read["places"].items()}
    return Report(
        read["title"],
        read["version"],
        read["target"],
        read["seed"],
        read["mode"],
        result,
        read["vendor_or_document"],
        places,
        tuple(KnownFailure(**each) for each in read["known_failures"]),
        tuple(read["only"]),
        tuple(read["skip"]),
        read["shard"],
        read["base"],
        tuple(read["operations"]),
        read["created_at"],
        frozenset(read["not_reproducible"]),
        tuple(read.get("notes", ())),
        {id: Suggestion(**each) for id, each in read.get("suggestions", {}).items()},
        _coverage(read.get("coverage")),
    )


def _coverage(read: dict[str, Any] | None) -> Coverage | None:
    return Coverage(read["totals"], tuple(MissingTarget(**each) for each in read["missing"])) if read else None


def _examined(read: dict[str, Any]) -> Examined:
    return Examined(read.get("answered", {}), read.get("statements", {}), tuple(read.get("notes", ())))


def _finding(read: dict[str, Any]) -> Finding:
    statement = StatementRef(**read["statement"]) if read["statement"] else None
    exchanges = tuple(_exchange(each) for each in read["exchanges"])
    rest = {key: value for key, value in read.items() if key not in ("statement", "exchanges", *DERIVED)}
    return Finding(statement=statement, exchanges=exchanges, **rest)


def _exchange(read: dict[str, Any]) -> RecordedExchange:
    pairs = {key: tuple((str(k), str(v)) for k, v in read[key]) for key in ("headers", "reply_headers")}
    return RecordedExchange(
        **{**read, **pairs, "body": _bytes(read["body"]), "reply_body": _bytes(read["reply_body"]) or b""}
    )


def _bytes(read: Any) -> bytes | None:
    if isinstance(read, dict):
        return base64.b64decode(read["base64"])
    return read.encode() if read is not None else None
