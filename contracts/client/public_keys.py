"""Public RSA keys as services publish them (RFC 7517), in the form in which programs keep them (RFC 5280, RFC 7468)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

RSA = bytes.fromhex("300d06092a864886f70d0101010500")
"""The AlgorithmIdentifier of RSA in DER (RFC 3279 section 2.3.1)."""


def pem_of(key: Mapping[str, Any]) -> bytes | None:
    """The SubjectPublicKeyInfo of a JSON Web Key, as PEM with a line end; None for another kind of key."""
    numbers = [_number(key.get(name)) for name in ("n", "e")]
    if key.get("kty") != "RSA" or None in numbers:
        return None
    inner = _element(0x30, b"".join(_integer(each) for each in numbers if each is not None))
    whole = _element(0x30, RSA + _element(0x03, b"\0" + inner))
    text = base64.b64encode(whole).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""]).encode()


def _number(text: Any) -> int | None:
    """A number in the notation of JSON Web Keys (RFC 7518 section 2: Base64urlUInt)."""
    try:
        return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big") or None
    except (TypeError, ValueError):
        return None


def _element(tag: int, content: bytes) -> bytes:
    """An element of DER: its tag, its length and its content (X.690 section 8.1)."""
    size = len(content)
    length = size.to_bytes((size.bit_length() + 7) // 8 or 1, "big")
    return bytes([tag]) + (length if size < 128 else bytes([0x80 | len(length)]) + length) + content


def _integer(value: int) -> bytes:
    return _element(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))
