"""Texts of a form: another e-mail address, another URL, another host name. A change at the end would break the form."""

from __future__ import annotations

import re

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
"""An e-mail address. A service may know which domains there are, so only the part before the `@` is changed."""

HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}", re.IGNORECASE)
"""A host name."""


def similar_texts(present: str) -> list[str]:
    """Other texts of the same form, the likeliest to be valid first."""
    if EMAIL.fullmatch(present):
        return [f"2.{present}", f"x{present}"]
    if "://" in present:
        return [f"{present.rstrip('/')}/2", f"{present.rstrip('/')}2"]
    if HOST.fullmatch(present):
        return [f"x2-{present}", f"y-{present}"]
    return [f"{present}-2", present[:-1] + ("x" if present[-1:] != "x" else "y")] if present else ["x"]
