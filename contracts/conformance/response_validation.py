"""Does a reply look as the document says? Status, media type, headers, schema (OpenAPI 3.1 section 4.8.17)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contracts.model.finding import RecordedExchange
from mockserver.contract import Contract
from mockserver.errors import InvalidDocument, Unanswerable
from mockserver.openapi.document import MediaType, Operation, Response
from mockserver.openapi.pointer import join
from mockserver.openapi.schemas import Schemas, faults


@dataclass(frozen=True, slots=True)
class ResponseViolation:
    """One thing in which a reply is not as documented; `about` names it the same way in every run."""

    about: str
    expected: str
    seen: str


GENERAL = frozenset({400, 401, 403, 404, 405, 406, 408, 413, 414, 415, 429, 431})
"""Statuses that any server may answer by HTTP itself, documented or not (RFC 9110 section 15.5, RFC 6585)."""


def response_violations(
    operation: Operation, exchange: RecordedExchange, contract: Contract
) -> Iterator[ResponseViolation]:
    """What is wrong with a reply to `operation`, by the document alone."""
    if exchange.status >= 500 and not is_foreseen(operation, exchange.status):
        yield ResponseViolation(
            "5xx", "no server error, whatever a client sends", f"{exchange.status}: {_start(exchange)}"
        )
        return
    response = operation.response(exchange.status)
    if response is None:
        if not is_general(operation, exchange.status):
            documented = ", ".join(r.status for r in operation.responses)
            yield ResponseViolation(
                "status", f"one of the documented statuses {documented}", f"status {exchange.status}"
            )
        return
    yield from _headers(response, exchange)
    if exchange.method != "HEAD":
        yield from _content(response, exchange, contract)


def is_foreseen(operation: Operation, status: int) -> bool:
    """Does the document speak of this server error?

    A 500 is not foreseen (RFC 9110 section 15.6.1) unless the document knows of nothing but failures. Where it knows
    interim responses only, after which another one comes (section 15.2), that may be any.
    """
    spoken = {response.status for response in operation.responses}
    if spoken and all(each[:1] == "1" for each in spoken):
        return True
    return str(status) in spoken and (status != 500 or not tells_success(operation))


def tells_success(operation: Operation) -> bool:
    """Does the document say what an operation answers when it is done (OpenAPI 3.1 section 4.8.16)?"""
    return any(response.status[:1] in ("2", "3") or response.status == "default" for response in operation.responses)


def is_general(operation: Operation, status: int) -> bool:
    """May any server answer with it, whatever its document says? With a success, where the document has none."""
    success = 200 <= status < 300 and not tells_success(operation)
    return success or (status >= 500 and is_foreseen(operation, status)) or status in GENERAL or 300 <= status < 400


def is_unsatisfiable(contract: Contract, operation: Operation, exchange: RecordedExchange) -> bool:
    """Is all that is wrong with a reply that several alternatives of a `oneOf` hold, of which never one alone does?"""
    response = operation.response(exchange.status)
    media = _media(response, exchange) if response else None
    return media is not None and media.schema is not None and _fits_several(contract, media, exchange.json)


def never_one(contract: Contract, media: MediaType) -> bool:
    """Can nothing be made that fits one alternative of a `oneOf` alone, such as where two are the same schema?"""
    if media.schema is None or contract.schemas.keyword(media.schema, "oneOf") is None:
        return False
    try:
        contract.examples.content(media, seed=0)
    except Unanswerable:
        return True
    return False


def _fits_several(contract: Contract, media: MediaType, value: Any) -> bool:
    """Is a value at fault for fitting several alternatives only, where none fits alone? A value is made last."""
    return _hold_together(contract.schemas, str(media.schema), value) and never_one(contract, media)


def _hold_together(schemas: Schemas, pointer: str, value: Any) -> bool:
    """Does a value break nothing but a `oneOf`, since more than one of its alternatives hold?"""
    listed = [
        join(here, "oneOf", number)
        for node, here in schemas.branches(pointer)
        for number, _ in enumerate(node.get("oneOf") or ())
    ]
    if not listed:
        return False
    try:
        wrong = faults(schemas.validator(pointer, "response"), value, "body")
        held = sum(schemas.validator(each, "response").is_valid(value) for each in listed)
    except InvalidDocument:
        return False
    return held > 1 and [(fault.keyword, fault.path) for fault in wrong] == [("oneOf", ())]


def _headers(response: Response, exchange: RecordedExchange) -> Iterator[ResponseViolation]:
    for header in response.headers:
        if header.required and exchange.header(header.name) is None:
            yield ResponseViolation(f"header {header.name}", f"the header {header.name}", "a reply without it")


def _content(response: Response, exchange: RecordedExchange, contract: Contract) -> Iterator[ResponseViolation]:
    if not response.content:
        if exchange.reply_body and exchange.status == 204:
            yield ResponseViolation("body", "no body (RFC 9110 section 15.3.5)", _start(exchange))
        return
    sent, media = _sent(exchange), _media(response, exchange)
    if media is None:
        names = ", ".join(m.name for m in response.content)
        yield ResponseViolation("content-type", f"a body of {names}", f"content-type {sent or 'absent'}")
    elif media.schema is not None and "json" in sent:
        yield from _schema(media, exchange, contract)


def _sent(exchange: RecordedExchange) -> str:
    """The media type of a reply, without its parameters."""
    return (exchange.header("content-type") or "").split(";")[0].strip().lower()


def _media(response: Response, exchange: RecordedExchange) -> MediaType | None:
    """What the document says of a reply of this media type."""
    return next((m for m in response.content if _covers(m.name, _sent(exchange))), None)


def _schema(media: MediaType, exchange: RecordedExchange, contract: Contract) -> Iterator[ResponseViolation]:
    if exchange.json is None and exchange.reply_body.strip() != b"null":
        yield ResponseViolation("json", "a body that is JSON (RFC 8259)", _start(exchange))
        return
    try:
        wrong = faults(contract.schemas.validator(str(media.schema), "response"), exchange.json, "body")
    except InvalidDocument:
        return
    if wrong and _fits_several(contract, media, exchange.json):
        return
    for fault in wrong[:3]:
        steps = ".".join("*" if isinstance(step, int) else str(step) for step in fault.path)
        yield ResponseViolation(
            f"{exchange.status} {steps} {fault.keyword}",
            f"a {exchange.status} reply valid against its schema",
            f"{fault.field}: {fault.message}",
        )


def _covers(documented: str, sent: str) -> bool:
    """Does a documented media type or range describe the one that was sent?"""
    documented = documented.split(";", maxsplit=1)[0].strip().lower()
    if documented in ("*/*", sent):
        return True
    return documented.endswith("/*") and sent.startswith(documented[:-1])


def _start(exchange: RecordedExchange) -> str:
    return exchange.reply_body[:200].decode("utf-8", "replace") or "an empty body"
