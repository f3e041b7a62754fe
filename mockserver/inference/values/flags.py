"""Flags that say the opposite of what was done: `isOpen` after `close`, `available` after `borrow`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

ENDED = {
    "close": ("open", "active"), "retire": ("active",), "archive": ("active",), "suspend": ("active",),
    "terminate": ("active",), "end": ("active", "open"), "block": ("active",), "cancel": ("active",),
    "hide": ("visible", "public"), "assign": ("vacant", "available", "free"), "lease": ("vacant", "available", "free"),
    "rent": ("available", "free"), "lend": ("available",), "borrow": ("available",), "reserve": ("available", "free"),
    "book": ("available", "free"), "sell": ("available",), "checkout": ("available",), "occupy": ("vacant", "free"),
}  # fmt: skip
"""A verb and the flags that are false after it."""

BEGUN = {
    "return": ("available",), "release": ("available", "free", "vacant"), "vacate": ("vacant", "available", "free"),
    "checkin": ("available",), "unassign": ("vacant", "available", "free"), "reopen": ("open",), "show": ("visible",),
}  # fmt: skip
"""A verb and the flags that are true after it."""


def opposite_flags(verb: tuple[str, ...], flags: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """The flags that are false, or true again, when what a verb says is done. `flags` are their plain names."""
    for table, value in ((ENDED, False), (BEGUN, True)):
        name = next((flags[each] for each in table.get("".join(verb), ()) if each in flags), "")
        if name:
            yield name, value
