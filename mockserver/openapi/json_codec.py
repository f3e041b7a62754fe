"""JSON as bytes (RFC 8259), with integers of any size: the fast reader and writer know 64 bits only."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import orjson

DIGITS = bytes.maketrans(b"123456789", b"000000000")
LONG = b"0" * 19
"""So many digits in a row are needed for an integer of more than 64 bits."""


def read(content: bytes) -> Any:
    """The value that the bytes write. Raises orjson.JSONDecodeError.

    An integer of more digits than Python reads (`sys.set_int_max_str_digits`) is a fraction.
    """
    value = orjson.loads(content)
    if LONG in content.translate(DIGITS):
        with suppress(ValueError):
            return json.loads(content)
    return value


def write(value: Any, option: int | None = None) -> bytes:
    """The bytes that write the value; `option` is one of orjson's. Raises TypeError for what JSON cannot say."""
    try:
        return orjson.dumps(value, option=option)
    except TypeError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
