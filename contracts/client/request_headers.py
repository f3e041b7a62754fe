"""Values of required request headers that HTTP gives a meaning, so that no example of a document will do."""

from __future__ import annotations

import uuid

ANY_TAG = "*"
"""The value of If-Match that every existing item meets (RFC 9110 section 13.1.1)."""


def is_idempotency_key(name: str) -> bool:
    """Is a header of this name a key that makes a repeated request safe?"""
    return name.lower().replace("-", "").replace("_", "").endswith("idempotencykey")


def meant_value(name: str) -> str | None:
    """A value for a required header: a new key each time, and a tag that every item has. None for other headers."""
    if is_idempotency_key(name):
        return str(uuid.uuid4())
    return ANY_TAG if name.lower() == "if-match" else None
