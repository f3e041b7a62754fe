"""The header fields and cookies of a request."""

from __future__ import annotations

from collections.abc import Sequence


def read_headers(pairs: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Values by name in lower case; the values of a repeated name are joined by commas (RFC 9110 section 5.3)."""
    found = {name.decode("latin-1"): value.decode("latin-1") for name, value in pairs}
    if len(found) == len(pairs):
        return found
    lists: dict[str, list[str]] = {}
    for name, value in pairs:
        lists.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
    return {name: ("; " if name == "cookie" else ", ").join(values) for name, values in lists.items()}


class Cookies(dict[str, str]):
    """The value of each name, the last one if there are several; `pairs` has all of them in their order."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def read_cookies(text: str) -> Cookies:
    """Cookies by name (RFC 6265 section 4.2), without quotation marks around a value."""
    pairs = (part.partition("=")[::2] for part in text.split(";") if "=" in part)
    return Cookies([(name.strip(), value.strip().removeprefix('"').removesuffix('"')) for name, value in pairs])
