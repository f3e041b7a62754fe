"""Texts of a form: another e-mail address, another URL, another host name. A change at the end would break the form."""

from __future__ import annotations

import re
from typing import Any

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
"""An e-mail address. A service may know which domains there are, so only the part before the `@` is changed."""

LONGEST_LOCAL, LONGEST_NAME, LONGEST_LABEL = 64, 253, 63
"""The most characters before the `@` of an e-mail address (RFC 5321 section 4.5.3.1), and in a host name and in one of
its labels (RFC 1035 section 2.3.4)."""

LONGEST_ADDRESS = 254
"""The most characters of an e-mail address: those of a path without its brackets (RFC 5321 section 4.5.3.1.3)."""

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


def has_form(text: str) -> bool:
    """Is it an e-mail address, a URL or a host name?"""
    return "://" in text or EMAIL.fullmatch(text) is not None or HOST.fullmatch(text) is not None


def of_length(present: Any, length: int) -> str | None:
    """A text of that many characters, of the form of `present`; None if none of that form is so short or so long."""
    text = present if isinstance(present, str) else ""
    if len(text) == length:
        return text
    if "://" in text:
        return _url(text, length)
    if EMAIL.fullmatch(text):
        return _address(text, length)
    if HOST.fullmatch(text):
        return _host_name(text, length)
    if length > len(text):
        return text + "a" * (length - len(text))
    return text[:length] if text[:length] == text[:length].strip() else "a" * length


def _url(text: str, length: int) -> str | None:
    """A longer path, or query if there is one: a label of the host has at most 63 characters."""
    scheme, _, rest = text.partition("://")
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    start = f"{scheme}://{host}"
    if length < len(start):
        shorter = _host_name(host, length - len(scheme) - 3)
        return f"{scheme}://{shorter}" if shorter is not None else None
    whole = text if text != start else f"{start}/"
    return whole[:length] + "a" * (length - len(whole))


def _address(text: str, length: int) -> str | None:
    """The domain is kept where it can be: a service may know which domains there are."""
    local, _, domain = text.rpartition("@")
    if length > LONGEST_ADDRESS:
        return None
    room = length - len(domain) - 1
    if 1 <= room <= LONGEST_LOCAL:
        return f"{(local + 'a' * room)[:room].rstrip('.').ljust(room, 'a')}@{domain}"
    local = local[:1] if room < 1 else local
    name = _host_name(domain, length - len(local) - 1)
    return f"{local}@{name}" if name is not None else None


def _host_name(text: str, length: int) -> str | None:
    """A host name that ends as `text` does, with further labels before it, or with fewer."""
    if length > LONGEST_NAME:
        return None
    missing = length - len(text)
    if missing >= 0:
        if len(text.partition(".")[0]) + missing <= LONGEST_LABEL:
            return "a" * missing + text
        labels = "".join("." if n % 50 == 0 and n != missing - 1 else "a" for n in range(missing))
        return labels[::-1] + text
    last = text.rpartition(".")[2]
    room = length - len(last) - 1
    return f"{'a' * room}.{last}" if 1 <= room <= LONGEST_LABEL and last != text else None
