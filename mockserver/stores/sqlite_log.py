"""The shared log in an SQLite file: for restarts, and for several processes on one machine.

A round that appends holds the write lock of the file from its first append to its end, and is one transaction; its
entries are written together at its end.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any, Literal

from mockserver.errors import LogDamaged, LogError
from mockserver.state.shared_log import EntriesCutError, LogSnapshot, Partition
from mockserver.stores.frame import framed, unframed, unframed_entries
from mockserver.stores.sqlite_file import error_of, is_busy, opened
from mockserver.stores.wal_checkpoints import WalCheckpoints

Durability = Literal["process", "power"]
"""What acknowledged changes survive: the end of the process, or of the machine too."""

SYNCHRONOUS = {"process": "NORMAL", "power": "FULL"}
"""https://sqlite.org/pragma.html#pragma_synchronous"""

REVISION_BITS = 36
"""A row has the number `partition << REVISION_BITS | revision`, so that one index serves to append, read and cut."""

STATE = f"""
SELECT id, base,
       coalesce((SELECT max(entries.id) FROM entries WHERE entries.id > partitions.id << {REVISION_BITS}
                 AND entries.id < (partitions.id + 1) << {REVISION_BITS}), 0) & ((1 << {REVISION_BITS}) - 1),
       coalesce((SELECT revision FROM snapshots WHERE partition = partitions.id), 0), is_dropped
FROM partitions WHERE namespace = ? AND service = ?
"""  # noqa: S608  # the number is a constant of ours
"""The number of a partition, its base, its last entry, its snapshot, and whether it was dropped."""

ENTRIES = "SELECT id, CAST(content AS BLOB) FROM entries WHERE id > ? AND id < ? ORDER BY id"

DROPPED_LONG_AGO = "DELETE FROM partitions WHERE is_dropped AND id < (SELECT max(id) FROM partitions) - ?"

LONGEST_WAIT = 5.0
"""How many seconds a round waits for the write lock of another one."""

PAUSE = 0.0001
"""Seconds between two tries to get the lock. SQLite's own pauses grow to 100 ms; a round takes one or two."""

MOST_DROPPED = 10_000
"""How many dropped partitions keep their revision."""


