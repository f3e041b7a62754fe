"""What the engine tells as a failure, and what a correct server may do all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schemathesis.core.failures import AcceptedNegativeData, Failure, ServerError
from schemathesis.openapi.checks import (
    MissingContentType,
    MissingHeaderNotRejected,
    RejectedPositiveData,
    UndefinedContentType,
    UndefinedStatusCode,
)

from contracts.checks.jury import Jury
from contracts.conformity import is_foreseen, is_general
from contracts.finding import Exchange
from mockserver.spec.contract import Contract
from mockserver.spec.document import Operation

INTEROPERABLE = 2**53 - 1
"""The largest integer of which all programs agree what it is (RFC 8259 section 6)."""


OF_HTTP = frozenset({"content-length", "host"})
"""Headers that no request can be without, or that whoever carries it writes."""


@dataclass(frozen=True, slots=True)
class Fairness:
    """Knows the contract of a service at the address `base`, and asks openapi-core what it thinks of a request."""

    contract: Contract
    jury: Jury
    base: str

    def excuses(self, operation: Operation, case: Any, failure: Failure, exchange: Exchange) -> bool:
        """May a correct server fail thus at `case`, a request that the engine made up?

        It may refuse what fits the schema only, answer with what HTTP itself has for bad requests, with a server error
        that its document foresees, and in any content type or none where no content is documented for that status (the
        engine takes Swagger's `produces` for all of them). It may take what is wrong as a value but right as it was
        written: an address knows texts only.
        """
        if isinstance(failure, RejectedPositiveData):
            unsafe = any(abs(each) > INTEROPERABLE for each in _integers(case))
            return unsafe or _has_unknown_cursor(self.contract, case)
        if isinstance(failure, AcceptedNegativeData):
            return " in body" not in failure.message and self.jury.fits(operation, exchange, self.base)
        if isinstance(failure, UndefinedStatusCode):
            return is_general(failure.status_code)
        if isinstance(failure, ServerError):
            return is_foreseen(operation, failure.status_code)
        if isinstance(failure, MissingContentType | UndefinedContentType):
            response = operation.response(exchange.status)
            return response is None or not response.content
        return isinstance(failure, MissingHeaderNotRejected) and failure.header_name.lower() in OF_HTTP


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
