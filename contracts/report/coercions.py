"""Values that a framework converts: a request has `"yes"` where the schema wants a boolean; the reply has `true`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts.model.finding import Finding

ABOUT_TYPES = frozenset({"validation", "negative_data_rejection"})
"""Two checks, ours and one of Schemathesis, of requests that the schema does not allow."""

LONGEST_BODY = 100_000
"""A longer reply is not looked through."""


def is_coercion(found: Finding) -> bool:
    """Was a value of a wrong type accepted, and shown with another type? Pydantic does so in all operations."""
    last = found.exchanges[-1] if found.exchanges else None
    if last is None or found.check not in ABOUT_TYPES or not 200 <= last.status < 300:
        return False
    if len(last.reply_body) > LONGEST_BODY:
        return False
    shown: dict[str, set[str]] = {}
    for name, kind in _kinds(last.json):
        shown.setdefault(name, set()).add(kind)
    return any(name in shown and kind not in shown[name] for name, kind in _kinds(last.sent))


def _kinds(value: Any) -> Iterator[tuple[str, str]]:
    """The name and the type of each text, number and boolean in a JSON value."""
    if isinstance(value, list):
        for each in value:
            yield from _kinds(each)
    for name, each in value.items() if isinstance(value, dict) else ():
        if isinstance(each, dict | list):
            yield from _kinds(each)
        elif each is not None:
            yield name, _kind(each)


def _kind(value: Any) -> str:
    return "boolean" if isinstance(value, bool) else "string" if isinstance(value, str) else "number"
