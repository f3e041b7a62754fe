"""Why a document leaves no other way than one that Schemathesis calls a failure."""

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
from mockserver.openapi.path_template import names
from mockserver.openapi.pointer import resolve

IMPOSSIBLE = "a schema that no value satisfies"
TEXTUAL = "a value that is another as text"
UNREACHABLE = "an id that its own path forbids"
EXAMPLE = "an example of the document's own that its schema forbids"
DIALECT = "a pattern in a dialect that Schemathesis leaves out"
WHOLE = "a whole number with an exponent, which is an integer"
FRAMED = "a header that HTTP itself decides about"
NULL = "a null that `nullable` means beside an `enum`"
NARROW = re.compile(r"than the m(ax|in)imum of (127|-128|255|32767|-32768|65535|4294967295|18446744073709551615)\b")
"""Bounds of int8, int16, uint8, uint16, uint32 and uint64 (OpenAPI format registry)."""
NESTED = re.compile(
    r'"in":"(header|query|path|cookie)","field":"[^"]*\.[^"]*","detail":".* is not of types? \W+(object|array)'
)
"""A fault inside a list or object outside of the body: how those are written no specification says."""


EMPTY = re.compile(r"Content-Type: [^']*xml.* -d '[^']*<([\w.-]+)></\1>")
"""An empty element of a body in XML: a null, a text and a list without items are written so."""


def excuse(code: str, label: str, said: str, case: str, contract: Contract) -> str:
    """Why the check `code` had to fail on the operation `label`; empty where the failure is ours.

    `said` is what Schemathesis said of the check, `case` all that it said of the request and its reply.
    """
    described = [one for one in contract.document.operations if f"{one.method.upper()} {one.path}" == label]
    described = described or _asked(case, contract)
    reasons = [
        _unsuccessful(code, one, case) or _as_text(said, one, contract) or _unsatisfied(case, one, contract)
        or _unasked(said, one) or _plain(code, said, one, case, contract)
        for one in described
    ]  # fmt: skip
    if code == "ST202":
        reasons += [_unreachable(one, case, contract) or _misshown(one, case, contract) for one in described]
        reasons.append(_unknown(case, contract))
    there = [one for one in contract.document.operations if one.path == label.partition(" ")[2]]
    reasons += [
        _framed(case, there),
        _null(said, case, contract),
        _whole(code, said, case),
        _otherwise(code, said, case, contract),
    ]
    return next(filter(None, reasons), "")


def _null(said: str, case: str, contract: Contract) -> str:
    """Why `null` was taken: `nullable` stands beside an `enum` that lacks it, and is taken to mean what it says."""
    field = FIELD.search(said)
    if field and f'"{field.group(1)}": null' in case and _is_nullable(field.group(1), contract):
        return NULL
    return ""


def _whole(code: str, said: str, case: str) -> str:
    """Why a number was taken for an integer: it is whole (JSON Schema Validation section 6.1.1)."""
    sent = re.search(r"-d '?(-?[\d.]+e\+?\d+)'? http", case)
    is_meant = code == "ST201" and re.search(r"was \w+, became number", said)
    return WHOLE if is_meant and sent and float(sent.group(1)).is_integer() else ""


def _framed(case: str, described: list[Operation]) -> str:
    """Why a header is not as the document says: by it HTTP finds the end of a body, or knows what a reply is."""
    asks = any(p.location == "header" and p.name.lower() == "content-length" for o in described for p in o.parameters)
    is_length = asks and re.search(r"Content-Length: (-|\d{9})|Missing `Content-Length`|'Content-Length' header", case)
    shows = any(h.name.lower() == "content-type" for o in described for r in o.responses for h in r.headers)
    is_type = shows and re.search(r"Value:\s+\"[\w.+-]+/[\w.+-]+\"\s", case)
    return FRAMED if is_length or is_type else ""


def _asked(case: str, contract: Contract) -> list[Operation]:
    """The operation of the last request of a scenario, which is the one that failed."""
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
    """Can a valid success reply be made at all?"""
    response = operation.success()
    return response is None or _is_makeable(contract, response)


