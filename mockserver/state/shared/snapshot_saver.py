"""Saves snapshots of a shared log in a thread, so that no request waits for them."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import closing
from threading import Event, Thread

from mockserver.errors import LogError
from mockserver.state.shared_log import Partition, SharedLog

log = logging.getLogger("mockserver")

REST = 2.0
"""How long the thread sleeps after each piece, as a multiple of the time it took: two thirds of a core are left."""

END_SECONDS = 5.0
"""How long `close` waits for the thread."""


class _ClosedError(Exception):
    """The process ends: what is not complete is left, and the next snapshot deletes it."""


class SnapshotSaver:
    """Saves one snapshot at a time, with a connection of its own; without a thread if the log is of one thread."""

    def __init__(self, shared: SharedLog) -> None:
        self._log = shared
        self._thread: Thread | None = None
        self._is_closed = Event()

    @property
    def is_busy(self) -> bool:
        """Is a snapshot being saved?"""
        return self._thread is not None and self._thread.is_alive()

    def save(self, partition: Partition, revision: int, pieces: Iterator[bytes]) -> None:
        """Save a snapshot, while none is being saved. If that fails, the log of the mock says so: no entry is lost."""
        if self._log.is_of_one_thread:
            self._log.save(partition, revision, pieces)
            return
        values = (partition, revision, pieces)
        self._thread = Thread(target=self._run, args=values, name="mockserver-snapshot", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Give up what is being saved."""
        self._is_closed.set()
        if self._thread is not None:
            self._thread.join(END_SECONDS)

    def _run(self, partition: Partition, revision: int, pieces: Iterator[bytes]) -> None:
        try:
            with closing(self._log.again()) as other:
                other.save(partition, revision, self._slowly(pieces))
        except LogError as fault:
            log.warning("no snapshot was saved: %s", fault)
        except _ClosedError:
            pass

    def _slowly(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """The pieces, with a rest after each, in which the interpreter is free for requests."""
        began = time.perf_counter()
        for piece in pieces:
            yield piece
            if self._is_closed.wait((time.perf_counter() - began) * REST):
                raise _ClosedError
            began = time.perf_counter()
