"""Validates responses a second time with openapi-core, an independent implementation of OpenAPI."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from openapi_core import Config, OpenAPI
from openapi_core.deserializing.media_types.util import json_loads, plain_loads
from openapi_core.exceptions import OpenAPIError
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.testing import MockRequest, MockResponse

from contracts.conformance.ignored_statements import nullable, with_pointers
from contracts.conformance.response_validation import documented_media
from contracts.model.finding import Finding, RecordedExchange, finding
from contracts.model.operation_path import below_server
from contracts.model.resources import name_of
from mockserver.contract import Contract
from mockserver.openapi import media_types
from mockserver.openapi.closed_parts import has_closed_parts
from mockserver.openapi.document import Operation, Response
from mockserver.openapi.multipart import is_ordered

# It reads no credentials of OAuth 2 and OpenID Connect, and says so for each request; we compare responses only.
warnings.filterwarnings("ignore", message="Unsupported scheme type", category=UserWarning)

CHECK = "openapi-core"
"""The name of this check in reports."""

MOST = 500
"""At most so many responses are validated twice in one run, because each takes milliseconds."""

HOST = "http://openapi-core.local"

LOST = re.compile(r"reference '[^']*' could not be resolved")
"""openapi-core's message for a discriminator value that names no schema, which OpenAPI does not forbid."""


def _readers(operations: Iterable[Operation]) -> Iterator[tuple[str, Callable[..., Any]]]:
    """How bodies are read that openapi-core takes for bytes: JSON of other names, such as problem+json, and text."""
    for operation in operations:
        requested = operation.request_body.content if operation.request_body is not None else ()
        answered = (media for response in operation.responses for media in response.content)
        for media in (*requested, *answered):
            if media_types.is_json(media.name):
                yield media.name, json_loads
            elif media.name.startswith("text/"):
                yield media.name, plain_loads
            elif media_types.is_range(media.name):
                yield media.name, _json_or_bytes


def _json_or_bytes(content: bytes, **parameters: str) -> Any:
    """A body whose media type the document leaves open (`*/*`): a value where it is JSON."""
    try:
        return json_loads(content, **parameters)
    except ValueError:
        return content