def is_writable(contract: Contract, operation: Operation) -> bool:
    """Can a valid body be sent at all? Where none can, Schemathesis ends with an error, as it has nothing to send."""
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


def _as_text(said: str, operation: Operation, contract: Contract) -> str:
    """Why a value of another type was taken: outside of JSON a list or object is a text, as any other value is."""
    named = PARAMETER.search(said)
    for parameter in operation.parameters:
        types = contract.schemas.types(parameter.schema) if parameter.schema else frozenset()
        if named and (parameter.name, parameter.location) == named.groups() and types & {"array", "object"}:
            return TEXTUAL
    return ""


def _plain(code: str, said: str, operation: Operation, case: str, contract: Contract) -> str:
    """Why a body of another type was taken: what is sent as text is one, whatever it looks like."""
    sent = re.findall(r"Content-Type: ([^;'\s]+)", case)[-1:]
    media = [one for one in operation.request_body.content if one.name in sent] if operation.request_body else []
    is_text = any(one.schema and contract.schemas.types(one.schema) == {"string"} for one in media)
    is_meant = code == "ST201" and "in body - incorrect type" in said
    return TEXTUAL if is_meant and is_text and sent[0].startswith("text/") else ""


def _unreachable(operation: Operation, case: str, contract: Contract) -> str:
    """Why what a reply had shown is refused: the path itself forbids it, as that of petstore the eleventh order."""
    refused = set(re.findall(r'"in":"(\w+)","field":"([^"]+)"', case))
    sent = _sent(operation, case, contract)
    schemas = {p.name: p.schema for p in operation.parameters if p.location == "path" and p.schema}
    forbidden = {
        ("path", name) for name, at in schemas.items() if name in sent and not _is_taken(sent[name], at, contract)
    }
    return UNREACHABLE if refused and refused <= forbidden else ""


def _misshown(operation: Operation, case: str, contract: Contract) -> str:
    """Why a parameter was refused: its value is the document's own example, which breaks the parameter's schema."""
    refused = set(re.findall(r'"in":"(\w+)","field":"([^"]+)"', case))
    wrong = {(p.location, p.name) for p in operation.parameters if p.schema and _is_misshown(p.schema, contract)}
    return EXAMPLE if refused and refused <= wrong else ""


def _is_misshown(pointer: str, contract: Contract) -> bool:
    shown = [*(contract.schemas.keyword(pointer, "examples") or ()), contract.schemas.keyword(pointer, "default")]
    judge = contract.schemas.validator(pointer, "request")
    return any(value is not None and not judge.is_valid(value) for value in shown)


def _sent(operation: Operation, case: str, contract: Contract) -> dict[str, str]:
    """The path parameters of the last request, as it wrote them."""
    requests = re.findall(r"curl -X \w+ .*?https?://[^/]+(/[^\s'?]*)", case)
    below = requests[-1].removeprefix(f"/{contract.name}").removeprefix(contract.document.base_path) if requests else ""
    pattern = re.sub(r"\\\{(.*?)\\\}", "([^/]+)", re.escape(operation.path))
    found = re.fullmatch(pattern, below)
    return dict(zip(names(operation.path), map(unquote, found.groups()), strict=True)) if found else {}


def _is_taken(text: str, pointer: str, contract: Contract) -> bool:
    """Does a parameter's schema allow a text, or the number that it writes? A second validator judges."""
    schema = {**contract.document.root, "$ref": f"#{pointer}"}
    values = [text, *([int(text)] if re.fullmatch(r"-?\d{1,300}", text) else [])]
    judge = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return any(judge.is_valid(value) for value in values)


def _unasked(said: str, operation: Operation) -> str:
    """Why nothing was missed: what OpenAPI passes over, or does not require."""
    if any(HEADERS.get(name.lower()) == IGNORED for name in re.findall(r"[`']([\w-]+)[`']", said)):
        return "a header parameter that OpenAPI ignores"  # version 3.1 section 4.8.12.1
    body = operation.request_body
    return "a body that is not required" if "Missing request body" in said and body and not body.required else ""


