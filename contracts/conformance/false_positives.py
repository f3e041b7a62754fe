"""What the engine tells as a failure, and what a correct server may do all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from schemathesis.core.failures import AcceptedNegativeData, Failure, ServerError
from schemathesis.openapi.checks import (
    JsonSchemaError,
    MissingContentType,
    RejectedPositiveData,
    UndefinedContentType,
    UndefinedStatusCode,
)

from contracts.client.path_values import is_nested, may_stand
from contracts.conformance.ignored_statements import HEADERS
from contracts.conformance.openapi_core_check import OpenapiCoreCheck
from contracts.conformance.response_validation import is_foreseen, is_general, is_unsatisfiable, tells_success
from contracts.model.finding import RecordedExchange
from mockserver.contract import Contract
from mockserver.openapi.document import MediaType, Operation

INTEROPERABLE = 2**53 - 1
"""The largest integer of which all programs agree what it is (RFC 8259 section 6)."""


OTHERS = re.compile(r"Invalid component: in (cookie|header) - object with unexpected properties")
"""What the engine says of a cookie or header that the document does not know; whoever carries a request adds some."""

PARAMETER = re.compile(r"Invalid component: parameter `(.+?)` in (\w+) - incorrect type")
"""What the engine says of a parameter whose value has another type before it is written."""

FIELD = re.compile(r"Invalid component: in body - (?:.*(?: -> |: ))?(.+): Incorrect type")
"""What the engine says of a field of a body whose value has another type."""

FURTHER = re.compile(r"Invalid component: in body - object with unexpected properties")
"""What the engine says of a form with a field more; Swagger's list of `formData` forbids none."""

WHOLE = re.compile(r"Invalid component: in body - incorrect type")
"""What the engine says of a body that has another type."""

TEXTUAL = frozenset({"string", "array", "object"})
"""What any text may be read as, outside of JSON: itself, a list of one, or an object in a notation of its own."""