class OpenapiCoreCheck:
    """Validates responses with openapi-core and reports a disagreement with the first validator."""

    def __init__(self, contract: Contract) -> None:
        self.findings: dict[str, Finding] = {}
        self.outcomes: dict[str, str] = {}
        self._document, self._schemas = contract.document, contract.schemas
        self._validators: dict[str, OpenAPI] = {}
        self._seen: set[object] = set()

    def compare(
        self, operation: Operation, exchange: RecordedExchange, base: str, validator: str, violations: Sequence[str]
    ) -> None:
        """Validate a response again. `violations` are the messages of the first `validator`, if any."""
        response = operation.response(exchange.status)
        if response is None or exchange.method == "HEAD" or len(self._seen) >= MOST:
            return
        if self._has_closed_parts or self._reads_otherwise(response, exchange):
            return
        seen = (
            operation.pointer,
            exchange.status,
            exchange.header("content-type"),
            bool(violations),
            _shape(exchange.json),
        )
        if seen in self._seen:
            return
        self._seen.add(seen)
        message = self._message(operation, exchange, base)
        if message is None:
            return
        name = name_of(operation)
        self.outcomes.setdefault(name, "passed")
        if bool(message) != bool(violations):
            self.outcomes[name] = "failed"
            self._report(name, exchange, validator, violations[0] if violations else "valid", message or "valid")

    def _reads_otherwise(self, response: Response, exchange: RecordedExchange) -> bool:
        """Is the response of a media type that openapi-core does not read as its schema describes it?

        It reads parts by their names only, a text as one text, and a file as bytes, which it takes for no string.
        """
        sent, media = exchange.header("content-type") or "", documented_media(response, exchange)
        if is_ordered(sent) or media is None or media.schema is None or media_types.is_json(sent):
            return is_ordered(sent)
        is_structured = bool(self._schemas.types(media.schema) & {"array", "object"})
        return not media_types.is_form(sent) and (is_structured or not media_types.essence(sent).startswith("text/"))

    def accepts_request(self, operation: Operation, exchange: RecordedExchange, base: str) -> bool:
        """Is a request valid by the document? False where openapi-core cannot decide."""
        parts = urlsplit(below_server(exchange.url, base, self._document))
        given = {name.lower(): value for name, value in exchange.headers}
        length = {"content-length": str(len(exchange.body or b""))}  # every HTTP client adds it
        request = MockRequest(
            HOST,
            exchange.method.lower(),
            unquote(parts.path),
            headers=length | given,
            args=parse_qsl(parts.query, keep_blank_values=True),  # type: ignore[arg-type]
            data=exchange.body,
            content_type=given.get("content-type", ""),
        )
        try:
            self._validator(operation).validate_request(request)
        except Exception:  # noqa: BLE001  a crash of openapi-core says nothing about the request
            return False
        return True

    def _report(
        self, name: str, exchange: RecordedExchange, validator: str, first_message: str, second_message: str
    ) -> None:
        found = finding(
            CHECK,
            name,
            verdict="disagreement",
            about=f"{exchange.status} {validator} {second_message[:40]}",
            expected=f"{validator} and openapi-core agree about this {exchange.status} response",
            seen=f"{validator}: {first_message}; openapi-core: {second_message}",
            exchanges=(exchange,),
        )
        self.findings.setdefault(found.id, found)

    def _message(self, operation: Operation, exchange: RecordedExchange, base: str) -> str | None:
        """openapi-core's message; empty for a valid response, None where it cannot decide."""
        parts = urlsplit(below_server(exchange.url, base, self._document))
        request = MockRequest(HOST, exchange.method.lower(), unquote(parts.path), args=dict(parse_qsl(parts.query)))
        kind = exchange.header("content-type") or ""
        core_response = MockResponse(
            exchange.reply_body, exchange.status, headers=dict(exchange.reply_headers), content_type=kind
        )
        try:
            return self._fault(operation, request, core_response)
        except Exception:  # noqa: BLE001  a crash of openapi-core says nothing about the response
            return None

    def _fault(self, operation: Operation, request: MockRequest, response: MockResponse) -> str | None:
        try:
            self._validator(operation).validate_response(request, response)
        except PathError:
            return None
        except OpenAPIError as error:
            return _message_of(error)  # which fails too when the error quotes a body that is not UTF-8
        return ""

    @cached_property
    def _has_closed_parts(self) -> bool:
        """Does an `allOf` forbid what a part of it declares? openapi-core takes that literally."""
        return has_closed_parts(dict(self._document.raw))

    @cached_property
    def _raw(self) -> Mapping[str, Any]:
        """The document as published with `nullable` made explicit; Swagger 2.0 documents in converted form."""
        return nullable(with_pointers(self._document.raw)) if "openapi" in self._document.raw else self._document.root

    def _validator(self, operation: Operation) -> OpenAPI:
        """openapi-core for a document with this path only: its search for the matching path is slow."""
        if operation.path not in self._validators:
            raw = self._raw
            item = raw["paths"][operation.path]
            alone = {**raw, "servers": [{"url": HOST}], "paths": {operation.path: _without_servers(item)}}
            readers = dict(_readers(each for each in self._document.operations if each.path == operation.path))
            config = Config(spec_validator_cls=None, extra_media_type_deserializers=readers)
            self._validators[operation.path] = OpenAPI.from_dict(alone, config=config)
        return self._validators[operation.path]


def _without_servers(item: Mapping[str, Any]) -> dict[str, Any]:
    """A Path Item without its own server addresses."""
    return {
        key: _without_servers(value) if isinstance(value, dict) and "responses" in value else value
        for key, value in item.items()
        if key != "servers"
    }


def _message_of(error: OpenAPIError) -> str | None:
    """openapi-core's message; None if its only complaint is a name that it cannot resolve."""
    cause = error.__cause__ or error
    errors = [error.message for error in getattr(cause, "schema_errors", ())]
    if errors and all(map(LOST.search, errors)):
        return None
    return ("; ".join(errors[:3]) or str(cause) or type(cause).__name__)[:500]


def _shape(value: Any) -> object:
    """The structure of a JSON value without its texts and numbers; responses of the same shape are validated once."""
    if isinstance(value, dict):
        return frozenset((key, _shape(each)) for key, each in value.items())
    if isinstance(value, list):
        return ("list", frozenset(map(_shape, value)))
    return type(value).__name__
