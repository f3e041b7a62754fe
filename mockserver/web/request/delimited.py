"""Several values in one text: the styles of OpenAPI 3.1 section 4.8.12.3 that are not exploded."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote_plus

from mockserver.openapi.field_types import TABS

SEPARATORS: dict[str, tuple[str, ...]] = {
    "spaceDelimited": (" ", "%20", "+"),
    "pipeDelimited": ("|", "|", "%7C", "%7c"),
    TABS: ("\t", "\t", "%09"),
    "form": (",", ","),
}
"""The separators of a style: decoded, then as clients may send them."""


def split(raw: str, separators: tuple[str, ...]) -> list[str]:
    """The values in one raw text. An encoded separator counts only if there is no other."""
    decoded, *sent = separators
    found = next((mark for mark in sent if mark in raw), None)
    if found is not None:
        return [unquote_plus(part) for part in raw.split(found)]
    return unquote_plus(raw).split(decoded) if raw else []


def split_plainly(raw: str, style: str, decode: Callable[[str], str]) -> list[str]:
    """The values in a raw text where `+` is no space: in a path or a header."""
    found = next((mark for mark in SEPARATORS[style][1:] if mark != "+" and mark in raw), None)
    return [decode(part) for part in raw.split(found)] if found is not None else [decode(raw)]


def pairs_of(parts: list[str], explode: bool, decode: Callable[[str], str]) -> dict[str, str]:
    """`k,v,k,v` or (exploded) `k=v,k=v` as an object."""
    pairs = [p.partition("=")[::2] for p in parts] if explode else zip(parts[::2], [*parts[1::2], ""], strict=False)
    return {decode(key): decode(value) for key, value in pairs}
