"""Reports about workflows: JSON with everything, and JUnit XML for CI servers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from contracts.arazzo.outcomes import StepOutcome, WorkflowOutcome, WorkflowRun
from contracts.arazzo.placeholders import shown_outputs
from contracts.model.finding import RecordedExchange
from contracts.report.junit import clean, count_cases

LONGEST_BODY = 20_000
"""How many characters of a response body are in a report."""


def write_report(run: WorkflowRun, folder: Path, masked: Callable[[str], str]) -> None:
    """Write `workflows.json` and `workflows.xml` into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "workflows.json").write_text(masked(workflows_as_json(run)), encoding="utf-8")
    (folder / "workflows.xml").write_text(masked(workflows_as_junit(run)), encoding="utf-8")


def workflows_as_json(run: WorkflowRun) -> str:
    """The run as JSON: every attempt at every step, with its criteria, request and response."""
    value = {
        "title": run.title,
        "description": run.file,
        "services": [{"title": title, "at": place} for title, place in run.services],
        "seconds": round(run.seconds, 3),
        "exitCode": run.exit_code,
        **({"stopped": run.stopped} if run.stopped else {}),
        "workflows": [_workflow(each) for each in run.workflows],
    }
    return json.dumps(value, indent=1, ensure_ascii=False, default=str)


def _workflow(outcome: WorkflowOutcome) -> dict[str, Any]:
    return {
        "workflowId": outcome.id,
        "outcome": outcome.outcome,
        **({"reason": outcome.reason} if outcome.reason else {}),
        "outputs": shown_outputs(outcome.outputs),
        "steps": [_step(each) for each in outcome.steps],
    }


def _step(step: StepOutcome) -> dict[str, Any]:
    return {
        "stepId": step.id,
        "does": step.does,
        "outcome": "passed" if step.passed else "failed",
        "attempt": step.attempt,
        **({"reason": step.reason} if step.reason else {}),
        **({"then": step.then} if step.then else {}),
        "criteria": [{"condition": each.text, "met": each.is_met, "seen": each.seen} for each in step.criteria],
        "breaksDocument": list(step.breaks),
        "outputs": shown_outputs(step.outputs),
        **(_exchange(step.exchange) if step.exchange is not None else {}),
        **({"workflow": _workflow(step.called)} if step.called is not None else {}),
    }


def _exchange(exchange: RecordedExchange) -> dict[str, Any]:
    body = exchange.reply_body[:LONGEST_BODY].decode("utf-8", "replace")
    return {"request": exchange.curl(), "response": {"status": exchange.status, "body": body}}


def workflows_as_junit(run: WorkflowRun) -> str:
    """The run as JUnit XML: a test suite for each workflow, a test case for each attempt at a step."""
    root = ET.Element("testsuites", name=clean(run.title))
    for outcome in run.workflows:
        suite = ET.SubElement(root, "testsuite", name=clean(outcome.id))
        for step in _flat(outcome):
            _case(suite, outcome, step)
        if outcome.reason:
            case = ET.SubElement(suite, "testcase", classname=clean(outcome.id), name="runs")
            ET.SubElement(case, "skipped" if outcome.outcome == "skipped" else "failure", message=clean(outcome.reason))
        count_cases(suite)
    if run.stopped:
        suite = ET.SubElement(root, "testsuite", name="workflows")
        case = ET.SubElement(suite, "testcase", classname="workflows", name="run to their end")
        ET.SubElement(case, "error", message=clean(run.stopped))
        count_cases(suite)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _flat(outcome: WorkflowOutcome) -> Iterator[StepOutcome]:
    """The steps of a workflow and of those that they call."""
    for step in outcome.steps:
        yield from _flat(step.called) if step.called is not None else ()
        yield step


def _case(suite: ET.Element, outcome: WorkflowOutcome, step: StepOutcome) -> None:
    again = f" (attempt {step.attempt})" if step.attempt > 1 else ""
    case = ET.SubElement(suite, "testcase", classname=clean(outcome.id), name=clean(f"{step.id}: {step.does}{again}"))
    # A step that failed and was dealt with by a goto or retry is no failure of its workflow.
    if not step.passed and not (step.then and outcome.outcome == "passed"):
        curl = [step.exchange.curl()] if step.exchange is not None else []
        failure = ET.SubElement(case, "failure", message=clean("; ".join(step.wrong) or "breaks the document"))
        failure.text = clean("\n".join([*step.wrong, *step.breaks, *curl]))
