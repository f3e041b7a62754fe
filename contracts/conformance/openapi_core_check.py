"""openapi-core as second judge: replies are held against the document once more, by a reader that is not ours."""

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

CHECK = "second-judge"
"""What a disagreement is called in a report."""

MOST = 500
"""How many replies are judged twice in one examination; each costs milliseconds. Of each shape one is enough."""

HOST = "http://judge.local"

LOST = re.compile(r"reference '[^']*' could not be resolved")
"""What openapi-core says of a kind whose name is no schema's; a discriminator without a mapping leaves that open."""


class OpenapiCoreCheck:
    """Asks openapi-core about replies that were judged already, and tells where the two do not agree."""

    def __init__(self, contract: Contract) -> None:
        self.findings: dict[str, Finding] = {}
        self.heard: dict[str, str] = {}
        self._document = contract.document
        self._judges: dict[str, OpenAPI] = {}
        self._seen: set[object] = set()

    def hear(
        self, operation: Operation, exchange: RecordedExchange, base: str, judge: str, faults: Sequence[str]
    ) -> None:
        """Hold a reply against the document again. `faults` are what `judge` found wrong with it, if anything."""
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
            self._tell(name, exchange, judge, faults[0] if faults else "nothing is wrong", said or "nothing is wrong")

    def fits(self, operation: Operation, exchange: RecordedExchange, base: str) -> bool:
        """Does a request fit the document as it was written? False where openapi-core cannot say."""
        parts = urlsplit(exchange.url.removeprefix(base))
        given = {name.lower(): value for name, value in exchange.headers}
        length = {"content-length": str(len(exchange.body or b""))}  # which every client writes itself
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
        except Exception:  # noqa: BLE001  what breaks inside of the second judge is no verdict on a request
            return False
        return True

    def _tell(self, name: str, exchange: RecordedExchange, judge: str, ours: str, theirs: str) -> None:
        found = finding(
            CHECK,
            name,
            verdict="disagreement",
            about=f"{exchange.status} {judge} {theirs[:40]}",
            expected=f"{judge} and openapi-core agree about this {exchange.status} reply",
            seen=f"{judge}: {ours}; openapi-core: {theirs}",
            exchanges=(exchange,),
        )
        self.findings.setdefault(found.id, found)

    def _judged(self, operation: Operation, exchange: RecordedExchange, base: str) -> str | None:
        """What openapi-core finds wrong; empty when nothing is, None when it cannot say."""
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
        except Exception:  # noqa: BLE001  what breaks inside of the second judge is no verdict on a reply
            return None
        return ""

    @cached_property
    def _raw(self) -> Mapping[str, Any]:
        """The document as published, with the nulls that its writer meant; in normal form where it is of Swagger."""
        return nullable(self._document.raw) if "openapi" in self._document.raw else self._document.root

    def _judge(self, operation: Operation) -> OpenAPI:
        """openapi-core for the document with one path only, so that its search for paths costs nothing."""
        if operation.path not in self._judges:
            raw = self._raw
            item = raw["paths"][operation.path]
            alone = {**raw, "servers": [{"url": HOST}], "paths": {operation.path: _without_servers(item)}}
            self._judges[operation.path] = OpenAPI.from_dict(alone, config=Config(spec_validator_cls=None))
        return self._judges[operation.path]


def _without_servers(item: Mapping[str, Any]) -> dict[str, Any]:
    """A Path Item that lies at every address."""
    return {
        key: _without_servers(value) if isinstance(value, dict) and "responses" in value else value
        for key, value in item.items()
        if key != "servers"
    }


def _words(fault: OpenAPIError) -> str | None:
    """What is wrong in its own words; None where all of it is that it cannot say."""
    cause = fault.__cause__ or fault
    errors = [error.message for error in getattr(cause, "schema_errors", ())]
    if errors and all(map(LOST.search, errors)):
        return None
    return ("; ".join(errors[:3]) or str(cause) or type(cause).__name__)[:500]


def _shape(value: Any) -> object:
    """A JSON value without its texts and numbers: two of one shape are judged alike, as far as types go."""
    if isinstance(value, dict):
        return frozenset((key, _shape(each)) for key, each in value.items())
    if isinstance(value, list):
        return ("list", frozenset(map(_shape, value)))
    return type(value).__name__
