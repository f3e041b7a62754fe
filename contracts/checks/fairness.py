"""Requests that fit the document, and that a correct server may refuse all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mockserver.spec.contract import Contract

INTEROPERABLE = 2**53 - 1
"""The largest integer of which all programs agree what it is (RFC 8259 section 6)."""


def may_be_refused(contract: Contract, case: Any) -> bool:
    """May the service refuse `case`, a valid request that the engine made up?"""
    return _has_unknown_cursor(contract, case) or any(abs(each) > INTEROPERABLE for each in _integers(case))


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
