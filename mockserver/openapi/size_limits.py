"""How large a document may be, so that a hostile file cannot use up the memory of this machine."""

from __future__ import annotations

from msgspec import Struct


class SizeLimits(Struct, frozen=True):
    """The largest document that is read.

    `bytes` of all its files together, `depth` of nesting, `values` after every YAML alias is expanded, number of
    `files`, and `seconds` to wait for a URL. The depth stays below 255, beyond which orjson writes no JSON.
    """

    bytes: int = 100_000_000
    depth: int = 200
    values: int = 6_000_000
    files: int = 2_000
    seconds: float = 10.0


BOUNDS = SizeLimits()
"""Two to three times the largest public document (Microsoft Graph beta: 47 MB, two million values)."""
