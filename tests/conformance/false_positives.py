"""Failures that Schemathesis reports although the document allows no other reply, and the reason for each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft202012Validator

from contracts.conformance.false_positives import FIELD, PARAMETER
from contracts.conformance.ignored_statements import HEADERS, IGNORED
from mockserver.contract import Contract
from mockserver.errors import Unanswerable
from mockserver.openapi.document import Operation, Response
from mockserver.openapi.media_types import essence
from mockserver.openapi.path_template import names
from mockserver.openapi.pointer import resolve
from mockserver.openapi.sequences import EVENTS

IMPOSSIBLE = "no value satisfies the schema"
TEXTUAL = "the value means something else once it is written as text"
UNREACHABLE = "the path's schema rejects an id that a reply shows"
EXAMPLE = "the document's own example is invalid by its schema"
DIALECT = "Schemathesis cannot read the pattern's dialect"
WHOLE = "a whole number with an exponent is an integer"
FRAMED = "HTTP defines the header"
STREAMED = "the schema of a stream is that of the data, or of the list of events"
STATED = "a sentence of the document refuses it in this state"
NULL = "`nullable` next to an `enum` without null"
NARROW = re.compile(r"than the m(ax|in)imum of (127|-128|255|32767|-32768|65535|4294967295|18446744073709551615)\b")
"""Bounds of int8, int16, uint8, uint16, uint32 and uint64 (OpenAPI format registry)."""
NESTED = re.compile(
    r'"in":"(header|query|path|cookie)","field":"[^"]*\.[^"]*","detail":".* is not of types? \W+(object|array)'
)
"""An error inside a list or object outside the body; no specification says how to write those."""


EMPTY = re.compile(r"Content-Type: [^']*xml.* -d '[^']*<([\w.-]+)></\1>")
"""An empty element in an XML body, which can be a null, an empty text or an empty list."""


def false_positive_reason(code: str, label: str, message: str, case: str, contract: Contract) -> str:
    """Why the check `code` fails on the operation `label` although the mock is right; empty if the mock is wrong.

    `message` is the text of the failed check, `case` everything that Schemathesis printed about the request and reply.
    """
    operations = [one for one in contract.document.operations if f"{one.method.upper()} {one.path}" == label]
    operations = operations or _last_operation(case, contract)
    reasons = [
        _no_success(code, one, case) or _written_as_text(message, one, contract) or _unsatisfiable(case, one, contract)
        or _ignored_or_optional(message, one) or _plain_text(code, message, one, case, contract)
        for one in operations
    ]  # fmt: skip
    if code == "ST202":
        reasons += [
            _unreachable(one, case, contract) or _bad_example(one, case, contract) or _in_a_state(one, case, contract)
            for one in operations
        ]
        reasons.append(_unknown_to_schemathesis(case, contract))
    there = [one for one in contract.document.operations if one.path == label.partition(" ")[2]]
    reasons += [
        _defined_by_http(case, there),
        _streamed(code, message, operations, contract),
        _null(message, case, contract),
        _whole_number(code, message, case),
        _other_reason(code, message, case, contract),
    ]
    return next(filter(None, reasons), "")


def _null(message: str, case: str, contract: Contract) -> str:
    """Why the mock accepts `null`: the schema has `nullable` next to an `enum` without null, and `nullable` wins."""
    field = FIELD.search(message)
    if field and f'"{field.group(1)}": null' in case and _is_nullable(field.group(1), contract):
        return NULL
    return ""


def _streamed(code: str, message: str, operations: list[Operation], contract: Contract) -> str:
    """Why an event is right: without `itemSchema` (OpenAPI 3.2), documents show its data, or a list of all events."""
    media = [one for each in operations for response in each.responses for one in response.content]
    types = [contract.schemas.types(one.schema) for one in media if essence(one.name) == EVENTS and one.schema]
    is_entry = {"array"} in types and 'is not of type "array"' in message
    is_data = {"object"} in types and re.search(r'Event #\d+: "\{.* is not of type "object"', message) is not None
    return STREAMED if code == "ST108" and (is_entry or is_data) else ""


def _whole_number(code: str, message: str, case: str) -> str:
    """Why the mock accepts a number as an integer: it is whole (JSON Schema Validation section 6.1.1)."""
    sent = re.search(r"-d '?(-?[\d.]+e\+?\d+)'? http", case)
    is_meant = code == "ST201" and re.search(r"was \w+, became number", message)
    return WHOLE if is_meant and sent and float(sent.group(1)).is_integer() else ""


def _defined_by_http(case: str, operations: list[Operation]) -> str:
    """Why a header is not as documented: HTTP itself uses it to find the end of a body, or to name its type."""
    asks = any(p.location == "header" and p.name.lower() == "content-length" for o in operations for p in o.parameters)
    is_length = asks and re.search(r"Content-Length: (-|\d{9})|Missing `Content-Length`|'Content-Length' header", case)
    shows = any(h.name.lower() == "content-type" for o in operations for r in o.responses for h in r.headers)
    is_type = shows and re.search(r"Value:\s+\"[\w.+-]+/[\w.+-]+\"\s", case)
    return FRAMED if is_length or is_type else ""


def _last_operation(case: str, contract: Contract) -> list[Operation]:
    """The operation of the last request in a scenario, which is the one that failed."""
    requests = re.findall(r"curl -X (\w+) .*?https?://[^/]+(/[^\s'?]*)", case)
    if not requests:
        return []
    method, path = requests[-1]
    below = path.removeprefix(f"/{contract.name}").removeprefix(contract.document.base_path)
    return [
        one
        for one in contract.document.operations
        if one.method.upper() == method and re.fullmatch(re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(one.path)), below)
    ][:1]


def is_answerable(contract: Contract, operation: Operation) -> bool:
    """Can any value be a valid success reply?"""
    response = operation.success()
    return response is None or _is_makeable(contract, response)


def is_writable(contract: Contract, operation: Operation) -> bool:
    """Can any value be a valid request body? If not, Schemathesis stops with an error: it has nothing to send."""
    try:
        for media in operation.request_body.content[:1] if operation.request_body else ():
            contract.examples.content(media, seed=0, direction="request")
    except Unanswerable:
        return False
    return True


def _is_makeable(contract: Contract, response: Response) -> bool:
    try:
        for media in response.content[:1]:
            contract.examples.content(media, seed=0)
    except Unanswerable:
        return False
    return True


def _written_as_text(message: str, operation: Operation, contract: Contract) -> str:
    """Why the mock accepts a value of another type: outside JSON, every value is written as text, also a list."""
    named = PARAMETER.search(message)
    for parameter in operation.parameters:
        types = contract.schemas.types(parameter.schema) if parameter.schema else frozenset()
        if named and (parameter.name, parameter.location) == named.groups() and types & {"array", "object"}:
            return TEXTUAL
    return ""


def _plain_text(code: str, message: str, operation: Operation, case: str, contract: Contract) -> str:
    """Why the mock accepts a body of another type: everything sent as `text/*` is a text."""
    sent = re.findall(r"Content-Type: ([^;'\s]+)", case)[-1:]
    media = [one for one in operation.request_body.content if one.name in sent] if operation.request_body else []
    is_text = any(one.schema and contract.schemas.types(one.schema) == {"string"} for one in media)
    is_meant = code == "ST201" and "in body - incorrect type" in message
    return TEXTUAL if is_meant and is_text and sent[0].startswith("text/") else ""


def _unreachable(operation: Operation, case: str, contract: Contract) -> str:
    """Why the mock rejects an id that a reply shows: the path's schema rejects it (petstore's eleventh order)."""
    refused = set(re.findall(r'"in":"(\w+)","field":"([^"]+)"', case))
    sent = _sent(operation, case, contract)
    schemas = {p.name: p.schema for p in operation.parameters if p.location == "path" and p.schema}
    forbidden = {
        ("path", name) for name, at in schemas.items() if name in sent and not _is_allowed(sent[name], at, contract)
    }
    return UNREACHABLE if refused and refused <= forbidden else ""


def _bad_example(operation: Operation, case: str, contract: Contract) -> str:
    """Why the mock rejects a parameter: Schemathesis sends the document's example, which the schema rejects."""
    refused = set(re.findall(r'"in":"(\w+)","field":"([^"]+)"', case))
    wrong = {(p.location, p.name) for p in operation.parameters if p.schema and _has_bad_example(p.schema, contract)}
    return EXAMPLE if refused and refused <= wrong else ""


