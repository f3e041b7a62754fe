"""Names of media types, in documents and in Content-Type headers (RFC 9110 section 8.3.1)."""

from __future__ import annotations

from functools import lru_cache

FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
RANGES = frozenset({"*/*", "application/*"})
"""Media type ranges that JSON belongs to."""


def essence(name: str) -> str:
    """`type/subtype` in lower case, without parameters."""
    return name.partition(";")[0].strip().lower()


@lru_cache(maxsize=1024)  # asked for every reply
def is_json(name: str) -> bool:
    """Is a body of this media type one JSON value (RFC 8259; RFC 6839 section 3.1 for `+json`)?"""
    return essence(name).endswith(("/json", "+json"))


def may_be_json(name: str) -> bool:
    """Is it JSON, or a range that JSON belongs to?"""
    return is_json(name) or essence(name) in RANGES


def is_form(name: str) -> bool:
    """Is a body of this media type a form, whose fields are properties?"""
    return essence(name) in FORMS
