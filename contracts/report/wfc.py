"""The report in the format of Web Fuzzing Commons (WFC), which shows the reports of several fuzzers in one viewer."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from contracts.checks import is_own
from contracts.model.finding import Finding
from contracts.report.report import Report
from contracts.report.severity import origin
from contracts.reproduce.pytest_file import FILE, as_tests

SCHEMA_VERSION = "0.2.0"
"""The version of WFC's `report.yaml` that the report follows."""

OTHER = 900
"""The code of a fault that WFC does not name: its own codes end below 900."""

FAULTS: Mapping[str, int] = {
    "not_a_server_error": 100, "use_after_free": 113, "delete": 113, "replace": 117, "update": 119,
    "method-not-allowed": 201, "allow_header_conformance": 201, "unsupported_method": 310, "document": 200,
    "response_schema_conformance": 200, "status_code_conformance": 200, "content_type_conformance": 200,
    "response_headers_conformance": 200, "validation": 206, "negative_data_rejection": 206, "mass-assignment": 303,
    "tenants": 306, "permissions": 306, "other_user_access": 306, "ownership": 306, "object_level_authorization": 306,
    "authentication": 307, "ignored_auth": 307,
}  # fmt: skip
"""A check, or the module of a check → the code of the fault in WFC's list (`faults.md` of Web Fuzzing Commons)."""


def as_wfc(report: Report) -> str:
    """The failures of a report as WFC JSON: the faults, the generated tests, and the statuses that each one saw."""
    failures = report.failures
    tests = dict(_tests(report, failures))
    faults = [_fault(found, tests) for found in failures]
    kinds = {(each["code"], each["context"]) for fault in faults for each in fault["faultCategories"]}
    coverage = report.coverage
    written = {
        "schemaVersion": SCHEMA_VERSION,
        "toolName": "mockserver",
        "toolVersion": version("mockserver"),
        "creationTime": _time(report.created_at),
        "faults": {"totalNumber": len(kinds), "foundFaults": faults},
        "problemDetails": {
            "rest": {
                "totalHttpCalls": sum(len(each.exchanges) for each in failures),
                "endpointIds": [_endpoint(each) for each in dict.fromkeys(report.operations)],
                "coveredHttpStatus": [_statuses(found, tests) for found in failures],
            }
        },
        "totalTests": len(tests),
        "testFilePaths": [FILE] if tests else [],
        "testCases": list(tests.values()),
        "extra": [_coverage(coverage.numbers())] if coverage else None,
    }
    return json.dumps(written, indent=1)


def _tests(report: Report, failures: Sequence[Finding]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The id of each failure, and its generated test; both have the same order."""
    source = as_tests(report)
    body = ast.parse(source).body if source else []
    functions = [node for node in body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    for found, node in zip(failures, functions, strict=True):
        place = {"startLine": node.lineno, "endLine": node.end_lineno or node.lineno}
        yield found.id, {"id": f"{FILE}::{node.name}", "filePath": FILE, "name": node.name, **place}


def _fault(found: Finding, tests: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A found fault. The schema has the operation as `operationId` and requires `endpointId`, so both are there."""
    endpoint = _endpoint(found.operation)
    return {
        "operationId": endpoint,
        "endpointId": endpoint,
        "testCaseId": tests[found.id]["id"],
        "faultCategories": [{"code": _code(found), "context": f"{found.check}: {found.expected}"[:500]}],
    }


def _code(found: Finding) -> int:
    if found.exchanges and found.exchanges[-1].status >= 500:
        return 100
    return FAULTS.get(found.check) or (FAULTS.get(origin(found.check), OTHER) if is_own(found.check) else OTHER)


def _statuses(found: Finding, tests: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The statuses of the failure's operation in its requests."""
    method, _, _ = found.operation.partition(" ")
    statuses = sorted({each.status for each in found.exchanges if each.method == method and each.status})
    endpoint = _endpoint(found.operation)
    return {"endpointId": endpoint, "testCaseId": tests[found.id]["id"], "httpStatus": [s for s in statuses if s < 600]}


def _endpoint(operation: str) -> str:
    """`GET:/users/{id}`."""
    return operation.replace(" ", ":", 1)


def _coverage(numbers: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
    criteria = [{"name": kind, "covered": covered, "total": total} for kind, (covered, total) in numbers.items()]
    return {"toolName": "mockserver", "criteria": criteria}


def _time(created_at: str) -> str:
    """The time of the report as in RFC 3339."""
    try:
        time = datetime.strptime(created_at, "%Y-%m-%d %H:%M UTC").replace(tzinfo=UTC)
    except ValueError:
        time = datetime.fromtimestamp(0, UTC)
    return time.isoformat().replace("+00:00", "Z")
