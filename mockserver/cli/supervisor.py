"""The parent process of `mockserver serve --workers N`: it starts workers, starts dead ones again, and ends them all.

uvicorn's own supervisor starts fresh interpreters; each reads the documents again and begins with other random
values. Here a worker is a copy (a fork) of the process that has read them: it is there in milliseconds, starts with the
same state, and shares the memory (docs/workers.md).
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from multiprocessing import connection
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from mockserver.web.workers.entry_numbers import EntryNumbers
from mockserver.web.workers.worker import Worker

log = logging.getLogger("mockserver")

CONTEXT = multiprocessing.get_context("fork") if hasattr(os, "fork") else None
"""None where processes cannot be copied (Windows)."""

END_SECONDS = 8
"""How long the workers may take to end after a signal; then they are killed. It is more than open requests may take."""

SOON = 1.0
"""A worker that ran for fewer seconds than this is started again only after as many."""


class Lifeline:
    """Tells workers that their parent has gone: the end that only the parent can write to is then closed."""

    def __init__(self) -> None:
        self.reader, self._writer = os.pipe()

    def keep_reader(self) -> int:
        """In a worker: close the parent's end, and return the other one, which can be read when the parent has gone."""
        os.close(self._writer)
        return self.reader


class _Running:
    """A worker process at its slot, and whether it has said that it listens."""

    def __init__(self, worker: Worker, process: ForkProcess, ready: connection.Connection) -> None:
        self.worker, self.process, self.ready = worker, process, ready
        self.since, self.listens = time.monotonic(), False


class Supervisor:
    """Keeps `count` processes running; each calls `serve(worker, ready, lifeline)`.

    `ready` is to be called when the worker listens. `all_ready` is called once, in the parent, when all listen.
    """

    def __init__(
        self,
        count: int,
        folder: Path,
        serve: Callable[[Worker, Callable[[], None], int], None],
        all_ready: Callable[[], None],
    ) -> None:
        assert CONTEXT is not None  # noqa: S101  # the command line refuses --workers there
        self._context, self._count, self._folder = CONTEXT, count, folder
        self._serve, self._all_ready = serve, all_ready
        self._numbers = EntryNumbers(self._context), EntryNumbers(self._context)
        self._lifeline, self._started = Lifeline(), 0
        self._running: dict[int, _Running] = {}
        self._dead: dict[int, float] = {}
        self._signals, self._wake = os.pipe()
        self._has_printed, self._failed = False, False
        self._ends_at: float | None = None

    def run(self) -> bool:
        """Run until a signal comes. False when a worker could not start to listen."""
        os.set_blocking(self._wake, False)
        before = {each: signal.signal(each, self._on_signal) for each in (signal.SIGINT, signal.SIGTERM)}
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        try:
            for slot in range(self._count):
                self._start(slot)
            while self._running or (self._dead and self._ends_at is None):
                self._wait()
        finally:
            signal.set_wakeup_fd(-1)
            for each, handler in before.items():
                signal.signal(each, handler)
        return not self._failed

    def _on_signal(self, number: int, frame: Any) -> None:
        """End all workers; at a second signal at once."""
        is_second = self._ends_at is not None
        self._end()
        if is_second:
            self._kill_all()

    def _end(self) -> None:
        if self._ends_at is None:
            self._ends_at = time.monotonic() + END_SECONDS
            for each in self._running.values():
                each.process.terminate()

    def _kill_all(self) -> None:
        for each in self._running.values():
            each.process.kill()

    def _start(self, slot: int) -> None:
        worker = Worker(slot, self._started, self._count, self._folder, *self._numbers)
        self._started += 1
        ready, says_ready = self._context.Pipe(duplex=False)
        process = self._context.Process(
            target=self._work, args=(worker, says_ready), name=f"worker {slot}", daemon=True
        )
        process.start()
        says_ready.close()
        self._running[slot] = _Running(worker, process, ready)

    def _work(self, worker: Worker, says_ready: connection.Connection) -> None:
        """The life of a worker, in its own process."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes of a terminal: the parent ends them
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self._serve(worker, lambda: says_ready.send_bytes(b"ready"), self._lifeline.keep_reader())

    def _wait(self) -> None:
        """Wait until a worker is ready or has ended, or a signal came; then do what follows from it."""
        by_ready: dict[Any, _Running] = {each.ready: each for each in self._running.values() if not each.listens}
        by_end: dict[Any, _Running] = {each.process.sentinel: each for each in self._running.values()}
        for happened in connection.wait([self._signals, *by_ready, *by_end], self._timeout()):
            if happened == self._signals:
                os.read(self._signals, 512)
            elif happened in by_end:
                self._ended(by_end[happened])
            else:
                self._is_ready(by_ready[happened])
        self._do_what_is_due()

    def _timeout(self) -> float | None:
        times = [*self._dead.values(), *([self._ends_at] if self._ends_at is not None else [])]
        return max(0.0, min(times) - time.monotonic()) if times else None

    def _do_what_is_due(self) -> None:
        now = time.monotonic()
        if self._ends_at is not None:
            self._dead.clear()
            if now >= self._ends_at:
                self._kill_all()
            return
        for slot in [slot for slot, due in self._dead.items() if now >= due]:
            del self._dead[slot]
            self._start(slot)

    def _is_ready(self, running: _Running) -> None:
        try:
            running.ready.recv_bytes()
        except EOFError:
            running.ready.close()
            running.listens = True  # it has ended, and says why itself
            return
        running.listens = True
        if (
            not self._has_printed
            and len(self._running) == self._count
            and all(each.listens for each in self._running.values())
        ):
            self._has_printed = True
            self._all_ready()

    def _ended(self, running: _Running) -> None:
        """Start a dead worker again; end all when it never listened, because the next would not either."""
        slot, process = running.worker.slot, running.process
        process.join()
        del self._running[slot]
        if self._ends_at is not None:
            return
        if not self._has_printed:
            self._failed = True
            self._end()
            return
        log.warning("worker %s has ended (%s); it is started again", slot, _how(process.exitcode))
        lived = time.monotonic() - running.since
        self._dead[slot] = time.monotonic() + (0.0 if lived > SOON else SOON)


def _how(exitcode: int | None) -> str:
    """How a process ended, in words."""
    return f"signal {-exitcode}" if exitcode is not None and exitcode < 0 else f"exit code {exitcode}"
