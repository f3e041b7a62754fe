"""Who may commit to an SQLite file next, and how often was committed, in a small file beside it.

SQLite knows both, but a try for its lock takes 15 µs and `PRAGMA data_version` 6 to 10 µs, and a round of requests
begins with one of them. A try here takes 0.5 µs, reading the number 0.1 µs, and who waits is woken.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import time
from contextlib import suppress
from pathlib import Path

from mockserver.stores.wake_up import WakeUp

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

IS_SUPPORTED = fcntl is not None
"""Has this system locks of files that end with their process? Without them SQLite is asked."""

SUFFIX = "-lock"
"""What the name of the small file ends with, as those of SQLite's own ones end with `-wal` and `-shm`."""

SIZE = 16
"""The number of commits (8 bytes), how often the lock was given back (4, and then from 0 on), and if some wait (4)."""

MOST_WAITING = 0.005
"""After how many seconds a process that waits looks again: who had the lock may have been killed, and woke no other."""

WORD = (1 << 32) - 1


class CommitLock:
    """The lock of a file, and the number of commits in memory that all processes share.

    The number is odd while a process commits. One that is killed then leaves it odd: others must not rely on it, until
    the next commit makes it even. Raises OSError when the small file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        own = os.open(f"{path}{SUFFIX}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            with suppress(PermissionError):  # it is another user's, who has done this
                os.fchmod(own, path.stat().st_mode & 0o666)
            if os.fstat(own).st_size < SIZE:
                os.ftruncate(own, SIZE)
            self._mapped = mmap.mmap(own, SIZE)
        except BaseException:
            os.close(own)
            raise
        self._file, self.is_taken = own, False
        view = memoryview(self._mapped)
        self._number, self._words = view[:8].cast("Q"), view[8:].cast("I")
        self._given = WakeUp(ctypes.addressof(ctypes.c_uint32.from_buffer(self._mapped, 8)))

    @property
    def number(self) -> int:
        """The number of commits, twice; odd while there may be one that is not counted."""
        return self._number[0]

    def take(self, until: float) -> bool:
        """Take the lock, and wait for it until a time of `time.monotonic` if need be. False if another keeps it."""
        has_waited = False
        while not self._is_free():
            if time.monotonic() > until:
                return False
            given = self._words[0]
            self._words[1] = has_waited = True
            if not self._is_free():
                self._given.wait(given, MOST_WAITING)
        if has_waited:
            self._words[1] = True  # for others that wait: only one was woken
        return True

    def _is_free(self) -> bool:
        """Take the lock if it is free."""
        with suppress(BlockingIOError):
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.is_taken = True
        return self.is_taken

    def begin_commit(self) -> None:
        """Let others know that something changes. The lock must have been taken."""
        self._number[0] = self.number + 1 | 1

    def end_commit(self) -> None:
        """Count the commit."""
        self._number[0] = self.number + 1

    def give_back(self) -> None:
        """Let another process take the lock."""
        if not self.is_taken:
            return
        self.is_taken = False
        self._words[0] = self._words[0] + 1 & WORD
        fcntl.flock(self._file, fcntl.LOCK_UN)
        if self._words[1]:
            self._words[1] = 0
            self._given.wake()

    def close(self) -> None:
        """Close the small file, which stays: others may have it open. The memory is given back with this object."""
        self.give_back()
        os.close(self._file)
