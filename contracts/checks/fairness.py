"""What the engine tells as a failure, and what a correct server may do all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemathesis.core.failures import Failure, ServerError
from schemathesis.openapi.checks import RejectedPositiveData, UndefinedStatusCode

from contracts.capabilities import name_of
from contracts.conformity import is_foreseen, is_general
from mockserver.spec.contract import Contract

INTEROPERABLE = 2**53 - 1
"""The largest integer of which all programs agree what it is (RFC 8259 section 6)."""


def is_excused(contract: Contract, case: Any, failure: Failure) -> bool:
    """May a correct server fail thus at `case`, a request that the engine made up?

    It may refuse what fits the schema only, answer with what HTTP itself has for bad requests, and with a server error
    that its document foresees.
    """
    if isinstance(failure, RejectedPositiveData):
        return _has_unknown_cursor(contract, case) or any(abs(each) > INTEROPERABLE for each in _integers(case))
    if isinstance(failure, UndefinedStatusCode):
        return is_general(failure.status_code)
    operation = next((each for each in contract.document.operations if name_of(each) == case.operation.label), None)
    return isinstance(failure, ServerError) and operation is not None and is_foreseen(operation, failure.status_code)


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
