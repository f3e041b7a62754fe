"""Validates a response against the document: status, media type, headers, schema (OpenAPI 3.1 section 4.8.17)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.conformance.chosen_ids import is_taken
from contracts.conformance.reply_parts import part_faults
from contracts.conformance.stream_items import item_faults
from contracts.model.finding import MAX_DEPTH, RecordedExchange
from mockserver.contract import Contract
from mockserver.errors import Fault, InvalidDocument, Unanswerable
from mockserver.openapi.document import MediaType, Operation, Response
from mockserver.openapi.media_types import essence, is_json
from mockserver.openapi.multipart import is_ordered
from mockserver.openapi.pointer import join
from mockserver.openapi.schema_faults import faults
from mockserver.openapi.schemas import Schemas, Validator
from mockserver.openapi.sequences import is_sequence


@dataclass(frozen=True, slots=True)
class ResponseViolation:
    """One deviation of a response from the document; `about` identifies it in every run."""

    about: str
    expected: str
    seen: str


GENERAL = frozenset({400, 401, 403, 404, 405, 406, 408, 413, 414, 415, 429, 431})
"""Statuses that any HTTP server may return, documented or not (RFC 9110 section 15.5, RFC 6585)."""

WITHOUT_CONTENT = frozenset({204, 205, 304})
"""Statuses of responses that can have no content, whatever `default` says (RFC 9110 sections 15.3.5 and 15.4.5)."""

INVALID_CONTENT = 422
"""The status of a request that can be read but not processed (RFC 9110 section 15.5.21): as general as 400."""


def response_violations(
    operation: Operation, exchange: RecordedExchange, contract: Contract
) -> Iterator[ResponseViolation]:
    """Everything in which a response of `operation` differs from the document."""
    if exchange.status >= 500 and not is_documented_error(operation, exchange.status):
        yield ResponseViolation(
            "5xx", "no server error for any request", f"status {exchange.status}: {_start(exchange)}"
        )
        return
    response = operation.response(exchange.status)
    if response is None:
        if not is_allowed_status(operation, exchange.status) and not is_taken(contract, operation, exchange):
            documented = ", ".join(r.status for r in operation.responses)
            yield ResponseViolation("status", f"a documented status: {documented}", f"status {exchange.status}")
        return
    yield from _headers(response, exchange)
    if exchange.method != "HEAD" and (exchange.status not in WITHOUT_CONTENT or exchange.reply_body):
        yield from _content(response, exchange, contract)


def is_documented_error(operation: Operation, status: int) -> bool:
    """Is this status a server error that the document allows? False for all below 500.

    A documented 500 does not count (RFC 9110 section 15.6.1) unless the document has no success response. If it has
    interim responses only, the final response may be any (section 15.2).
    """
    documented = {response.status for response in operation.responses}
    if status < 500:
        return False
    if documented and all(each[:1] == "1" for each in documented):
        return True
    return str(status) in documented and (status != 500 or not documents_success(operation))


def documents_success(operation: Operation) -> bool:
    """Does the document have a success response for an operation (OpenAPI 3.1 section 4.8.16)?"""
    return any(response.status[:1] in ("2", "3") or response.status == "default" for response in operation.responses)


def is_allowed_status(operation: Operation, status: int) -> bool:
    """May a server return this undocumented status? Any success is allowed where the document has none."""
    success = 200 <= status < 300 and not documents_success(operation)
    return (
        success
        or (status >= 500 and is_documented_error(operation, status))
        or status in GENERAL
        or (status == INVALID_CONTENT and not documents_refusal(operation))
        or 300 <= status < 400
    )


def documents_refusal(operation: Operation) -> bool:
    """Does the document say how an operation refuses an invalid request?"""
    return any(response.status in ("400", "422", "4XX", "default") for response in operation.responses)


def is_unsatisfiable(contract: Contract, operation: Operation, exchange: RecordedExchange) -> bool:
    """Does a response only break a `oneOf` that no value can satisfy, as its alternatives always match together?"""
    response = operation.response(exchange.status)
    media = documented_media(response, exchange) if response else None
    return media is not None and media.schema is not None and _matches_several(contract, media, exchange.json)


def never_matches_once(contract: Contract, media: MediaType) -> bool:
    """Can no value match exactly one alternative of a `oneOf`, for example because two are the same schema?"""
    if media.schema is None or contract.schemas.keyword(media.schema, "oneOf") is None:
        return False
    try:
        contract.examples.content(media, seed=0)
    except Unanswerable:
        return True
    return False


def _matches_several(contract: Contract, media: MediaType, value: Any) -> bool:
    """Does a value match several alternatives of a `oneOf` that no value can match exactly once?"""
    # Generating a value is slow, so the cheap test comes first.
    return _match_together(contract.schemas, str(media.schema), value) and never_matches_once(contract, media)


def _match_together(schemas: Schemas, pointer: str, value: Any) -> bool:
    """Is the only violation a `oneOf` with more than one matching alternative?"""
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
            yield ResponseViolation(f"header {header.name}", f"the required header {header.name}", "no such header")


def _content(response: Response, exchange: RecordedExchange, contract: Contract) -> Iterator[ResponseViolation]:
    if has_no_stated_content(contract, response):
        if exchange.reply_body and exchange.status == 204:
            yield ResponseViolation("body", "no body with status 204 (RFC 9110 section 15.3.5)", _start(exchange))
        return
    sent, media = _sent(exchange), documented_media(response, exchange)
    if media is None:
        names = ", ".join(m.name for m in response.content)
        yield ResponseViolation(
            "content-type", f"a documented content type: {names}", f"content type {sent or 'absent'}"
        )
    elif media.schema is not None and is_json(sent):
        yield from _schema(media, exchange, contract)
    elif media.schema is not None and is_sequence(sent):
        yield from _items(media, exchange, contract)
    elif is_ordered(sent):
        yield from _parts(media, exchange, contract)


def _parts(media: MediaType, exchange: RecordedExchange, contract: Contract) -> Iterator[ResponseViolation]:
    for fault in part_faults(exchange, media, contract):
        yield ResponseViolation(
            f"{exchange.status} part {_place(fault.path)} {fault.keyword}",
            "a multipart body whose parts are each valid, with the documented media type and headers",
            f"{fault.field}: {fault.message}",
        )


def _items(media: MediaType, exchange: RecordedExchange, contract: Contract) -> Iterator[ResponseViolation]:
    for fault in item_faults(exchange, media, contract):
        yield ResponseViolation(
            f"{exchange.status} item {_place(fault.path)} {fault.keyword}",
            "a stream whose items are each valid against the schema of an item",
            f"item {fault.number}: {fault.message}",
        )


def _place(path: Sequence[str | int]) -> str:
    """The place of a fault, the same for each entry of a list: `tags.*.name`."""
    return ".".join("*" if isinstance(step, int) else str(step) for step in path)


def has_no_stated_content(contract: Contract, response: Response) -> bool:
    """Does the document not say what a response contains?

    In Swagger 2.0 `produces` gives each response a media type; a response without a schema has no content (OpenAPI 2.0,
    Response Object), and what a server sends there all the same is its own affair.
    """
    return not response.content or (
        "swagger" in contract.document.raw and all(each.schema is None for each in response.content)
    )


def _sent(exchange: RecordedExchange) -> str:
    """The media type of a response, without its parameters."""
    return essence(exchange.header("content-type") or "")


def documented_media(response: Response, exchange: RecordedExchange) -> MediaType | None:
    """The documented media type that a response matches, or None."""
    return next((m for m in response.content if _covers(m.name, _sent(exchange))), None)


def _schema(media: MediaType, exchange: RecordedExchange, contract: Contract) -> Iterator[ResponseViolation]:
    if exchange.json is None and exchange.reply_body.strip() != b"null":
        yield ResponseViolation(
            "json", f"a valid JSON body (RFC 8259), nested at most {MAX_DEPTH} levels deep", _start(exchange)
        )
        return
    try:
        wrong = _faults(contract.schemas.validator(str(media.schema), "response"), exchange.json)
    except InvalidDocument:
        return
    if wrong and _matches_several(contract, media, exchange.json):
        return
    for fault in wrong[:3]:
        yield ResponseViolation(
            f"{exchange.status} {_place(fault.path)} {fault.keyword}",
            f"the body of a {exchange.status} response matches its schema",
            f"{fault.field}: {fault.message}",
        )


def _faults(validator: Validator, value: Any) -> Sequence[Fault]:
    """What is wrong with a value, but for line ends after texts that match their patterns.

    `$` matches before such a line end in Python, Perl and PHP, so servers accept the text and show it. That they accept
    it is a warning of `validation`.
    """
    wrong = faults(validator, value, "body")
    if all(each.keyword != "pattern" for each in wrong):
        return wrong
    lasting = {each.path for each in faults(validator, _without_line_ends(value), "body") if each.keyword == "pattern"}
    return [each for each in wrong if each.keyword != "pattern" or each.path in lasting]


def _without_line_ends(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_line_ends(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_line_ends(each) for each in value]
    return value.removesuffix("\n") if isinstance(value, str) else value


def _covers(documented: str, sent: str) -> bool:
    """Does a documented media type or range include the one that was sent?"""
    documented = essence(documented)
    if documented in ("*/*", sent):
        return True
    return documented.endswith("/*") and sent.startswith(documented[:-1])


def _start(exchange: RecordedExchange) -> str:
    return exchange.reply_body[:200].decode("utf-8", "replace") or "an empty body"
