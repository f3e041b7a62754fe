"""JSONPath (RFC 9535) on what clients send: in bounded time and memory."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from mockserver.errors import Fault, Invalid
from mockserver.lazy_module import LazyModule
from mockserver.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import jsonpath_rfc9535
else:
    jsonpath_rfc9535 = LazyModule("jsonpath_rfc9535")

MOST_NODES = 1_000
"""How many values an expression finds at most."""

LONGEST = 1_000
"""The longest expression, in characters."""

TEXT = lazy_pattern(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
"""A string literal (RFC 9535 section 2.3.1.1)."""

SLOW = (
    (re.compile(r"\.\..*\.\."), "use `..` once at most"),
    (re.compile(r".\$"), "use `$` only at the beginning"),
    (re.compile(r"\b(?:match|search)\s*\("), 'use {"schema": {"pattern": …}} instead of match() and search()'),
)
"""What can take more than linear time in the size of a body, and what to do instead."""


class JsonPath:
    """A compiled expression."""

    def __init__(self, expression: str, at: tuple[str | int, ...] = ()) -> None:
        """Raises Invalid, naming the field `at`, for what is no expression, or one that could take too long."""
        try:
            _refuse_slow(expression)
            self._find = jsonpath_rfc9535.compile(expression).finditer
        except (jsonpath_rfc9535.JSONPathError, ValueError, RecursionError) as fault:
            message = f"{expression[:80]!r} cannot be used as JSONPath (RFC 9535): {fault}"
            raise Invalid(message, faults=(Fault("body", at, message, "value"),)) from None

    def find(self, value: Any) -> list[Any]:
        """The first values that the expression finds in a JSON value; none where it is nested too deeply."""
        try:
            return [node.value for node in islice(self._find(value), MOST_NODES)]
        except (jsonpath_rfc9535.JSONPathError, RecursionError):
            return []


def _refuse_slow(expression: str) -> None:
    if len(expression) > LONGEST:
        raise ValueError(f"it has more than {LONGEST} characters")
    bare = TEXT.sub("''", expression)
    for pattern, advice in SLOW:
        if pattern.search(bare):
            raise ValueError(advice)
