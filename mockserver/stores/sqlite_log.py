"""The shared log in an SQLite file: for restarts, and for several processes on one machine.

A round that appends holds the lock of the file from its first append to its end. Its entries are then kept together: in
memory that all processes share (NewestEntries), and from there in the tables, those of many rounds in one transaction.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Literal

from mockserver.errors import LogDamaged, LogError, LogUnavailable
from mockserver.state.shared_log import EntriesCutError, LogSnapshot, Partition
from mockserver.stores.frame import framed, framed_pieces, unframed_entries, unframed_snapshot
from mockserver.stores.newest_entries import SUFFIX, NewestEntries, Row
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

MOVED = "SELECT value FROM about WHERE name = 'moved'"
"""A random number, and how often the newest entries were moved into the tables: by that they are known as its own."""

RANDOM_BYTES = 16

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
        self._newest: NewestEntries | None = None
        self._heads: dict[Partition, int] = {}
        self._ids: dict[Partition, int] = {}
        self._pending: list[Row] = []
        self._owner, self._written = b"", 0
        super().__init__(path, SYNCHRONOUS[durability])
        self._checkpoints = WalCheckpoints(path, SYNCHRONOUS[durability])
        if self._turn is not None:
            try:
                self._open_newest()
            except BaseException:
                super().close()
                raise

    def _open_newest(self) -> None:
        self._lock()
        if self._one(MOVED) is None:
            self._do("INSERT INTO about VALUES ('moved', ?)", os.urandom(RANDOM_BYTES) + bytes(8))
        self._commit()
        try:
            self._newest = NewestEntries(self._path, REVISION_BITS)
        except OSError as fault:
            raise LogUnavailable(f"{self._path}{SUFFIX} cannot be used: {fault.strerror}") from fault
        self._count(self._repair)
        self._is_writing = False

    def _repair(self) -> None:
        if self._newest is not None:
            self._newest.renew(self._one(MOVED)[0])
            self._forget(is_sure=False)

    def _has_changed(self) -> None:
        newest = self._newest
        if newest is not None:
            age = newest.age
            newest.look()
            if newest.age == age:
                return  # what was added is known, and nothing else has changed
        self._forget(is_sure=True)

    def _has_begun(self) -> None:
        """Move the newest entries into the tables. If it is killed before they are emptied, that is done again.

        What was not written to the disk is missing after a power failure, and what came after it must be missing too.
        So all that is written so is counted, also if nothing is moved.
        """
        newest = self._newest
        if newest is None:
            return
        rows, self._owner = list(newest.rows()), newest.owner
        if rows or self._durability == "process":
            moves = int.from_bytes(self._owner[RANDOM_BYTES:]) + 1
            self._owner = self._owner[:RANDOM_BYTES] + moves.to_bytes(8)
            self._insert(rows)
            self._do("UPDATE about SET value = ? WHERE name = 'moved'", self._owner)

    def _commit(self) -> None:
        super()._commit()
        if self._newest is not None:
            self._heads = {each: self._head(each) or 0 for each in self._heads}
            self._newest.empty(self._owner)

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
        if self._turn is not None and not self._is_writing:
            self._look()
        if self._head(partition) == after:
            return []
        self._write()
        found, before = self._following(partition, after), None
        while not found:
            self._has_changed()  # the newest entries may have been moved meanwhile
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
        id = self._ids.get(partition)
        if id is None:
            return []
        found = self._newest.after(id, after) if self._newest is not None else []
        if found:
            return found
        what = f"{self.place}: an entry of {'/'.join(partition)} after revision"
        first = id << REVISION_BITS
        rows = self._all(ENTRIES, first | after, first + (1 << REVISION_BITS))
        if not rows or rows[0][0] != first | after + 1:
            return []
        found = unframed_entries((content for _, content in rows), what, after, [])
        if rows[-1][0] != first | after + len(rows):
            raise LogDamaged(f"{what} {after} is missing", tuple(found))
        return found + self._newest.after(id, after + len(rows)) if self._newest is not None else found

    def _head(self, partition: Partition) -> int | None:
        """The revision of a partition as last looked at; None if it is not known."""
        head = self._heads.get(partition)
        if head is None or self._newest is None:
            return head
        return max(head, self._newest.last(self._ids.get(partition, 0)))

    def hold(self, partition: Partition) -> None:
        """As SharedLog says."""
        if not self._is_writing:
            self._take()

    def append(self, partition: Partition, expected: int, entry: bytes) -> bool:
        """As SharedLog says. No other process can append from the first call of a round to its end."""
        if not self._is_writing:
            self._take()
        head = self._head(partition)
        if (self._state(partition)[2] if head is None else head) != expected:
            return False
        self._pending.append((self._id(partition) << REVISION_BITS | expected + 1, framed(entry)))
        self._heads[partition] = expected + 1
        return True

    def end(self) -> None:
        """As SharedLog says."""
        if self._pending and self._fault is None:
            if self._newest is not None and self._is_soon_enough():
                self._count(self._add_newest)
                self._is_writing = False
                return
            self._write()
        super().end()
        if self._written:
            size, self._written = self._written, 0
            self._checkpoints.count(size, self._db)

    def _is_soon_enough(self) -> bool:
        """Can what this round has appended go into the tables later?"""
        newest = self._newest
        return (
            newest is not None
            and not self._is_begun
            and self._durability == "process"
            and newest.has_room(self._pending)
        )

    def _add_newest(self) -> None:
        pending, self._pending = self._pending, []
        self._newest.add(pending)  # type: ignore[union-attr]  # the caller looked

    def _write(self) -> None:
        """Write what this round has appended so far into the tables."""
        if self._pending:
            self._lock()
            pending, self._pending = self._pending, []
            self._insert(pending)

    def _insert(self, rows: list[Row]) -> None:
        try:
            self._db.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?)", rows)
        except sqlite3.Error as fault:
            raise self._failed(fault) from fault
        self._written += sum([len(content) for _, content in rows])

    def heads(self) -> dict[Partition, int]:
        """As SharedLog says."""
        self._write()
        self._look()
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
        if self._newest is not None:
            with suppress(LogError):
                self.begin()
                if any(self._newest.rows()):
                    self._lock()
                    self.end()
            self._newest = None
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
        newest = self._newest.last(id) if self._newest is not None else 0
        return id, base, max(last, saved, newest)

    def _id(self, partition: Partition) -> int:
        """The number of a partition, which is made if it has none or was dropped."""
        found = self._ids.get(partition)
        if found is None:
            self._lock()
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
