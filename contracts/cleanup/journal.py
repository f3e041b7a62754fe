"""The journal: created items that are not deleted yet, on disk, so that they are known even after a crash."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

JOURNAL = "journal.jsonl"
"""The name of the file in the report folder."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A created item: the request that deletes it, and the name of the user (never a secret)."""

    method: str
    address: str
    identity: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """A create request without a response. Its item has no known id, so it is recognised by the fields in `shows`.

    `base` is the address of the target, `operation` is `METHOD path`, and `path` has the path parameters. `identity` is
    the name of the user, which works in `tenant`. None of them contains a secret.
    """

    base: str
    operation: str
    identity: str
    tenant: str = ""
    path: Mapping[str, Any] = field(default_factory=dict)
    shows: Mapping[str, Any] = field(default_factory=dict)


class Journal:
    """A file of JSON lines, written before and after each change; or only in memory.

    A line has the key `creating` (a create request will be sent), `created` or `removed`.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._open: dict[str, Entry] = {}
        self._pending: dict[str, Pending] = {}
        if path is not None and path.exists():
            self._replay(path)

    @classmethod
    def in_memory(cls) -> Journal:
        """A journal without a file."""
        return cls(None)

    def creating(self, number: str, pending: Pending) -> None:
        """The create request with this number of ours will be sent."""
        self._pending[number] = pending
        self._write({"creating": number, "pending": asdict(pending)})

    def created(self, number: str, entry: Entry | None) -> None:
        """The create request got a response. `entry` is the created item, or None."""
        self._pending.pop(number, None)
        if entry is not None:
            self._open[entry.address] = entry
        self._write({"created": number, "entry": asdict(entry) if entry else None})

    def removed(self, address: str) -> None:
        """The item no longer exists."""
        if self._open.pop(address, None) is not None:
            self._write({"removed": address})

    def open(self) -> tuple[Entry, ...]:
        """The items that still exist, newest first, because an item may depend on older ones."""
        return tuple(reversed(self._open.values()))

    def addresses(self) -> Iterator[str]:
        """The addresses where items may still exist."""
        yield from (entry.address for entry in self._open.values())
        yield from (pending.base for pending in self._pending.values())

    def pending(self) -> dict[str, Pending]:
        """The create requests without a response, by number."""
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
        """One write call per line: the operating system keeps the line even if this process is killed."""
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, json.dumps(line).encode() + b"\n")
        finally:
            os.close(handle)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines that are complete."""
    for text in path.read_text("utf-8").splitlines():
        try:
            yield json.loads(text)
        except ValueError:
            continue
