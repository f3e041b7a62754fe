"""What would mend a finding: a change of the server, or an OpenAPI Overlay that corrects the document."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import yaml

from contracts.conformance.engine_checks import RESPONSE_CHECKS
from contracts.conformance.response_validation import documented_media
from contracts.model.finding import Finding, RecordedExchange
from contracts.model.resources import name_of
from contracts.report.advice import advice
from contracts.report.causes import place
from contracts.report.coercions import is_coercion
from mockserver.behaviour.overlay import carry_out
from mockserver.contract import Contract
from mockserver.errors import Fault, InvalidDocument
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import Operation
from mockserver.openapi.schema_faults import faults

STRICT = (
    "Refuse in {operation} what has another type, instead of converting it (Pydantic: `ConfigDict(strict=True)`), or "
    "accept the conversion with the line below."
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What would mend a finding.

    `server` says what to change in the server; empty if nothing is known. `overlay` is an OpenAPI Overlay 1.0
    that makes the document allow what was seen, for the case that the document is wrong; empty if there is none.
    """

    server: str
    overlay: str = ""


def suggestion(found: Finding, contract: Contract) -> Suggestion:
    """What would mend a finding."""
    operation = next((each for each in contract.document.operations if name_of(each) == found.operation), None)
    last = found.exchanges[-1] if found.exchanges else None
    if is_coercion(found):
        return Suggestion(STRICT.format(operation=found.operation))
    if last is not None and last.status >= 500:
        at = place(found.exchanges)
        where = f" (at {at})" if at else ""
        return Suggestion(
            f"Find what {found.operation} raises here{where}. A valid request must succeed; any other gets a 4xx."
        )
    if found.check != "document" and found.check not in RESPONSE_CHECKS:
        return Suggestion(advice(found))
    wanted = list(_actions(operation, last, contract)) if operation and last else []
    actions = _checked([each for n, each in enumerate(wanted) if each not in wanted[:n]], contract)
    server = f"Answer {found.operation} as the document says: {_one_line(found.expected)}."
    return Suggestion(server, _overlay(found, actions) if actions else "")


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300].rstrip(".")


def _overlay(found: Finding, actions: list[dict[str, Any]]) -> str:
    written = {
        "overlay": "1.0.0",
        "info": {"title": f"The document allows what {found.operation} answers", "version": "1"},
        "actions": actions,
    }
    return yaml.safe_dump(written, sort_keys=False, allow_unicode=True, width=120)


def _actions(operation: Operation, last: RecordedExchange, contract: Contract) -> Iterator[dict[str, Any]]:
    """The actions that make the document allow the last response."""
    if "swagger" in contract.document.raw or name_of(operation).partition(" ")[0] != last.method or not last.status:
        return
    response = operation.response(last.status)
    target = f"$.paths{_step(operation.path)}.{operation.method}.responses"
    content = (last.header("content-type") or "").partition(";")[0].strip()
    if response is None:
        yield {"target": target, "update": {str(last.status): {"description": _phrase(last.status)}}}
        return
    media = documented_media(response, last)
    if response.content and media is None and content and response.status == str(last.status):
        yield {"target": f"{target}['{last.status}'].content", "update": {content: {}}}
    elif media is not None and media.schema is not None and last.json is not None:
        try:
            wrong = faults(contract.schemas.validator(media.schema, "response"), last.json, "body")
        except InvalidDocument:
            return
        for fault in wrong[:3]:
            yield from _allowing(fault, media.schema, last.json, contract)


def _checked(actions: list[dict[str, Any]], contract: Contract) -> list[dict[str, Any]]:
    """The actions, if all of them have a target in the document as published; otherwise none."""
    if not actions:
        return []
    _, wrong = carry_out(copy.deepcopy(dict(contract.document.raw)), {"overlay": "1.0.0", "actions": actions})
    return [] if wrong else actions


def _allowing(fault: Fault, schema: str, value: Any, contract: Contract) -> Iterator[dict[str, Any]]:
    """The action that makes a schema allow one value."""
    is_missing = fault.keyword == "required"  # the path of such a fault ends with the name of the missing property
    path = fault.path[:-1] if is_missing else fault.path
    at = contract.schemas.below(schema, path)
    if at is None:
        return
    node, at = contract.schemas.resolve(at)
    seen = _value_at(value, path)
    target = json_path(at)
    if not isinstance(node, Mapping):
        return
    if fault.keyword == "type" and seen is None:
        kinds = [node["type"]] if isinstance(node.get("type"), str) else list(node.get("type") or ())
        is_old = str(contract.document.raw.get("openapi", "")).startswith("3.0")
        yield {"target": target, "update": {"nullable": True} if is_old else {"type": [*kinds, "null"]}}
    elif fault.keyword == "enum" and seen is not None:
        yield {"target": f"{target}.enum", "update": seen}
    elif is_missing:
        yield {"target": f"{target}.required[?@ == {json.dumps(fault.path[-1])}]", "remove": True}
    elif fault.keyword in node and fault.keyword not in ("type", "$ref", "oneOf", "anyOf", "allOf"):
        yield {"target": f"{target}{_step(fault.keyword)}", "remove": True}


def _value_at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def json_path(pointer: str) -> str:
    """A JSON pointer as a JSONPath (RFC 9535)."""
    return "$" + "".join(map(_step, json_pointer.split(pointer)))


def _step(step: str | int) -> str:
    """One step of a JSONPath (RFC 9535)."""
    name = str(step)
    if re.fullmatch(r"[A-Za-z_][A-Za-z_0-9]*", name):
        return f".{name}"
    return f"[{name}]" if name.isdigit() else "['" + name.replace("\\", "\\\\").replace("'", "\\'") + "']"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"
