"""The newest entries of an SQLite file, in memory that all processes share; they go into the file many at a time.

A transaction of SQLite takes 100 to 300 µs, and a look at what others wrote nearly as long, because a commit makes
the pages that others know useless. To add an entry here and to read it there takes 3 µs. The memory is that of a file,
so what is here outlasts the processes, `kill -9` included.
"""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from struct import Struct

from mockserver.errors import LogDamaged
from mockserver.stores.frame import HEAD as FRAME
from mockserver.stores.frame import unframed

SUFFIX = "-newest"
"""What the name of the file ends with."""

SIZE = 1 << 18
"""How many bytes the file has: more means fewer transactions, and each takes longer."""

OWNER_SIZE = 24
"""How many bytes say which SQLite file it belongs to, and at which time of it."""

HEAD_SIZE = 8 + OWNER_SIZE
"""The age (4 bytes) and where the entries end (4), as one number in the order of the machine; and then the owner."""

ROOM = SIZE - HEAD_SIZE

AGE_BITS = 32
"""By how many bits the age is shifted in the number."""

END = (1 << AGE_BITS) - 1
"""The part of the number that says where the entries end."""

RECORD = Struct("=QI")
"""What is before an entry: the number of its row in the SQLite file, and its length."""

Row = tuple[int, bytes]
"""The number of a row, and the framed content of an entry."""


class NewestEntries:
    """The file, and the entries in it as last looked at. Who changes it has the lock of the SQLite file.

    `number_bits` are the bits of a row's number that say the revision; the others say the partition. `age` grows with
    each transaction of the SQLite file: while it stays, that file stays what it is. Who reads needs no lock: an entry
    is there as soon as the number says so, and what is before it stays until all are gone and the age is another one.

    Raises OSError when the file cannot be opened.
    """

    def __init__(self, path: Path, number_bits: int) -> None:
        self._bits = number_bits
        own = os.open(f"{path}{SUFFIX}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            with suppress(PermissionError):  # it is another user's, who has done this
                os.fchmod(own, path.stat().st_mode & 0o666)
            if os.fstat(own).st_size < SIZE:
                os.pwrite(own, bytes(SIZE), 0)  # so that the disk has room for all that is added
            self._mapped = mmap.mmap(own, SIZE)
        finally:
            os.close(own)
        self._state = memoryview(self._mapped)[:8].cast("Q")
        self.age, self._end = -1, 0
        self._others: dict[int, list[bytes]] = {}  # what others added since this process did, by partition
        self._last: dict[int, int] = {}

    @property
    def owner(self) -> bytes:
        """Which SQLite file the entries belong to, and at which time of it."""
        return self._mapped[8:HEAD_SIZE]

    def renew(self, owner: bytes) -> None:
        """Forget all entries, unless they are of this owner: the SQLite file has them, or is another one.

        Those from the first damaged one on are forgotten too: after a power failure some pages are missing.
        """
        self._begin_age(owner, self._whole() if self.owner == owner else 0)

    def _whole(self) -> int:
        """Where the entries end that are not damaged."""
        whole = 0
        with suppress(LogDamaged, struct.error):
            for _, content in self.rows():
                unframed(content, "")
                whole += RECORD.size + len(content)
        return whole

    def empty(self, owner: bytes) -> None:
        """Forget all entries, because the SQLite file has them now, which is the owner of those to come."""
        self._begin_age(owner, 0)

    def _begin_age(self, owner: bytes, end: int) -> None:
        self._state[0] = ((self._state[0] >> AGE_BITS) + 1 & END) << AGE_BITS | end
        self._mapped[8:HEAD_SIZE] = owner
        self.look()

    def look(self) -> None:
        """Take note of what was added since the last look, or of another age."""
        while True:
            state = self._state[0]
            age, end = state >> AGE_BITS, state & END
            if age != self.age:
                self.age, self._end = age, 0
                self._others.clear()
                self._last.clear()
            if end == self._end:
                return
            added = self._mapped[HEAD_SIZE + self._end : HEAD_SIZE + end]
            if self._state[0] >> AGE_BITS == age:  # else others may have written over it
                self._note(_rows(added), end)
                return

    def _note(self, rows: Iterable[Row], end: int) -> None:
        for row, content in rows:
            partition = row >> self._bits
            self._others.setdefault(partition, []).append(content[FRAME.size :])
            self._last[partition] = row & (1 << self._bits) - 1
        self._end = end

    def last(self, partition: int) -> int:
        """The revision of the last entry of a partition; 0 if there is none here."""
        return self._last.get(partition, 0)

    def after(self, partition: int, revision: int) -> list[bytes]:
        """The contents of what follows on a revision in a partition; none if the first that follows is not here.

        Checksums are not looked at: what was here when the file was opened is known to be whole.
        """
        missing = self._last.get(partition, 0) - revision
        if missing <= 0:
            return []
        others = self._others.get(partition, ())
        if missing > len(others):
            known = self._mapped[HEAD_SIZE : HEAD_SIZE + self._end]
            if self._state[0] >> AGE_BITS != self.age:
                return []  # they were moved meanwhile, or read anew
            first = (partition << self._bits) + revision
            others = [content[FRAME.size :] for row, content in _rows(known) if first < row <= first + missing]
        return list(others[-missing:]) if missing <= len(others) else []

    def rows(self) -> Iterator[Row]:
        """All entries, with the numbers of their rows."""
        return _rows(self._mapped[HEAD_SIZE : HEAD_SIZE + (self._state[0] & END)])

    def has_room(self, rows: Sequence[Row]) -> bool:
        """Can these be added?"""
        return self._end + sum([RECORD.size + len(content) for _, content in rows]) <= ROOM

    def add(self, rows: Sequence[Row]) -> None:
        """Add entries for which there is room: others see all of them or none."""
        added = b"".join([part for row, content in rows for part in (RECORD.pack(row, len(content)), content)])
        at, end = self._end, self._end + len(added)
        self._mapped[HEAD_SIZE + at : HEAD_SIZE + end] = added
        self._state[0] += len(added)
        for row, _ in rows:
            self._last[row >> self._bits] = row & (1 << self._bits) - 1
        self._others.clear()
        self._end = end


def _rows(content: bytes) -> Iterator[Row]:
    at = 0
    while at < len(content):
        row, length = RECORD.unpack_from(content, at)
        at += RECORD.size + length
        yield row, content[at - length : at]
