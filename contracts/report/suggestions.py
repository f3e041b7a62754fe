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
from contracts.report.causes import place
from contracts.report.coercions import is_coercion
from contracts.report.severity import origin
from mockserver.behaviour.overlay import carry_out
from mockserver.contract import Contract
from mockserver.errors import Fault, InvalidDocument
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import faults

ADVICE: Mapping[str, str] = {
    "authentication": "Check the credential before anything else in {operation}, and answer 401 without a valid one.",
    "ignored_auth": "Check the credential before anything else in {operation}, and answer 401 without a valid one.",
    "tenants": "Look the item up by its id and its owner in {operation}, and answer 404 (or 403) for another user's.",
    "object_level_authorization": "Look the item up by its id and its owner, and answer 404 for others.",
    "permissions": "Check the role of the user in {operation}, and answer 403 if it may not do this.",
    "secrets": "Leave the field out of every response of {operation}.",
    "read_your_writes": "Store what {operation} was sent before it answers, and read it from the same store.",
    "updates": "Store what {operation} was sent before it answers, and change nothing else.",
    "whole_updates": "Store every field that {operation} was sent before it answers.",
    "deleted_items": "Remove the item in {operation} from the store and every list, and answer 404 for it afterwards.",
    "edge_input": "Store in {operation} exactly what the schema allows, and refuse all else with 400 or 422.",
    "state_machine": "Store what {operation} was sent before it answers, and read it from the same store.",
    "concurrency": "Read and write in one transaction in {operation}, or lock the item, so that no request is lost.",
    "validation": "Validate the request in {operation} before it is stored: accept what the schema allows, and answer "
    "400 or 422 for all else.",
    "negative_data_rejection": "Validate the request in {operation} against its schema before it is stored, and answer "
    "400 or 422.",
    "positive_data_acceptance": "Accept in {operation} what its schema allows, or narrow the schema in the document.",
    "fields": "Set the fields in {operation} as the document says: defaults when they are absent, and nothing "
    "that clients may not set.",
    "paging": "Cut one ordered list into pages in {operation}, so that every item is on exactly one page.",
    "ordering": "Sort the list in {operation} before it is cut into pages.",
    "filters": "Apply every filter parameter in {operation} before the list is cut into pages.",
    "uniqueness": "Add a unique index, and answer 409 in {operation} when it is violated.",
    "capacity": "Count the items in the same transaction that adds one in {operation}.",
    "timestamps": "Set the time in {operation} on the server, once for each change, in the documented format.",
    "http_errors": "Set status and headers of refusals as HTTP says, once for all operations, in the framework's error "
    "handler.",
    "allow_header_conformance": "List in Allow every method of the path, not only those of the first matching route.",
    "unsupported_method": "Answer 405 with an Allow header for methods that the document does not have.",
    "odd_input": "Refuse what cannot be stored with 400 or 422 in {operation}, before any other work.",
}
"""The module of a check, or a check of Schemathesis → what to do in the server."""

STRICT = (
    "Refuse in {operation} what has another type, instead of converting it (Pydantic: `ConfigDict(strict=True)`), or "
    "accept the conversion with the line below."
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What would mend a finding.

    `server` says what to change in the server. `overlay` is an OpenAPI Overlay 1.0 that makes the document allow
    what was seen, for the case that the document is wrong; empty if there is none.
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
        return Suggestion(_advice(found))
    wanted = list(_actions(operation, last, contract)) if operation and last else []
    actions = _checked([each for n, each in enumerate(wanted) if each not in wanted[:n]], contract)
    server = f"Answer {found.operation} as the document says: {_one_line(found.expected)}."
    return Suggestion(server, _overlay(found, actions) if actions else "")


def _advice(found: Finding) -> str:
    """What to do in the server about a finding of a check of behaviour."""
    is_status = re.fullmatch(r"status \d+", found.seen) is not None
    text = "" if is_status else ADVICE.get(origin(found.check), "")
    text = text or ADVICE.get(found.check, "") or "Make {operation} do this: {expected}."
    return text.replace("{operation}", found.operation).replace("{expected}", _one_line(found.expected))


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