class SqliteLog:
    """The SharedLog in a file, made if it does not exist. Each process needs its own.

    Raises LogUnavailable, LogDamaged or LogMismatch for a file that cannot be used.
    """

    def __init__(self, path: Path, durability: Durability = "process") -> None:
        self.place = str(path)
        self._db = opened(path, SYNCHRONOUS[durability])
        self._checkpoints = WalCheckpoints(path, SYNCHRONOUS[durability])
        self._heads: dict[Partition, int] = {}
        self._ids: dict[Partition, int] = {}
        self._pending: list[tuple[int, bytes]] = []
        self._version = -1
        self._is_writing = False
        self._fault: LogError | None = None

    def identify(self, identity: bytes, instead_of: bytes | None = None) -> bytes:
        """As SharedLog says."""
        self.begin()
        self._lock()
        found = self._one("SELECT value FROM about WHERE name = 'identity'")
        if found is None or found[0] == instead_of:
            self._do("INSERT OR REPLACE INTO about VALUES ('identity', ?)", identity)
        self.end()
        return identity if found is None or found[0] == instead_of else bytes(found[0])

    def begin(self) -> None:
        """As SharedLog says. The version changes when another connection has committed."""
        self._fault = None
        self._look()

    def news(self, partition: Partition, after: int) -> list[bytes]:
        """As SharedLog says."""
        if self._heads.get(partition) == after:
            return []
        self._write()
        found, before = self._following(partition, after), None
        while not found:
            state = self._state(partition)
            _, base, head = state
            if after < base or after > head:
                raise EntriesCutError
            if after == head:
                break
            if state == before:  # nobody wrote meanwhile
                what = f"{self.place}: entries of {'/'.join(partition)} after revision {after}"
                raise LogDamaged(f"{what} are missing")
            found, before = self._following(partition, after), state
        self._heads[partition] = after + len(found)
        return found

    def _following(self, partition: Partition, after: int) -> list[bytes]:
        """The entries that follow on a revision without a gap; none for a partition whose number is not known.

        They say that it was not dropped: that deletes all entries, and leaves a gap before the next one.
        """
        first = self._ids.get(partition, -1) << REVISION_BITS
        if first < 0:
            return []
        rows = self._all(ENTRIES, first | after, first + (1 << REVISION_BITS))
        if not rows or rows[0][0] != first | after + 1:
            return []
        what = f"{self.place}: an entry of {'/'.join(partition)} after revision"
        found = unframed_entries((content for _, content in rows), what, after, [])
        if rows[-1][0] != first | after + len(rows):
            raise LogDamaged(f"{what} {after} is missing", tuple(found))
        return found

    def append(self, partition: Partition, expected: int, entry: bytes) -> bool:
        """As SharedLog says. Nobody else can append from the first call of a round to its end."""
        if not self._is_writing:
            self._lock()
        head = self._heads.get(partition)
        if (self._state(partition)[2] if head is None else head) != expected:
            return False
        self._pending.append((self._id(partition) << REVISION_BITS | expected + 1, framed(entry)))
        self._heads[partition] = expected + 1
        return True

    def end(self) -> None:
        """As SharedLog says."""
        if self._fault is not None:
            raise self._fault
        if self._is_writing:
            size = self._write()
            self._do("COMMIT")
            self._is_writing = False
            self._checkpoints.count(size)

    def _write(self) -> int:
        """Write what this round has appended so far, within its transaction; how many bytes that are."""
        if not self._pending:
            return 0
        pending, self._pending = self._pending, []
        try:
            self._db.executemany("INSERT INTO entries VALUES (?, ?)", pending)
        except sqlite3.Error as fault:
            raise self._failed(fault) from fault
        return sum(len(content) for _, content in pending)

    def heads(self) -> dict[Partition, int]:
        """As SharedLog says."""
        self._write()
        rows = self._all("SELECT namespace, service FROM partitions WHERE NOT is_dropped")
        return {each: self._state(each)[2] for each in (Partition(*row) for row in rows)}

    def save(self, partition: Partition, revision: int, content: bytes) -> None:
        """As SharedLog says."""
        self._lock()
        self._write()
        id = self._id(partition)
        found = self._one("SELECT revision FROM snapshots WHERE partition = ?", id)
        before = found[0] if found is not None else 0
        if revision > before:
            first = id << REVISION_BITS
            self._do("DELETE FROM entries WHERE id > ? AND id <= ?", first, first | before)
            self._do("UPDATE partitions SET base = ? WHERE id = ?", before, id)
            self._do("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?)", id, revision, framed(content))
        self.end()

    def load(self, partition: Partition) -> LogSnapshot | None:
        """As SharedLog says."""
        found = self._one(
            "SELECT revision, CAST(content AS BLOB) FROM snapshots JOIN partitions ON partition = id"
            " WHERE namespace = ? AND service = ?",
            *partition,
        )
        if found is None:
            return None
        return LogSnapshot(found[0], unframed(found[1], f"{self.place}: the snapshot of {'/'.join(partition)}"))

    def drop(self, namespace: str) -> None:
        """As SharedLog says."""
        self._lock()
        self._write()
        rows = self._all("SELECT service FROM partitions WHERE namespace = ? AND NOT is_dropped", namespace)
        for (service,) in rows:
            self._drop(Partition(namespace, service))
        self._do(DROPPED_LONG_AGO, MOST_DROPPED)
        self._do("DELETE FROM snapshots WHERE partition NOT IN (SELECT id FROM partitions)")
        self._forget()
        self._ids.clear()
        self.end()

    def _drop(self, partition: Partition) -> None:
        id, _, head = self._state(partition)
        first = id << REVISION_BITS
        self._do("DELETE FROM entries WHERE id > ? AND id <= ?", first, first | head)
        self._do("UPDATE partitions SET base = ?, is_dropped = 1 WHERE id = ?", head + 1, id)
        self._do("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?)", id, head + 1, framed(b""))

    def close(self) -> None:
        """As SharedLog says. What a round has not ended is taken back."""
        self._checkpoints.close()
        self._db.close()

    def _state(self, partition: Partition) -> tuple[int, int, int]:
        """The number of a partition, the revision after which its entries are kept, and its revision."""
        row = self._one(STATE, *partition)
        self._ids.pop(partition, None)
        if row is None:
            return 0, 0, 0
        id, base, last, saved, is_dropped = row
        if not is_dropped:
            self._ids[partition] = id
        return id, base, max(last, saved)

    def _id(self, partition: Partition) -> int:
        """The number of a partition, which is made if it has none or was dropped."""
        found = self._ids.get(partition)
        if found is None:
            self._do("INSERT OR IGNORE INTO partitions (namespace, service) VALUES (?, ?)", *partition)
            self._do(
                "UPDATE partitions SET is_dropped = 0 WHERE namespace = ? AND service = ? AND is_dropped", *partition
            )
            found = self._one("SELECT id FROM partitions WHERE namespace = ? AND service = ?", *partition)[0]
            self._ids[partition] = found
        return found

    def _lock(self) -> None:
        """Begin the transaction of this round, if it has none; what others wrote up to now is seen then."""
        if self._fault is not None:
            raise self._fault
        until = time.monotonic() + LONGEST_WAIT
        while not self._is_writing:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                self._is_writing = True
            except sqlite3.OperationalError as fault:
                if not is_busy(fault) or time.monotonic() > until:
                    raise self._failed(fault) from fault
                time.sleep(PAUSE)
            else:
                self._look()

    def _one(self, statement: str, *values: Any) -> Any:
        return next(iter(self._all(statement, *values)), None)

    def _all(self, statement: str, *values: Any) -> list[Any]:
        try:
            return self._db.execute(statement, values).fetchall()
        except sqlite3.Error as fault:
            raise self._failed(fault) from fault

    def _do(self, statement: str, *values: Any) -> None:
        try:
            self._db.execute(statement, values)
        except sqlite3.Error as fault:
            raise self._failed(fault) from fault

    def _failed(self, fault: sqlite3.Error) -> LogError:
        """The error to raise. What the round appended is taken back, and the rest of the round raises the same."""
        if self._db.in_transaction:
            self._db.rollback()
        self._forget()
        self._ids.clear()
        error = error_of(fault, self.place)
        if self._is_writing:
            self._is_writing, self._fault = False, error
        return error

    def _look(self) -> None:
        """Forget what was known of the file if another connection has committed since."""
        version = self._one("PRAGMA data_version")[0]
        if version != self._version:
            self._version = version
            self._forget()

    def _forget(self) -> None:
        self._heads.clear()
        self._pending.clear()
