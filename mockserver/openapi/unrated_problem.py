"""What the rules find wrong in a document; a start from the document cache needs this and not the rules."""

from __future__ import annotations

from msgspec import Struct

ALIKE = "this path matches the same requests as"
"""How the problem begins that two paths differ only in the names of their parameters."""


class UnratedProblem(Struct, frozen=True):
    """A problem before its severity is known.

    `breaking` says that an operation that needs this part cannot be understood; `unsupported` that the document is
    valid here and the mock does not implement it.
    """

    pointer: str
    message: str
    breaking: bool = False
    unsupported: bool = False
