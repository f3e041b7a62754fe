"""An item that another process stored, whose fields are read when they are needed."""

from __future__ import annotations

from typing import Any

import msgspec

from mockserver.state.record import Record

FIELDS: Any = Record.__dict__["fields"]
"""The slot of a Record, which has the JSON of the fields as bytes while they are not read."""


class UnreadRecord(Record):
    """A Record of whose fields only the JSON is known; at their first use it becomes an ordinary Record.

    An item that is not read here is one object, not one for each list and object in it, which the garbage collector
    would have to look at. `unread` makes one.
    """

    __slots__ = ()

    @property
    def fields(self) -> dict[str, Any]:
        """The fields."""
        kept = FIELDS.__get__(self)
        if type(kept) is bytes:  # else another thread was faster, which saves a snapshot
            kept = msgspec.json.decode(kept)
            FIELDS.__set__(self, kept)
        self.__class__ = Record  # type: ignore[assignment]  # both have the same slots
        found: dict[str, Any] = kept
        return found

    @fields.setter
    def fields(self, fields: dict[str, Any]) -> None:
        FIELDS.__set__(self, fields)


def unread(id: Any, sequence: int, fields: bytes, hidden: dict[str, Any] | None = None) -> Record:
    """A Record with fields that are JSON so far. They must be an object."""
    return UnreadRecord(id, sequence, fields, hidden)  # type: ignore[arg-type]  # read at first use


def as_kept(record: Record) -> Any:
    """The fields, or their JSON if they were not read yet, for msgspec to write."""
    kept = FIELDS.__get__(record)
    return msgspec.Raw(kept) if type(kept) is bytes else kept