def _in_a_state(operation: Operation, case: str, contract: Contract) -> str:
    """Why the mock rejects a request: a sentence forbids it in the state of the item, with this status."""
    received = re.search(r"^\s*\[(4\d\d)\]", case, re.MULTILINE)
    said = re.search(r"not possible while the (\S+) of the [^\"]+ is ([^\"]+)\"", case)
    behaviour = contract.behaviour.operations.get((operation.path, operation.method))
    if not (received and said and behaviour and operation.response(int(received[1]))):
        return ""
    values = {said[2], {"true": True, "false": False}.get(said[2])} - {None}
    is_stated = any(
        each.evidence in ("described", "documented") and each.field == said[1] and values & {*each.when}
        for each in behaviour.refused
    )
    return STATED if is_stated else ""


def _has_bad_example(pointer: str, contract: Contract) -> bool:
    shown = [*(contract.schemas.keyword(pointer, "examples") or ()), contract.schemas.keyword(pointer, "default")]
    judge = contract.schemas.validator(pointer, "request")
    return any(value is not None and not judge.is_valid(value) for value in shown)


def _sent(operation: Operation, case: str, contract: Contract) -> dict[str, str]:
    """The path parameters of the last request."""
    requests = re.findall(r"curl -X \w+ .*?https?://[^/]+(/[^\s'?]*)", case)
    below = requests[-1].removeprefix(f"/{contract.name}").removeprefix(contract.document.base_path) if requests else ""
    pattern = re.sub(r"\\\{(.*?)\\\}", "([^/]+)", re.escape(operation.path))
    found = re.fullmatch(pattern, below)
    return dict(zip(names(operation.path), map(unquote, found.groups()), strict=True)) if found else {}


