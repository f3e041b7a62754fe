"""How much a request may hold, so that one client cannot hold up the others."""

from __future__ import annotations

from typing import Any

from mockserver.errors import Malformed

MOST_FIELDS = 20_000
"""How many fields a form may have, and how many elements an XML body."""

MOST_PARTS = 2_000
"""How many parts a multipart body may have: each takes the parser fifty times as long as a field."""

DEEPEST = 200
"""How deep a value may be nested. The JSON writer knows 254 levels, and a reply adds some around the value."""


def refuse_more_than(limit: int, count: int, what: str) -> None:
    """Raises Malformed where there are more than `limit` of something, such as `parts`."""
    if count > limit:
        raise Malformed(f"the body has more than {limit:,} {what}")


def refuse_deep(content: bytes, value: Any) -> None:
    """Raises Malformed where a value is nested deeper than DEEPEST. `content` is its text, JSON or XML."""
    if content.count(b"[") + content.count(b"{") + content.count(b"</") > DEEPEST and _is_deep(value):
        raise Malformed(f"the body is nested more than {DEEPEST} levels deep")


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            child
            for node in level
            for child in (node.values() if type(node) is dict else node)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return False
    return True
