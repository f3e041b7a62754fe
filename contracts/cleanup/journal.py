"""What an examination created and has not removed yet, on disk, so that a crash leaves nothing behind unknown."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

JOURNAL = "journal.jsonl"
"""The name of the file in the folder of reports."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of ours: how it is removed, and by whom (the name of an identity; never a secret)."""

    method: str
    address: str
    identity: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """A create request on its way: whatever it makes can be told by what it `shows`, since nobody knows its id yet.

    `base` is the target's address and `operation` the `METHOD path` below it; `path` has the path's parameters,
    `tenant` where `identity` asks. Secrets are in none of them.
    """

    base: str
    operation: str
    identity: str
    tenant: str = ""
    path: Mapping[str, Any] = field(default_factory=dict)
    shows: Mapping[str, Any] = field(default_factory=dict)


class Journal:
    """A file of JSON lines, written through before and after each change; or memory only.

    A line says `creating` (a request is on its way, its item is not known yet), `created` or `removed`.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._open: dict[str, Entry] = {}
        self._pending: dict[str, Pending] = {}
        if path is not None and path.exists():
            self._replay(path)

    @classmethod
    def in_memory(cls) -> Journal:
        """A journal that is forgotten with the process."""
        return cls(None)

    def creating(self, number: str, pending: Pending) -> None:
        """A create request, known by a number of ours, is about to be sent."""
        self._pending[number] = pending
        self._write({"creating": number, "pending": asdict(pending)})

    def created(self, number: str, entry: Entry | None) -> None:
        """The request was answered; `entry` is what it made, None when it made nothing."""
        self._pending.pop(number, None)
        if entry is not None:
            self._open[entry.address] = entry
        self._write({"created": number, "entry": asdict(entry) if entry else None})

    def removed(self, address: str) -> None:
        """The item is gone."""
        if self._open.pop(address, None) is not None:
            self._write({"removed": address})

    def open(self) -> tuple[Entry, ...]:
        """What was created and not removed, the newest first (what depends on others was made after them)."""
        return tuple(reversed(self._open.values()))

    def addresses(self) -> Iterator[str]:
        """Where something may be left."""
        yield from (entry.address for entry in self._open.values())
        yield from (pending.base for pending in self._pending.values())

    def pending(self) -> dict[str, Pending]:
        """Requests whose answer never came, by our number."""
        return dict(self._pending)

    def _replay(self, path: Path) -> None:
        for line in _lines(path):
            if "creating" in line:
                self._pending[line["creating"]] = Pending(**line["pending"])
            elif "created" in line:
                self._pending.pop(line["created"], None)
                self._remember(line["entry"])
            else:
                self._open.pop(line.get("removed", ""), None)

    def _remember(self, written: dict[str, Any] | None) -> None:
        if written:
            headers = tuple((str(name), str(value)) for name, value in written["headers"])
            entry = Entry(str(written["method"]), str(written["address"]), str(written["identity"]), headers)
            self._open[entry.address] = entry

    def _write(self, line: dict[str, object]) -> None:
        """One write call a line: the operating system keeps it even when this process is killed."""
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, json.dumps(line).encode() + b"\n")
        finally:
            os.close(handle)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines that were written whole."""
    for text in path.read_text("utf-8").splitlines():
        try:
            yield json.loads(text)
        except ValueError:
            continue
