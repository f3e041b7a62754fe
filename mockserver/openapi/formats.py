"""Formats that the validator does not know, with the functions that judge their strings."""

from __future__ import annotations

import re
from collections.abc import Callable

BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")

DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def is_base64(text: str) -> bool:
    """Is it base64, in the alphabet of RFC 4648 section 4 or 5? Line breaks and missing padding are passed over.

    OpenAPI 3.0 section 4.4 calls strings of the format `byte` "base64 encoded characters" and says no more.
    """
    characters = "".join(text.split())
    # Four characters are three bytes, and two or three are one or two; one alone is nothing.
    return BASE64.fullmatch(characters) is not None and len(characters.rstrip("=")) % 4 != 1


def is_decimal(text: str) -> bool:
    """Is it a decimal number with a digit before and after the point, as every reader of the format takes it?

    The format registry of OpenAPI says "a fixed point decimal number of unspecified precision and range". A pattern
    beside the format often says less: an empty text and "-" match the one that Django REST framework documents.
    """
    return DECIMAL.fullmatch(text) is not None


FORMATS: dict[str, Callable[..., bool]] = {"byte": is_base64}
"""Format → is a string of it?"""

WRITTEN_FORMATS = FORMATS | {"decimal": is_decimal}
"""The same for strings of our own. What others may write in a `decimal`, no specification says."""
