"""The largest request that is read, so that one client cannot block the others."""

from __future__ import annotations

from typing import Any

from mockserver.errors import Malformed
from mockserver.openapi.json_codec import is_deep

MAX_FIELDS = 20_000
"""The most fields of a form, and the most elements of an XML body."""

MAX_DEPTH = 200
"""The deepest nesting of a value. The JSON writer allows 254 levels, and a reply adds some around the value."""


def refuse_more_than(limit: int, count: int, what: str) -> None:
    """Raises Malformed if there are more than `limit` of something, such as `parts`."""
    if count > limit:
        raise Malformed(f"the body has more than {limit:,} {what}")


def refuse_deep(content: bytes, value: Any) -> None:
    """Raises Malformed if a value is nested deeper than MAX_DEPTH. `content` is its text, JSON or XML."""
    if len(content) <= 2 * MAX_DEPTH:
        return  # each level has a character at its begin and one at its end
    # Counting brackets is fast and sufficient for nearly all bodies; only the others are walked through.
    if content.count(b"[") + content.count(b"{") + content.count(b"</") > MAX_DEPTH and is_deep(value, MAX_DEPTH):
        raise Malformed(f"the body is nested more than {MAX_DEPTH} levels deep")
