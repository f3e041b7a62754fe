"""The report of one examination: the value that every form of it is written from, and its JSON, the master format."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from contracts.examination import Result
from contracts.finding import Finding

FORMAT = 1
"""The version of the JSON format; it changes when a reader of the old one would be misled."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was examined and what came of it. `target` is an address, or `the built-in mock`."""

    title: str
    version: str
    target: str
    seed: int
    mode: str
    result: Result

    @property
    def failures(self) -> tuple[Finding, ...]:
        """The findings that are failures of the server."""
        return tuple(each for each in self.result.findings if each.verdict == "failure")

    @property
    def passed(self) -> int:
        """How many checks held."""
        return sum(outcome == "passed" for outcome in self.result.examined.values())

    @property
    def exit_code(self) -> int:
        """0: nothing wrong; 1: failures; 2: it could not be examined, or not to its end."""
        if self.result.stopped or not any(o in ("passed", "failed") for o in self.result.examined.values()):
            return 2
        return 1 if self.failures else 0


def joined(first: Result, second: Result) -> Result:
    """Two results as one; the first reason to stop counts."""
    return Result(
        first.findings + second.findings, {**first.examined, **second.examined}, first.requests + second.requests,
        first.seconds + second.seconds, first.left_behind + second.left_behind, first.stopped or second.stopped,
    )  # fmt: skip


def as_json(report: Report) -> str:
    """The report as JSON. Bodies are text; secrets stand as `${NAME}`, as in the findings."""
    result = report.result
    shown = {
        "format": FORMAT, "title": report.title, "version": report.version, "target": report.target,
        "seed": report.seed, "mode": report.mode, "requests": result.requests, "seconds": round(result.seconds, 3),
        "stopped": result.stopped, "left_behind": list(result.left_behind),
        "examined": [{"operation": o, "check": c, "outcome": outcome} for (o, c), outcome in result.examined.items()],
        "findings": [{**asdict(each), "curl": [e.curl() for e in each.exchanges]} for each in result.findings],
    }  # fmt: skip
    return json.dumps(shown, indent=1, default=_text)


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
