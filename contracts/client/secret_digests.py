"""Digests of a credential, as a service may keep them: who sees one can guess the credential without asking."""

from __future__ import annotations

import base64
import hashlib
import re

ALGORITHMS = ("md5", "sha1", "sha256", "sha512")

SHOWN = re.compile(r"(?:\w+\()?\$\{[A-Z][A-Z0-9_]*\}\)?")
"""A text that is a credential, or a digest of one, in an exchange whose secrets are replaced."""


def digests(secret: str, placeholder: str) -> dict[str, str]:
    """Maps each digest of a secret, in hexadecimal digits and in Base64, to the text that replaces it.

    The text is like `sha256(${NAME})`, so that it says what it is, and the secret cannot be guessed from a report.
    """
    found: dict[str, str] = {}
    for name in ALGORITHMS:
        raw = hashlib.new(name, secret.encode(), usedforsecurity=False).digest()
        shown = f"{name}({placeholder})"
        found |= dict.fromkeys((raw.hex(), raw.hex().upper(), base64.b64encode(raw).decode()), shown)
    return found


def is_credential(value: object) -> bool:
    """Is a value of a recorded exchange nothing but a credential, or a digest of one?"""
    return isinstance(value, str) and SHOWN.fullmatch(value) is not None