def _is_allowed(text: str, pointer: str, contract: Contract) -> bool:
    """Does a parameter's schema allow a text, or the number that the text spells? Asks a second validator."""
    schema = {**contract.document.root, "$ref": f"#{pointer}"}
    values = [text, *([int(text)] if re.fullmatch(r"-?\d{1,300}", text) else [])]
    judge = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return any(judge.is_valid(value) for value in values)


def _ignored_or_optional(message: str, operation: Operation) -> str:
    """Why nothing is missing: OpenAPI ignores it, or does not require it."""
    if any(HEADERS.get(name.lower()) == IGNORED for name in re.findall(r"[`']([\w-]+)[`']", message)):
        return "OpenAPI ignores the header parameter"  # version 3.1 section 4.8.12.1
    body = operation.request_body
    return "the body is optional" if "Missing request body" in message and body and not body.required else ""


def _unsatisfiable(case: str, operation: Operation, contract: Contract) -> str:
    """Why a reply breaks its schema: no value satisfies it, for example a `oneOf` that names one schema twice."""
    status = re.search(r"Validated against the response schema for status code (\d+)", case)
    response = operation.response(int(status.group(1))) if status else None
    return "" if response is None or _is_makeable(contract, response) else IMPOSSIBLE


def _no_success(code: str, operation: Operation, case: str) -> str:
    """Why the mock cannot reply with a success; empty if one is documented."""
    if operation.response(200) or operation.success() or code not in ("ST101", "ST202", "ST103"):
        return ""
    return "the document has no success reply" if re.search(r"^\s*\[[245]", case, re.MULTILINE) else ""


