"""Moves what was written from SQLite's write-ahead log into the file (https://sqlite.org/wal.html#ckpt).

SQLite does it within the commit that made the log long. It waits for the disk then, and so would the requests of that
round and, on a slow disk, of many after it. Here a thread does it, with a connection of its own.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from threading import Event, Thread

EVERY_BYTES = 4 << 20
"""After how many written bytes the thread moves them: as many as SQLite has in the log when it does it itself."""

MOST_FRAMES = 8_192
"""From how many pages in the log on a writer moves the last ones itself (32 MiB): else it has no end."""

END_SECONDS = 5.0
"""How long `close` waits for the thread."""


class WalCheckpoints:
    """A thread that is started when there is something to move. What fails is tried again after more was written."""

    def __init__(self, path: Path, synchronous: str) -> None:
        self._path, self._synchronous = path, synchronous
        self._bytes = 0
        self._is_due, self._is_closed = Event(), False
        self._is_long = False
        self._thread: Thread | None = None

    def count(self, size: int, db: sqlite3.Connection) -> None:
        """Take note of that many bytes that a round has just written with a connection."""
        if self._is_long:
            self._is_long = False
            with suppress(sqlite3.Error):
                # What the thread has left. Seldom does another have the lock already.
                db.execute("PRAGMA wal_checkpoint(RESTART)")
        self._bytes += size
        if self._bytes >= EVERY_BYTES:
            self._bytes = 0
            if self._thread is None:
                self._thread = Thread(target=self._run, name="mockserver-checkpoints", daemon=True)
                self._thread.start()
            self._is_due.set()

    def close(self) -> None:
        """End the thread."""
        self._is_closed = True
        self._is_due.set()
        if self._thread is not None:
            self._thread.join(END_SECONDS)

    def _run(self) -> None:
        while not self._is_closed:
            self._is_due.wait()
            self._is_due.clear()
            with suppress(sqlite3.Error):  # the next commit meets the same fault, and says so
                self._move()

    def _move(self) -> None:
        existing = f"{self._path.resolve().as_uri()}?mode=rw"
        with closing(sqlite3.connect(existing, isolation_level=None, uri=True)) as db:
            db.execute(f"PRAGMA synchronous = {self._synchronous}")
            while not self._is_closed:
                frames = _moved(db)
                self._is_long = frames > MOST_FRAMES and _moved(db) > 0  # again: then the writer has little to move
                self._is_due.wait()
                self._is_due.clear()


def _moved(db: sqlite3.Connection) -> int:
    """Move what can be moved while others write; how many pages are in the log."""
    frames: int = db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
    return frames
