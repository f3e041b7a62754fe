"""Rounds on an SQLite file: the one that writes holds the write lock from its first change to its end."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from mockserver.errors import LogError
from mockserver.stores.sqlite_file import error_of, is_busy, opened

LONGEST_WAIT = 5.0
"""How many seconds a round waits for the write lock of another one."""

PAUSE = 0.0001
"""Seconds between two tries to get the lock. SQLite's own pauses grow to 100 ms; a round takes one or two."""

SHORT_PAUSES, LONG_PAUSE = 20, 0.001
"""After so many tries the pauses are longer: who has the lock gets no time on a machine with more to do."""


class SqliteRounds:
    """A connection to a file, and the round in which it is used.

    After an error in a round that has changed something, all of the round is undone, and its end raises the error.
    """

    def __init__(self, path: Path, synchronous: str) -> None:
        self.place = str(path)
        self._db = opened(path, synchronous)
        self._version = -1
        self._is_writing = False
        self._fault: LogError | None = None

    def begin(self) -> None:
        """Begin a round. What the one before has not ended is undone."""
        self._fault = None
        if self._is_writing:
            self._db.rollback()
            self._is_writing = False
            self._forget(is_sure=False)
        self._look()

    def end(self) -> None:
        """End a round: what it has changed is kept."""
        if self._fault is not None:
            raise self._fault
        if self._is_writing:
            self._do("COMMIT")
            self._is_writing = False

    def _forget(self, *, is_sure: bool) -> None:
        """Forget what was known of the file. `is_sure` says that what was written here is kept."""

    def _lock(self) -> None:
        """Begin the transaction of this round, if it has none; what others wrote up to now is seen then."""
        if self._fault is not None:
            raise self._fault
        until, tries = time.monotonic() + LONGEST_WAIT, 0
        while not self._is_writing:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                self._is_writing = True
            except sqlite3.OperationalError as fault:
                if not is_busy(fault) or time.monotonic() > until:
                    raise self._failed(fault) from fault
                tries += 1
                time.sleep(PAUSE if tries < SHORT_PAUSES else LONG_PAUSE)
            else:
                self._look()

    def _one(self, statement: str, *values: Any) -> Any:
        return next(iter(self._all(statement, *values)), None)

    def _all(self, statement: str, *values: Any) -> list[Any]:
        try:
            return self._db.execute(statement, values).fetchall()
        except sqlite3.Error as fault:
            raise self._failed(fault) from fault

    def _do(self, statement: str, *values: Any) -> int:
        """Execute a statement; how many rows it has changed."""
        try:
            return self._db.execute(statement, values).rowcount
        except sqlite3.Error as fault:
            raise self._failed(fault) from fault

    def _failed(self, fault: sqlite3.Error) -> LogError:
        """The error to raise. What the round appended is taken back, and the rest of the round raises the same."""
        if self._db.in_transaction:
            self._db.rollback()
        self._forget(is_sure=False)
        error = error_of(fault, self.place)
        if self._is_writing:
            self._is_writing, self._fault = False, error
        return error

    def _look(self) -> None:
        """Forget what was known of the file if another connection has committed since: the version is another one."""
        version = self._one("PRAGMA data_version")[0]
        if version != self._version:
            self._version = version
            self._forget(is_sure=True)
