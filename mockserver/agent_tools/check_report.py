"""The report of the latest contract check, as its tools tell it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mockserver.agent_tools.access import shaped
from mockserver.agent_tools.command import FinishedCommand
from mockserver.agent_tools.results import CheckFinding, CheckSummary, FindingExplanation
from mockserver.client import SandboxError

Json = dict[str, Any]

NO_CHECK: Json = {"target": "", "requests": 0, "stopped": "nothing was checked yet", "outcomes": [], "findings": []}

VERDICTS = {
    "failure": "It is a failure: the statement is documented or described, follows from the document, or was observed.",
    "warning": "It is a warning: the statement is only inferred or assumed, and may be wrong itself.",
    "disagreement": "Two validators of the same response do not agree about it.",
}

MOST_LISTED = 100
"""How many findings a summary lists."""

MOST_SHOWN = 4_000
"""How many characters of a body are shown."""


class CheckReport:
    """A report (report.json), with what each check tests by the names of the checks."""

    def __init__(self, report: Json = NO_CHECK, checks: Mapping[str, str] | None = None) -> None:
        self._report, self._checks = report, checks or {}

    @property
    def summary(self) -> CheckSummary:
        """The numbers, and the findings in short."""
        verdicts = [each["verdict"] for each in self._report["findings"]]
        return CheckSummary(
            target=self._report["target"],
            requests=self._report["requests"],
            passed=sum(each["outcome"] == "passed" for each in self._report["outcomes"]),
            failures=verdicts.count("failure"),
            warnings=verdicts.count("warning"),
            stopped=self._report["stopped"],
            findings=[_short(each) for each in self._report["findings"][:MOST_LISTED]],
        )

    def explained(self, id: str) -> FindingExplanation:
        """A finding in sentences, with its statement and exchanges. Raises SandboxError for an unknown one."""
        found = next((each for each in self._report["findings"] if each["id"] == id), None)
        if found is None:
            there = ", ".join(each["id"] for each in self._report["findings"][:10]) or "none"
            raise SandboxError(f"the latest check has no finding {id!r}; there are: {there}")
        return FindingExplanation(
            id=id,
            verdict=found["verdict"],
            sentences=list(_sentences(found, self._checks.get(found["check"], ""))),
            statement=found["statement"],
            exchanges=[_exchange(each) for each in found["exchanges"]],
            curl=found["curl"],
        )


def read(folder: Path, done: FinishedCommand) -> CheckReport:
    """The report in a folder. Raises SandboxError when the check could not run."""
    file = folder / "report.json"
    if not file.is_file():
        told = done.errors or done.output or "the check wrote no report"
        raise SandboxError(told.removeprefix("Error: "))
    sarif = json.loads((folder / "report.sarif").read_text("utf-8"))
    rules = sarif["runs"][0]["tool"]["driver"]["rules"]
    return CheckReport(
        json.loads(file.read_text("utf-8")), {each["id"]: each["fullDescription"]["text"] for each in rules}
    )


def _short(found: Json) -> CheckFinding:
    return shaped(found, CheckFinding)


def _sentences(found: Json, tests: str) -> Iterator[str]:
    yield f"The check {found['check']!r} found it at {found['operation']}."
    if tests:
        yield f"A correct server: {tests}"
    yield f"Expected: {found['expected']}"
    yield f"Seen: {found['seen']}"
    statement = found["statement"]
    if statement is not None:
        source = f" ({statement['source']})" if statement["source"] else ""
        yield f"The statement about {statement['subject']} is {statement['evidence']}{source}: {statement['text']}"
    yield VERDICTS[found["verdict"]]


def _exchange(exchange: Json) -> Json:
    return {
        "request": f"{exchange['method']} {exchange['url']}",
        "request_body": _shown(exchange["body"]),
        "status": exchange["status"],
        "response_body": _shown(exchange["reply_body"]),
    }


def _shown(body: Any) -> Any:
    return body[:MOST_SHOWN] if isinstance(body, str) else body
