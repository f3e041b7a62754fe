"""The failures of a report as workflows of the Arazzo Specification 1.0: the requests of each, as steps."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from contracts.model.finding import PLACEHOLDER, Finding
from contracts.report.report import Report
from contracts.report.texts import violated_with_source
from contracts.reproduce.expected_criterion import expected_criterion
from contracts.reproduce.script import NAME, Path, Script, ScriptStep, script
from contracts.reproduce.stable_parts import parsed
from mockserver.openapi import path_template
from mockserver.openapi import pointer as json_pointer

SOURCE = "api"
"""The name of the document in the workflows."""

EXACT = "x-exact-requests"
"""The extension that tells `mockserver run` to add no credential: the requests have all that they had."""

MOST = 200
"""At most this many failures become workflows."""

NOT_A_URL = re.compile(r"[^A-Za-z0-9._~:/?#@!$&'()*+,;=%-]")
"""Characters that a URI reference has only percent-encoded (RFC 3986 section 2)."""


def as_arazzo(report: Report) -> str:
    """An Arazzo description as JSON, with a workflow for each failure; empty if there is none.

    The criteria of the steps are the recorded statuses; that of the last one is that the response is not the recorded
    one, so that a workflow fails until its failure is mended. A failure has no workflow if one of its requests is for
    no operation of the document, because no step can name it; if its requests alone do not show it; or if no criterion
    can say what is wrong.
    """
    workflows = [
        workflow
        for found in report.failures[:MOST]
        if found.id not in report.not_reproducible
        and (workflow := _workflow(found, script(found, report.base, report.operations), report.operations))
    ]
    if not workflows:
        return ""
    address = NOT_A_URL.sub(lambda match: quote(match[0]), report.vendor_or_document) or "openapi.yaml"
    written = {
        "arazzo": "1.0.1",
        EXACT: True,
        "info": {
            "title": f"Failures of {report.title}",
            "version": report.version or "1",
            "description": "The requests of each failure. A workflow fails until its failure is mended.",
        },
        "sourceDescriptions": [{"name": SOURCE, "url": address, "type": "openapi"}],
        "workflows": workflows,
    }
    return json.dumps(written, indent=1)


def _workflow(found: Finding, recorded: Script, operations: tuple[str, ...]) -> dict[str, Any]:
    """The workflow of a finding; empty if a step is no operation of the document, or has no response."""
    origins = {name: f"step-{n}" for n, step in enumerate(recorded.steps, 1) for name in step.extracts}
    steps = [_step(n, step, operations, origins) for n, step in enumerate(recorded.steps, 1)]
    expected = expected_criterion(recorded, found.exchanges[-1], origins) if steps and all(steps) else None
    if expected is None:
        return {}
    steps[-1]["successCriteria"] = [expected]
    secrets = sorted(set(PLACEHOLDER.findall(repr(recorded.steps))))
    inputs = {name: {"type": "string", "format": "password"} for name in secrets}
    return {
        "workflowId": found.id,
        "summary": f"{found.operation}: {found.check}",
        "description": f"Expected: {found.expected}\n\nSeen: {found.seen}\n\nStatement: {violated_with_source(found)}",
        **({"inputs": {"type": "object", "required": secrets, "properties": inputs}} if inputs else {}),
        "steps": steps,
    }


def _step(number: int, step: ScriptStep, operations: tuple[str, ...], origins: Mapping[str, str]) -> dict[str, Any]:
    path, _, query = step.url.partition("?")
    operation = next((each for each in operations if _matches(each, step.method, path)), None)
    if operation is None or not step.status:
        return {}
    method, _, template = operation.partition(" ")
    pointer = json_pointer.join("/paths", template, method.lower())
    outputs = {name: f"$response.body#{_pointer(where)}" for name, where in step.extracts.items()}
    parameters = list(_parameters(step, template, path, query, origins))
    return {
        "stepId": f"step-{number}",
        "operationPath": f"{{$sourceDescriptions.{SOURCE}.url}}#{pointer}",
        **({"parameters": parameters} if parameters else {}),
        **({"requestBody": _body(step, origins)} if step.body is not None else {}),
        "successCriteria": [{"condition": f"$statusCode == {step.status}"}],
        **({"outputs": outputs} if outputs else {}),
    }


def _matches(operation: str, method: str, path: str) -> bool:
    own, _, template = operation.partition(" ")
    return own == method and path_template.matches(template, path)


def _parameters(
    step: ScriptStep, template: str, path: str, query: str, origins: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """The parameters of a step, each name in each place once: Arazzo has no two with the same name and place."""
    found = re.fullmatch(path_template.pattern(template).replace("[^/]+", "([^/]+)"), path)
    values = found.groups() if found else ()
    given = [("path", n, unquote(v)) for n, v in zip(path_template.names(template), values, strict=True)]
    given += [("query", name, value) for name, value in parse_qsl(query, keep_blank_values=True)]
    left_out = [("accept", "*/*")]  # every client sends it
    headers = [(n, v) for n, v in step.headers if n.lower() != "content-type" and (n.lower(), v) not in left_out]
    given += [("header", name, value) for name, value in headers]
    seen = set()
    for place, name, value in given:
        if (place, name) not in seen:
            seen.add((place, name))
            yield {"name": name, "in": place, "value": _expression(value, origins)}


def _body(step: ScriptStep, origins: Mapping[str, str]) -> dict[str, Any]:
    kind = next((value for name, value in step.headers if name.lower() == "content-type"), "")
    text = step.body.decode("utf-8", "replace") if isinstance(step.body, bytes) else step.body
    value = parsed(text)
    payload = _expressions(value, origins) if value is not None else _expression(text or "", origins)
    return {**({"contentType": kind} if kind else {}), "payload": payload}


def _expressions(value: Any, origins: Mapping[str, str]) -> Any:
    """A JSON value whose texts name outputs and inputs by runtime expressions."""
    if isinstance(value, dict):
        return {key: _expressions(each, origins) for key, each in value.items()}
    if isinstance(value, list):
        return [_expressions(each, origins) for each in value]
    return _expression(value, origins) if isinstance(value, str) else value


def _expression(text: str, origins: Mapping[str, str]) -> str:
    """A text whose placeholders are runtime expressions (Arazzo 1.0 section 4.7), in braces inside of a text."""
    whole = NAME.fullmatch(text)
    if whole:
        return f"$steps.{origins[whole[1]]}.outputs.{whole[1]}"
    text = NAME.sub(lambda match: f"{{$steps.{origins[match[1]]}.outputs.{match[1]}}}", text)
    return PLACEHOLDER.sub(lambda match: f"{{$inputs.{match[1]}}}", text)


def _pointer(path: Path) -> str:
    return json_pointer.join("", *path)
