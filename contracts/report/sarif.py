"""The report as SARIF 2.1.0, which code scanning shows: a rule for each check, a result for each finding.

GitHub asks for more than the standard does: a rule's descriptions and help, a location in every result, and
`primaryLocationLineHash`, by which it knows an alert again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from contracts.checks import CHECKS
from contracts.conformance.openapi_core_check import CHECK as JURY
from contracts.model.finding import Finding, RecordedExchange
from contracts.report.report import Report, ReportLine

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

LEVELS = {"failure": "error", "warning": "note", "disagreement": "note"}
"""The level of each verdict (section 3.27.10)."""


def as_sarif(report: Report) -> str:
    """The report as a SARIF log with one run (section 3.13)."""
    result = report.result
    checks = sorted({found.check for found in result.findings})
    run = {
        "tool": {
            "driver": {
                "name": "mockserver",
                "semanticVersion": version("mockserver"),
                "rules": [_rule(check, result.findings) for check in checks],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not result.stopped,
                "exitCode": report.exit_code,
                "toolExecutionNotifications": list(_notes(result.stopped)),
            }
        ],
        "automationDetails": {"id": f"mockserver/{report.title}/"},
        "results": [_result(report, found, checks.index(found.check)) for found in result.findings],
        "properties": {"target": report.target, "seed": report.seed, "mode": report.mode},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1)


def _notes(stopped: str) -> Iterator[Mapping[str, Any]]:
    if stopped:
        yield {"level": "error", "message": {"text": f"The examination ended early: {stopped}"}}


def _rule(check: str, findings: Sequence[Finding]) -> dict[str, Any]:
    """A check as a reportingDescriptor (section 3.49); the sources of what was broken are its help."""
    about, sources = describe(check), sorted({source(found) for found in findings if found.check == check})
    return {
        "id": check,
        "name": "".join(word.capitalize() for word in check.replace("_", "-").split("-")),
        "shortDescription": {"text": about},
        "fullDescription": {"text": about},
        "help": {
            "text": "\n".join([about, *sources]),
            "markdown": "\n".join([about, "", *(f"* {each}" for each in sources)]),
        },
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["api", "contract"], "precision": "high"},
    }


def describe(check: str) -> str:
    """What a check examines, in one sentence."""
    each = next((each for each in CHECKS if each.name == check), None)
    if each is not None:
        told = getattr(each.run, "func", each.run).__doc__ or f"What is said of {check} holds."
        return str(told).strip().splitlines()[0]
    if check == "document":
        return "Every reply looks as the document says: status, media type, headers and schema."
    if check == JURY:
        return "The judge of a reply and openapi-core, which reads the same document, agree about it."
    return f"The check {check} of Schemathesis holds."


def source(found: Finding) -> str:
    """What a finding breaks, and where that is said, in one line."""
    statement = found.statement
    if statement is None:
        return f"{found.operation}: the document"
    place = f", {statement.source}" if statement.source else ""
    return (
        f"{statement.subject} {statement.kind}: {statement.text or describe(found.check)} ({statement.evidence}{place})"
    )


def _result(report: Report, found: Finding, index: int) -> dict[str, Any]:
    place = report.places.get(found.operation, ReportLine("openapi.yaml", 1))
    region = {"artifactLocation": {"uri": place.file}, "region": {"startLine": place.line}}
    return {
        "ruleId": found.check,
        "ruleIndex": index,
        "level": LEVELS[found.verdict],
        "message": {"text": f"{found.operation}: expected {found.expected}; seen: {found.seen}\n{source(found)}"},
        "locations": [
            {
                "physicalLocation": region,
                "logicalLocations": [{"fullyQualifiedName": found.operation, "kind": "function"}],
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": f"{found.id}:1", "findingId/v1": found.id},
        "suppressions": [
            {"kind": "external", "justification": f"{statement.reason} ({statement.date})"}
            for statement in [report.reason(found)]
            if statement
        ],
        "properties": {"verdict": found.verdict, "curl": [each.curl() for each in found.exchanges]},
        **_last(found.exchanges),
    }


def _last(exchanges: Sequence[RecordedExchange]) -> dict[str, Any]:
    """The exchange that shows it, as a webRequest and webResponse (sections 3.46 and 3.47)."""
    if not exchanges:
        return {}
    last = exchanges[-1]
    asked = {"method": last.method, "target": last.url, "headers": dict(last.headers), "protocol": "HTTP"}
    told = {"statusCode": last.status, "headers": dict(last.reply_headers), "noResponseReceived": not last.status}
    return {"webRequest": asked | _content(last.body), "webResponse": told | _content(last.reply_body)}


def _content(body: bytes | None) -> dict[str, Any]:
    return {"body": {"text": body.decode("utf-8", "replace")}} if body else {}
