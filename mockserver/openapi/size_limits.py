"""How large a document may be: what stands between a hostile file and the memory of this machine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SizeLimits:
    """The largest document that is read.

    `bytes` of all its files together, `depth` of nesting (no program that writes JSON goes far beyond 250), `values`
    with every YAML alias written out, number of `files`, and `seconds` to wait for an address.
    """

    bytes: int = 100_000_000
    depth: int = 200
    values: int = 6_000_000
    files: int = 2_000
    seconds: float = 10.0


BOUNDS = SizeLimits()
"""Room for the largest public documents (Microsoft Graph beta: 47 MB, two million values) and not much more."""
