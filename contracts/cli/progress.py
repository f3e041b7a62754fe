"""How far a contract check is: a line that is rewritten on a terminal, or a line every ten seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TextIO

from mockserver.printed_text import printable

EVERY = 10.0
"""The seconds between two lines where the output is no terminal."""

REDRAWN = 0.1
"""The shortest time in seconds between two drawings on a terminal."""

WIDTH = 20
"""The length of the bar."""

ACCEPTED = "accepted failure"
"""The outcome of a check whose failures the user knows or ignores."""

SIGNS = {"passed": "✓", "failed": "✗", "warning": "!"}


@dataclass
class Progress:
    """Prints how far a run is. `total` is the number of steps, `requests` counts those that were sent.

    A step is a check at an operation, or with `by_operation` an operation. Each failure has a line; with `verbose`,
    each outcome has one. Warnings are counted. `accepts` says if failures of a check at an operation are accepted: they
    are no failures here.
    """

    what: str
    total: int
    requests: Callable[[], int]
    by_operation: bool = False
    verbose: bool = False
    accepts: Callable[[str, str], bool] = lambda _operation, _check: False
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    clock: Callable[[], float] = time.monotonic
    _done: set[tuple[str, str]] = field(default_factory=set)
    _failures: int = 0
    _warnings: int = 0
    _steps: int = 0
    _drawn: bool = False

    def __post_init__(self) -> None:
        self._began = self._printed = self.clock()
        self._before = self.requests()

    def __call__(self, operation: str, check: str, outcome: str) -> None:
        """Count a finished check."""
        if outcome == "failed" and self.accepts(operation, check):
            outcome = ACCEPTED
        self._failures += outcome == "failed"
        self._warnings += outcome == "warning"
        self._done.add((operation, "" if self.by_operation else check))
        self._steps += 1
        if self.verbose or outcome == "failed":
            self._say(f"{SIGNS.get(outcome, '–')} {operation}  {check}" + _reason(outcome))
        now = self.clock()
        if now - self._printed >= (REDRAWN if self._is_terminal else EVERY):
            self._printed = now
            self._draw(now)

    def close(self) -> None:
        """Remove the line from a terminal."""
        if self._drawn:
            self._write("\r\x1b[K")
            self._drawn = False

    def line(self, now: float) -> str:
        """The line: bar, steps, requests and their rate, failures, and the time that is left."""
        done = min(len(self._done) if self.by_operation else self._steps, self.total)
        seconds, sent = max(now - self._began, 0.001), self.requests() - self._before
        filled = WIDTH * done // max(self.total, 1)
        shown = f"[{'#' * filled}{'-' * (WIDTH - filled)}] {done} of {self.total} {self.what}, {sent} requests"
        failed = f", {self._failures} failed" if self._failures else ""
        failed += f", {self._warnings} with warnings" if self._warnings else ""
        left = f", about {_time(seconds / done * (self.total - done))} left" if 0 < done < self.total else ""
        return f"{shown}, {sent / seconds:.0f}/s{failed}{left}"

    @property
    def _is_terminal(self) -> bool:
        return self.stream.isatty()

    def _draw(self, now: float) -> None:
        if self._is_terminal:
            self._write(f"\r\x1b[K{self.line(now)}")
            self._drawn = True
        else:
            self._write(f"{self.line(now)}\n")

    def _say(self, text: str) -> None:
        self.close()
        self._write(f"{printable(text)}\n")

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):  # its reader has gone
            self.stream.write(text)
            self.stream.flush()


def _reason(outcome: str) -> str:
    return f"  ({outcome})" if outcome == ACCEPTED or outcome.startswith("skipped") else ""


def _time(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 100 else f"{seconds:.0f} s"
