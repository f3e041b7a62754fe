"""Validates responses a second time with openapi-core, an independent implementation of OpenAPI."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.testing import MockRequest, MockResponse

from contracts.conformance.ignored_statements import nullable
from contracts.model.finding import Finding, RecordedExchange, finding
from contracts.model.resources import name_of
from mockserver.contract import Contract
from mockserver.openapi.document import Operation

CHECK = "openapi-core"
"""The name of this check in reports."""

MOST = 500
"""At most so many responses are validated twice in one run, because each takes milliseconds."""

HOST = "http://judge.local"

LOST = re.compile(r"reference '[^']*' could not be resolved")
"""openapi-core's message for a discriminator value that names no schema, which OpenAPI does not forbid."""


class OpenapiCoreCheck:
    """Validates responses with openapi-core and reports a disagreement with the first validator."""

    def __init__(self, contract: Contract) -> None:
        self.findings: dict[str, Finding] = {}
        self.heard: dict[str, str] = {}
        self._document = contract.document
        self._judges: dict[str, OpenAPI] = {}
        self._seen: set[object] = set()

    def hear(
        self, operation: Operation, exchange: RecordedExchange, base: str, judge: str, faults: Sequence[str]
    ) -> None:
        """Validate a response again. `faults` are the violations that the first `validator` reported, if any."""
        response = operation.response(exchange.status)
        if response is None or exchange.method == "HEAD" or len(self._seen) >= MOST:
            return
        seen = (
            operation.pointer,
            exchange.status,
            exchange.header("content-type"),
            bool(faults),
            _shape(exchange.json),
        )
        if seen in self._seen:
            return
        self._seen.add(seen)
        said = self._judged(operation, exchange, base)
        if said is None:
            return
        name = name_of(operation)
        self.heard.setdefault(name, "passed")
        if bool(said) != bool(faults):
            self.heard[name] = "failed"
            self._tell(name, exchange, judge, faults[0] if faults else "valid", said or "valid")

    def fits(self, operation: Operation, exchange: RecordedExchange, base: str) -> bool:
        """Is a request valid by the document? False where openapi-core cannot decide."""
        parts = urlsplit(exchange.url.removeprefix(base))
        given = {name.lower(): value for name, value in exchange.headers}
        length = {"content-length": str(len(exchange.body or b""))}  # every HTTP client adds it
        asked = MockRequest(
            HOST,
            exchange.method.lower(),
            unquote(parts.path),
            headers=length | given,
            args=parse_qsl(parts.query, keep_blank_values=True),  # type: ignore[arg-type]
            data=exchange.body,
            content_type=given.get("content-type", ""),
        )
        try:
            self._judge(operation).validate_request(asked)
        except Exception:  # noqa: BLE001  a crash of openapi-core says nothing about the request
            return False
        return True

    def _tell(self, name: str, exchange: RecordedExchange, judge: str, ours: str, theirs: str) -> None:
        found = finding(
            CHECK,
            name,
            verdict="disagreement",
            about=f"{exchange.status} {judge} {theirs[:40]}",
            expected=f"{judge} and openapi-core agree about this {exchange.status} response",
            seen=f"{judge}: {ours}; openapi-core: {theirs}",
            exchanges=(exchange,),
        )
        self.findings.setdefault(found.id, found)

    def _judged(self, operation: Operation, exchange: RecordedExchange, base: str) -> str | None:
        """openapi-core's message; empty for a valid response, None where it cannot decide."""
        parts = urlsplit(exchange.url.removeprefix(base))
        asked = MockRequest(HOST, exchange.method.lower(), unquote(parts.path), args=dict(parse_qsl(parts.query)))
        kind = exchange.header("content-type") or ""
        answered = MockResponse(
            exchange.reply_body, exchange.status, headers=dict(exchange.reply_headers), content_type=kind
        )
        try:
            self._judge(operation).validate_response(asked, answered)
        except PathError:
            return None
        except OpenAPIError as fault:
            return _words(fault)
        except Exception:  # noqa: BLE001  a crash of openapi-core says nothing about the response
            return None
        return ""

    @cached_property
    def _raw(self) -> Mapping[str, Any]:
        """The document as published with `nullable` made explicit; Swagger 2.0 documents in converted form."""
        return nullable(self._document.raw) if "openapi" in self._document.raw else self._document.root

    def _judge(self, operation: Operation) -> OpenAPI:
        """openapi-core for a document with this path only: its search for the matching path is slow."""
        if operation.path not in self._judges:
            raw = self._raw
            item = raw["paths"][operation.path]
            alone = {**raw, "servers": [{"url": HOST}], "paths": {operation.path: _without_servers(item)}}
            self._judges[operation.path] = OpenAPI.from_dict(alone, config=Config(spec_validator_cls=None))
        return self._judges[operation.path]


def _without_servers(item: Mapping[str, Any]) -> dict[str, Any]:
    """A Path Item without its own server addresses."""
    return {
        key: _without_servers(value) if isinstance(value, dict) and "responses" in value else value
        for key, value in item.items()
        if key != "servers"
    }


def _words(fault: OpenAPIError) -> str | None:
    """openapi-core's message; None if its only complaint is a name that it cannot resolve."""
    cause = fault.__cause__ or fault
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
