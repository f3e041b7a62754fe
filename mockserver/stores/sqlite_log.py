"""The shared log in an SQLite file: for restarts, and for several processes on one machine.

A round that appends holds the write lock of the file from its first append to its end, and is one transaction; its
entries are written together at its end.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from mockserver.errors import LogDamaged
from mockserver.state.shared_log import EntriesCutError, LogSnapshot, Partition
from mockserver.stores.frame import framed, framed_pieces, unframed_entries, unframed_snapshot
from mockserver.stores.sqlite_rounds import SqliteRounds
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

SNAPSHOT = """
SELECT snapshots.revision, pieces, CAST(coalesce(piece.content, snapshots.content) AS BLOB)
FROM partitions JOIN snapshots ON snapshots.partition = id
LEFT JOIN pieces AS piece ON piece.partition = id AND piece.revision = snapshots.revision AND pieces > 0
WHERE namespace = ? AND service = ? ORDER BY piece.number
"""
"""The revision of a snapshot, how many pieces it has, and each of them; the whole one if it has none."""

OLD_PIECES = """
DELETE FROM pieces WHERE rowid IN
(SELECT rowid FROM pieces WHERE partition = ? AND revision <> ? AND revision <= ? LIMIT 1)
"""

OLD_ENTRIES = "DELETE FROM entries WHERE id IN (SELECT id FROM entries WHERE id > ? AND id <= ? ORDER BY id LIMIT 100)"

REST = 2.0
"""How long to rest after some rows were deleted, as a multiple of the time for which others could not write."""

DROPPED_LONG_AGO = "DELETE FROM partitions WHERE is_dropped AND id < (SELECT max(id) FROM partitions) - ?"

MOST_DROPPED = 10_000
"""How many dropped partitions keep their revision."""


class SqliteLog(SqliteRounds):
    """The SharedLog in a file, made if it does not exist. Each process needs its own.

    Raises LogUnavailable, LogDamaged or LogMismatch for a file that cannot be used.
    """

    is_of_one_thread = False

    def __init__(self, path: Path, durability: Durability = "process") -> None:
        self._path, self._durability = path, durability
        super().__init__(path, SYNCHRONOUS[durability])
        self._checkpoints = WalCheckpoints(path, SYNCHRONOUS[durability])
        self._heads: dict[Partition, int] = {}
        self._ids: dict[Partition, int] = {}
        self._pending: list[tuple[int, bytes]] = []

    def identify(self, identity: bytes, instead_of: bytes | None = None) -> bytes:
        """As SharedLog says."""
        self.begin()
        self._lock()
        found = self._one("SELECT value FROM about WHERE name = 'identity'")
        if found is None or found[0] == instead_of:
            self._do("INSERT OR REPLACE INTO about VALUES ('identity', ?)", identity)
        self.end()
        return identity if found is None or found[0] == instead_of else bytes(found[0])

    def new_entries(self, partition: Partition, after: int) -> list[bytes]:
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
            if state == before:  # nothing was written meanwhile
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

    def hold(self, partition: Partition) -> None:
        """As SharedLog says."""
        if not self._is_writing:
            self._lock()

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
        size = self._write()
        super().end()
        if size:
            self._checkpoints.count(size, self._db)

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

    def save(self, partition: Partition, revision: int, pieces: Iterable[bytes]) -> None:
        """As SharedLog says. Each piece is a transaction of its own."""
        self.begin()
        self._lock()
        id = self._id(partition)
        is_later = revision > self._saved(id)
        if is_later:
            self._do("DELETE FROM pieces WHERE partition = ? AND revision = ?", id, revision)  # of one that was killed
        self.end()
        if is_later:
            self._begin_with(id, revision, self._keep(id, revision, pieces))

    def _keep(self, id: int, revision: int, pieces: Iterable[bytes]) -> int:
        """Write the pieces of a snapshot; how many there are."""
        count = 0
        for count, piece in enumerate(framed_pieces(pieces), 1):
            self._lock()
            self._do("INSERT INTO pieces VALUES (?, ?, ?, ?)", id, revision, count, piece)
            self.end()
            self._checkpoints.count(len(piece), self._db)
        return count

    def _begin_with(self, id: int, revision: int, count: int) -> None:
        """Let processes that start begin with a snapshot of so many pieces, and delete what is not needed any more."""
        self._lock()
        before = self._saved(id)
        kept = self._one("SELECT count(*) FROM pieces WHERE partition = ? AND revision = ?", id, revision)[0]
        is_later = revision > before and kept == count
        if is_later:
            self._do("UPDATE partitions SET base = ? WHERE id = ?", before, id)
            self._do("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)", id, revision, b"", count)
        self.end()
        self._delete(OLD_PIECES, id, revision if is_later else before, max(before, revision))
        if is_later:
            self._delete(OLD_ENTRIES, id << REVISION_BITS, id << REVISION_BITS | before)

    def _saved(self, id: int) -> int:
        """The revision of the snapshot of a partition, 0 without one."""
        found = self._one("SELECT revision FROM snapshots WHERE partition = ?", id)
        return found[0] if found is not None else 0

    def _delete(self, statement: str, *values: int) -> None:
        """Delete some rows at a time, with a rest after each, in which others write."""
        is_done = False
        while not is_done:
            self._lock()
            began = time.monotonic()
            is_done = not self._do(statement, *values)
            self.end()
            time.sleep((time.monotonic() - began) * REST)

    def again(self) -> SqliteLog:
        """As SharedLog says."""
        return SqliteLog(self._path, self._durability)

    def load(self, partition: Partition) -> LogSnapshot | None:
        """As SharedLog says."""
        rows = self._all(SNAPSHOT, *partition)
        if not rows:
            return None
        revision, count, _ = rows[0]
        what = f"{self.place}: the snapshot of {'/'.join(partition)}"
        if count and len(rows) != count:
            raise LogDamaged(f"{what} is damaged: it has {len(rows)} of {count} pieces")
        return LogSnapshot(revision, unframed_snapshot([content for _, _, content in rows], what))

    def drop(self, namespace: str) -> None:
        """As SharedLog says."""
        self._lock()
        self._write()
        rows = self._all("SELECT service FROM partitions WHERE namespace = ? AND NOT is_dropped", namespace)
        for (service,) in rows:
            self._drop(Partition(namespace, service))
        self._do(DROPPED_LONG_AGO, MOST_DROPPED)
        for table in ("snapshots", "pieces"):
            self._do(f"DELETE FROM {table} WHERE partition NOT IN (SELECT id FROM partitions)")  # noqa: S608  # ours
        self._forget(is_sure=False)
        self.end()

    def _drop(self, partition: Partition) -> None:
        id, _, head = self._state(partition)
        first = id << REVISION_BITS
        self._do("DELETE FROM entries WHERE id > ? AND id <= ?", first, first | head)
        self._do("UPDATE partitions SET base = ?, is_dropped = 1 WHERE id = ?", head + 1, id)
        self._do("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, 0)", id, head + 1, framed(b""))
        self._do("DELETE FROM pieces WHERE partition = ?", id)

    def close(self) -> None:
        """As SharedLog says. What a round has not ended is taken back."""
        self._checkpoints.close()
        super().close()

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

    def _forget(self, *, is_sure: bool) -> None:
        self._heads.clear()
        self._pending.clear()
        if not is_sure:
            self._ids.clear()
