"""Server-sent events of the journal (HTML Standard section 9.2.6)."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator

import httpx
import msgspec

from mockserver.client.journal_models import JournalEntry

FOLLOWING = httpx.Timeout(10.0, read=60.0)
"""The sandbox sends a comment every 15 seconds; a longer silence means that it is gone."""


class EventLines:
    """Reads the lines of an event stream."""

    def __init__(self) -> None:
        self._data: list[str] = []

    def entries(self, lines: Iterable[str]) -> Iterator[JournalEntry]:
        """The entries in the lines, as they come."""
        for line in lines:
            entry = self._entry(line)
            if entry is not None:
                yield entry

    async def later(self, lines: AsyncIterable[str]) -> AsyncIterator[JournalEntry]:
        """The entries in the lines, as they come."""
        async for line in lines:
            entry = self._entry(line)
            if entry is not None:
                yield entry

    def _entry(self, line: str) -> JournalEntry | None:
        """The entry that an empty line completes."""
        if line.startswith("data:"):
            self._data.append(line[5:].removeprefix(" "))
        if line or not self._data:
            return None
        data, self._data = "\n".join(self._data), []
        return msgspec.json.decode(data, type=JournalEntry)
