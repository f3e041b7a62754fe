"""The report as SARIF 2.1.0 for code scanning: a rule for each check, a result for each finding.

GitHub needs more than the standard requires: descriptions and help of each rule, a location in each result, and
`primaryLocationLineHash`, by which it recognises an alert.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from contracts.model.finding import Finding, RecordedExchange
from contracts.report.report import Report, ReportLine
from contracts.report.texts import describe, violated_with_source

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

LEVELS = {"failure": "error", "warning": "note", "disagreement": "note"}
"""The SARIF level of each verdict (section 3.27.10)."""


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
        yield {"level": "error", "message": {"text": f"The check ended early: {stopped}"}}


def _rule(check: str, findings: Sequence[Finding]) -> dict[str, Any]:
    """A check as a reportingDescriptor (section 3.49). Its help lists the violated statements."""
    about, sources = describe(check), sorted({_source(found) for found in findings if found.check == check})
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


def _source(found: Finding) -> str:
    """The violated statement in one line that also names the operation, since a rule is about all operations."""
    return f"{found.operation}: {violated_with_source(found)}"


def _message(found: Finding) -> str:
    return f"{found.operation}: expected {found.expected}; seen: {found.seen}\n{violated_with_source(found)}"


def _result(report: Report, found: Finding, index: int) -> dict[str, Any]:
    place = report.places.get(found.operation, ReportLine("openapi.yaml", 1))
    region = {"artifactLocation": {"uri": place.file}, "region": {"startLine": place.line}}
    return {
        "ruleId": found.check,
        "ruleIndex": index,
        "level": LEVELS[found.verdict],
        "message": {"text": _message(found)},
        "locations": [
            {
                "physicalLocation": region,
                "logicalLocations": [{"fullyQualifiedName": found.operation, "kind": "function"}],
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": f"{found.id}:1", "findingId/v1": found.id},
        "suppressions": [
            {"kind": "external", "justification": known.accepted} for known in [report.reason(found)] if known
        ],
        "properties": {"verdict": found.verdict, "curl": [each.curl() for each in found.exchanges]},
        **_last(found.exchanges),
    }


def _last(exchanges: Sequence[RecordedExchange]) -> dict[str, Any]:
    """The last exchange as webRequest and webResponse (sections 3.46 and 3.47)."""
    if not exchanges:
        return {}
    last = exchanges[-1]
    request = {"method": last.method, "target": last.url, "headers": dict(last.headers), "protocol": "HTTP"}
    reply = {"statusCode": last.status, "headers": dict(last.reply_headers), "noResponseReceived": not last.status}
    return {"webRequest": request | _content(last.body), "webResponse": reply | _content(last.reply_body)}


def _content(body: bytes | None) -> dict[str, Any]:
    return {"body": {"text": body.decode("utf-8", "replace")}} if body else {}
