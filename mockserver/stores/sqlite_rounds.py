"""Rounds on an SQLite file: the one that writes holds its lock from its first change to its end."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mockserver.errors import LogError, LogUnavailable
from mockserver.stores import commit_lock
from mockserver.stores.commit_lock import CommitLock
from mockserver.stores.sqlite_file import error_of, is_busy, opened

LONGEST_WAIT = 5.0
"""How many seconds a round waits for the write lock of another one."""

PAUSE = 0.0001
"""Seconds between two tries to get SQLite's lock. Its own pauses grow to 100 ms; a round takes one or two."""


class SqliteRounds:
    """A connection to a file, and the round in which it is used.

    A round that changes something has the lock, and a transaction if it needs one. After an error in such a round, all
    of it is undone, and its end raises the error.
    """

    def __init__(self, path: Path, synchronous: str) -> None:
        self.place = str(path)
        self._db = opened(path, synchronous)
        self._turn = self._opened_turn(path)
        self._version = -1
        self._is_writing = self._is_begun = False
        self._fault: LogError | None = None

    def _opened_turn(self, path: Path) -> CommitLock | None:
        try:
            return CommitLock(path) if commit_lock.IS_SUPPORTED else None
        except OSError as fault:
            self._db.close()
            raise LogUnavailable(f"{path}{commit_lock.SUFFIX} cannot be used: {fault.strerror}") from fault

    def begin(self) -> None:
        """Begin a round. What the one before has not ended is undone."""
        self._fault = None
        if self._is_writing:
            self._roll_back()
            self._is_writing = False
            self._give_back()
            self._forget(is_sure=False)
        self._look()

    def end(self) -> None:
        """End a round: what it has changed is kept."""
        if self._fault is not None:
            raise self._fault
        if self._is_writing:
            if self._is_begun:
                self._count(self._commit)
            else:
                self._give_back()
            self._is_writing = False

    def _count(self, keep: Callable[[], None]) -> None:
        """Keep what the round has changed, and let others know before anybody gets a response."""
        turn = self._turn
        if turn is None:
            keep()
            return
        turn.begin_commit()
        try:
            keep()
        finally:
            turn.end_commit()
            self._version = turn.number
            turn.give_back()

    def _commit(self) -> None:
        self._do("COMMIT")
        self._is_begun = False

    def _roll_back(self) -> None:
        self._is_begun = False
        if self._db.in_transaction:
            self._db.rollback()

    def close(self) -> None:
        """Give back the file. What a round has not ended is undone."""
        self._db.close()
        if self._turn is not None:
            self._turn.close()
            self._turn = None

    def _forget(self, *, is_sure: bool) -> None:
        """Forget what was known of the file. `is_sure` says that what was written here is kept."""

    def _has_changed(self) -> None:
        """Take note that others have committed since."""

    def _has_begun(self) -> None:
        """Take note of a transaction that has just begun."""

    def _repair(self) -> None:
        """End what a process left that was killed while it committed."""

    def _take(self) -> None:
        """Take the lock for this round; what others wrote up to now is seen then."""
        if self._fault is not None:
            raise self._fault
        if self._is_writing:
            return
        turn = self._turn
        if turn is None:
            self._begin_transaction()
        elif not turn.take(time.monotonic() + LONGEST_WAIT):
            raise LogUnavailable(f"{self.place} cannot be used: another process has its lock for too long")
        self._is_writing = True
        if turn is not None and turn.number & 1:
            self._repair()
        self._look()

    def _lock(self) -> None:
        """Take the lock, and begin the transaction of this round if it has none."""
        self._take()
        if not self._is_begun:
            self._begin_transaction()
            self._has_begun()

    def _begin_transaction(self) -> None:
        """Begin a transaction: who moves pages has SQLite's lock too. Raises LogUnavailable after a time."""
        until = time.monotonic() + LONGEST_WAIT
        while not self._is_begun:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                self._is_begun = True
            except sqlite3.Error as fault:
                is_waiting = isinstance(fault, sqlite3.OperationalError) and is_busy(fault) and time.monotonic() < until
                if not is_waiting:
                    raise self._failed(fault) from fault
                time.sleep(PAUSE)

    def _give_back(self) -> None:
        if self._turn is not None:
            self._turn.give_back()

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
        self._roll_back()
        self._forget(is_sure=False)
        error = error_of(fault, self.place)
        if self._is_writing:
            self._is_writing, self._fault = False, error
            self._give_back()
        return error

    def _look(self) -> None:
        """Take note if another connection may have committed since."""
        turn = self._turn
        version = turn.number if turn is not None else self._one("PRAGMA data_version")[0]
        if version != self._version or (version & 1 and turn is not None):
            self._version = version
            self._has_changed()