@dataclass(frozen=True, slots=True)
class FalsePositives:
    """Knows the contract of a service at the address `base`, and asks openapi-core what it thinks of a request.

    `inherits` says that the document has discriminators of schemas that inherit.
    """

    contract: Contract
    jury: OpenapiCoreCheck
    base: str
    inherits: bool

    def excuses(self, operation: Operation, case: Any, failure: Failure, exchange: RecordedExchange) -> bool:
        """May a correct server fail thus at `case`, a request that the engine made up?

        It may refuse what fits the schema only, answer with what HTTP itself has for bad requests, with a server error
        that its document foresees, and in any content type or none where no content is documented for that status (the
        engine takes Swagger's `produces` for all of them). It may take what is wrong as a value but right as it was
        written: an address knows texts only, and so do forms.
        """
        if isinstance(failure, RejectedPositiveData):
            return self._may_refuse(operation, case, exchange)
        if isinstance(failure, AcceptedNegativeData):
            return self._may_take(operation, failure.message, exchange)
        if isinstance(failure, UndefinedStatusCode):
            return is_general(operation, failure.status_code)
        if isinstance(failure, JsonSchemaError):
            return is_unsatisfiable(self.contract, operation, exchange)
        if isinstance(failure, ServerError):
            return is_foreseen(operation, failure.status_code)
        if isinstance(failure, MissingContentType | UndefinedContentType):
            response = operation.response(exchange.status)
            return response is None or not response.content
        return False

    def _may_refuse(self, operation: Operation, case: Any, exchange: RecordedExchange) -> bool:
        """May a request that the engine takes for valid be refused?"""
        unsafe = any(abs(each) > INTEROPERABLE for each in _integers(case))
        told = not tells_success(operation) and operation.response(exchange.status) is not None
        misled = self._is_misled(operation, case) or self._is_unkind(operation, exchange)
        return unsafe or told or misled or _has_unknown_cursor(self.contract, case)

    def _is_unkind(self, operation: Operation, exchange: RecordedExchange) -> bool:
        """Is the body of no kind that a discriminator knows? The engine passes over those of inheriting schemas."""
        body = operation.request_body
        media = next((m for m in body.content if m.name == _media_type(exchange)), None) if body else None
        if media is None or media.schema is None or "json" not in media.name or not self.inherits:
            return False
        return not self.contract.schemas.validator(media.schema, "request").is_valid(exchange.sent)

    def _is_misled(self, operation: Operation, case: Any) -> bool:
        """Is there a parameter whose own schema forbids its text, or whose value no style writes?

        The engine takes texts from other replies by links, and any text where it cannot read a pattern.
        """
        given = {"path": case.path_parameters, "query": case.query, "header": case.headers, "cookie": case.cookies}
        for parameter in operation.parameters:
            value = (given[parameter.location] or {}).get(parameter.name)
            if value is None or (parameter.location == "header" and parameter.name.lower() in HEADERS):
                continue
            if is_nested(self.contract.schemas, parameter):
                return True
            text = unquote(str(value)) if parameter.location == "path" else value
            if isinstance(text, str) and not may_stand(self.contract.schemas, parameter, text):
                return True
        return False

    def _may_take(self, operation: Operation, said: str, exchange: RecordedExchange) -> bool:
        """May a request be taken that the engine takes for invalid?"""
        if OTHERS.search(said):
            return True
        if " in body" not in said:
            return self._is_any_text(operation, said) or self.jury.fits(operation, exchange, self.base)
        sent = _media_type(exchange)
        media = (
            next((m for m in operation.request_body.content if m.name == sent), None)
            if (operation.request_body)
            else None
        )
        if media is None or media.schema is None:
            return False
        if "json" in sent:
            return self._is_meant(media.schema, said, exchange)
        return self._is_text(media, said) or (
            "swagger" in self.contract.document.raw and FURTHER.search(said) is not None
        )

    def _is_any_text(self, operation: Operation, said: str) -> bool:
        """Is it about a parameter that is written as a list or an object, which every text is in some notation?"""
        named = PARAMETER.search(said)
        found = [p for p in operation.parameters if named and (p.name, p.location) == named.groups() and p.schema]
        return any(self.contract.schemas.types(str(p.schema)) & {"array", "object"} for p in found)

    def _is_meant(self, schema: str, said: str, exchange: RecordedExchange) -> bool:
        """Is all that is wrong a null, which `nullable` allows and an `enum` beside it does not?"""
        field = FIELD.search(said)
        if field is None or not _is_null(field.group(1), exchange.sent):
            return False
        return self.contract.schemas.validator(schema, "request").is_valid(exchange.sent)

    def _is_text(self, media: MediaType, said: str) -> bool:
        """Is it about a type, of what was written as a text and may be read as that type?"""
        schemas, field = self.contract.schemas, FIELD.search(said)
        if field is None:
            whole = schemas.types(str(media.schema)) == {"string"} and media.name.startswith("text/")
            return whole and WHOLE.search(said) is not None
        known = schemas.properties(str(media.schema))
        types = schemas.types(known[field.group(1)]) if field.group(1) in known else frozenset()
        return bool(types & TEXTUAL)


def _media_type(exchange: RecordedExchange) -> str:
    """The media type of a request, without its parameters."""
    found = next((value for name, value in exchange.headers if name.lower() == "content-type"), "")
    return found.partition(";")[0].strip().lower()


def _is_null(name: str, value: Any) -> bool:
    """Does a field of that name hold null, anywhere in a value?"""
    if isinstance(value, dict):
        return (name in value and value[name] is None) or any(_is_null(name, each) for each in value.values())
    return isinstance(value, list) and any(_is_null(name, each) for each in value)


def _has_unknown_cursor(contract: Contract, case: Any) -> bool:
    """A cursor that the service never gave out fits the schema only."""
    stated = contract.behaviour.operations.get((case.operation.path, case.operation.method))
    paging = stated.paging if stated else None
    given = case.query or {}
    return (
        paging is not None
        and paging.style == "cursor"
        and any(given.get(name) for name in (paging.position, paging.backward))
    )


def _integers(case: Any) -> Iterator[int]:
    """Every integer of a request, by name or by its text."""
    for place in (case.path_parameters, case.query, case.headers, case.cookies):
        for value in (place or {}).values():
            texts = value if isinstance(value, list | tuple) else [value]
            yield from (int(text) for text in map(str, texts) if re.fullmatch(r"-?[0-9]{16,4000}", text))
    yield from _within(case.body)


def _within(value: Any) -> Iterator[int]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _within(each)
    elif isinstance(value, int):
        yield value