def _other_reason(code: str, message: str, case: str, contract: Contract) -> str:
    """Any other reason; empty if there is none."""
    received = re.search(r"^\s*\[(\d{3})\]", case, re.MULTILINE)
    status = received.group(1) if received else ""
    if "no value can be valid for the schema" in case:
        return IMPOSSIBLE
    if code == "ST103" and status[:1] == "4":
        return "the document has no reply for a refused request"
    if code == "ST105" and "ST103" in case:
        return "the document has no reply for a refused request"
    if code == "ST201" and "Incorrect type" in message and ("form-" in case or EMPTY.search(case)):
        return TEXTUAL
    if (
        "swagger" in contract.document.raw
        and "in body - violates `additionalProperties`" in message
        and "form-" in case
    ):
        return "`formData` allows further fields"
    if code == "ST201" and "in cookie - object with unexpected properties" in message:
        return "an undeclared cookie is allowed"
    if "swagger" in contract.document.raw and ((code == "ST104" and "<EMPTY>" in case) or code == "ST105"):
        return "Swagger's `produces` applies to a reply without content"
    return ""


def _unknown_to_schemathesis(case: str, contract: Contract) -> str:
    """Why the mock rejects a request that Schemathesis considers valid: Schemathesis lacks this part of OpenAPI."""
    field = re.search(r'"in":"body","field":"(?:[^"]*\.)?([^".]+)","detail":"[^,]* is not one of', case)
    if field and field.group(1) in _discriminating(contract):
        return "the discriminator does not know the value"
    if NARROW.search(case) or _is_unsigned(case, contract):
        return "Schemathesis does not know the integer format"
    if NESTED.search(case):
        return "no style can write a parameter nested this deep"
    return DIALECT if _is_translated(case, contract) else ""


def _discriminating(contract: Contract) -> set[str]:
    """The properties that discriminators use; Schemathesis ignores those of inheriting schemas."""
    schemas = (contract.document.root.get("components") or {}).get("schemas") or {}
    rules = [schema.get("discriminator") for schema in schemas.values() if isinstance(schema, dict)]
    return {rule["propertyName"] for rule in rules if rule}


def _is_unsigned(case: str, contract: Contract) -> bool:
    """Did the mock reject a negative number because of the property's format (`uint32`)?"""
    named = re.findall(r'"field":"(?:[^"]*\.)?([^".]+)","detail":"-\d+ is less than the minimum of 0"', case)
    return any(str(schema.get("format")).startswith("uint") for name in named for schema in _named(name, contract))


def _is_translated(case: str, contract: Contract) -> bool:
    """Did the mock reject a text by a pattern that it had to translate? Schemathesis ignores such patterns."""
    printed = re.search(r"`(\{.*\})`", case)
    faults = json.loads(printed.group(1)).get("errors", ()) if printed else ()
    broken = [found.group(1) for one in faults if (found := re.search(r'does not match "(.*)"$', one["detail"]))]
    return bool(broken) and not any(json.dumps(pattern) in json.dumps(contract.document.raw) for pattern in broken)


def _is_nullable(name: str, contract: Contract) -> bool:
    """Does the document have a `nullable` property of this name whose `enum` lacks null?"""
    found = (resolve(contract.document.raw, schema, "")[0] for schema in _named(name, contract))
    return any(schema.get("nullable") is True and None not in schema.get("enum", [None]) for schema in found)


def _named(name: str, contract: Contract) -> Iterator[dict[str, Any]]:
    """Every object in the document under this key, such as the schemas of properties with this name."""
    waiting: list[Any] = [contract.document.raw]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict) and isinstance(node.get(name), dict):
            yield node[name]
        waiting += list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
