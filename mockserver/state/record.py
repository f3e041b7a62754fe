"""One stored item."""

from __future__ import annotations

from typing import Any

UNCHECKED = "unchecked"
"""The key in `Record.hidden` that marks an item which a person stored although its schema forbids it."""


class Record:
    """One stored item. A committed one is never changed: the next version replaces it.

    `fields` are what replies may show; `hidden` is what only rules see. `rendered` caches the bytes that replies of one
    form show, with the name of that form. `sequence` is the item's age: lower numbers are older.
    """

    __slots__ = ("fields", "hidden", "id", "rendered", "sequence")

    def __init__(self, id: Any, sequence: int, fields: dict[str, Any], hidden: dict[str, Any] | None = None) -> None:
        self.id, self.sequence, self.fields = id, sequence, fields
        self.hidden = hidden if hidden is not None else {}
        self.rendered: tuple[str, bytes] | None = None

    def copy(self) -> Record:
        """A copy that can be changed without changing this one."""
        return Record(self.id, self.sequence, dict(self.fields), dict(self.hidden))