def _unsatisfied(case: str, operation: Operation, contract: Contract) -> str:
    """Why a reply breaks its schema: nothing keeps it, as where `oneOf` names the same twice."""
    status = re.search(r"Validated against the response schema for status code (\d+)", case)
    response = operation.response(int(status.group(1))) if status else None
    return "" if response is None or _is_makeable(contract, response) else IMPOSSIBLE


def _unsuccessful(code: str, operation: Operation, case: str) -> str:
    """Why no success can be told; empty where one is documented."""
    if operation.response(200) or operation.success() or code not in ("ST101", "ST202", "ST103"):
        return ""
    return "no success is documented" if re.search(r"^\s*\[[245]", case, re.MULTILINE) else ""


def _otherwise(code: str, said: str, case: str, contract: Contract) -> str:
    """Why the document leaves no other way; empty where it does."""
    received = re.search(r"^\s*\[(\d{3})\]", case, re.MULTILINE)
    status = received.group(1) if received else ""
    if "no value can be valid for the schema" in case:
        return IMPOSSIBLE
    if code == "ST103" and status[:1] == "4":
        return "no answer to what is refused is documented"
    if code == "ST105" and "ST103" in case:
        return "no answer to what is refused is documented"
    if code == "ST201" and "Incorrect type" in said and ("form-" in case or EMPTY.search(case)):
        return TEXTUAL
    if "swagger" in contract.document.raw and "in body - violates `additionalProperties`" in said and "form-" in case:
        return "a field that `formData` does not forbid"
    if code == "ST201" and "in cookie - object with unexpected properties" in said:
        return "a cookie that is not declared"
    if "swagger" in contract.document.raw and ((code == "ST104" and "<EMPTY>" in case) or code == "ST105"):
        return "no content is described, but Swagger's `produces`"
    return ""


def _unknown(case: str, contract: Contract) -> str:
    """Why what Schemathesis takes for valid was refused: it does not know this part of OpenAPI."""
    field = re.search(r'"in":"body","field":"(?:[^"]*\.)?([^".]+)","detail":"[^,]* is not one of', case)
    if field and field.group(1) in _discriminating(contract):
        return "a kind that the discriminator does not know"
    if NARROW.search(case) or _is_unsigned(case, contract):
        return "an integer format that Schemathesis does not know"
    if NESTED.search(case):
        return "a parameter nested deeper than any style writes"
    return DIALECT if _is_translated(case, contract) else ""


def _discriminating(contract: Contract) -> set[str]:
    """The properties by which discriminators decide; Schemathesis does not look at them where kinds inherit."""
    schemas = (contract.document.root.get("components") or {}).get("schemas") or {}
    rules = [schema.get("discriminator") for schema in schemas.values() if isinstance(schema, dict)]
    return {rule["propertyName"] for rule in rules if rule}


def _is_unsigned(case: str, contract: Contract) -> bool:
    """Is a number refused for being negative by the format of its property (`uint32`)?"""
    named = re.findall(r'"field":"(?:[^"]*\.)?([^".]+)","detail":"-\d+ is less than the minimum of 0"', case)
    return any(str(own.get("format")).startswith("uint") for name in named for own in _named(name, contract))


def _is_translated(case: str, contract: Contract) -> bool:
    """Was a text refused by a pattern that the document writes otherwise? Schemathesis takes such a one for none."""
    told = re.search(r"`(\{.*\})`", case)
    faults = json.loads(told.group(1)).get("errors", ()) if told else ()
    broken = [found.group(1) for one in faults if (found := re.search(r'does not match "(.*)"$', one["detail"]))]
    return bool(broken) and not any(json.dumps(pattern) in json.dumps(contract.document.raw) for pattern in broken)


def _is_nullable(name: str, contract: Contract) -> bool:
    """Does the document call a property of this name nullable, with an `enum` that lacks `null`?"""
    found = (resolve(contract.document.raw, own, "")[0] for own in _named(name, contract))
    return any(own.get("nullable") is True and None not in own.get("enum", [None]) for own in found)


def _named(name: str, contract: Contract) -> Iterator[dict[str, Any]]:
    """Everything of this name in a document, such as the schemas of the properties that are called so."""
    waiting: list[Any] = [contract.document.raw]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict) and isinstance(node.get(name), dict):
            yield node[name]
        waiting += list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
