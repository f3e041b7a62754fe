"""Clocks: the time of this machine, or a time that moves only when it is read."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""When the clock of a seeded run starts."""


class Clock(Protocol):
    """Gives the time in seconds since the Unix epoch; never goes backwards."""

    def now(self) -> float: ...


class SystemClock:
    """The time of this machine, which never goes backwards here."""

    def __init__(self) -> None:
        self._last = 0.0

    def now(self) -> float:
        # NTP may set the machine's clock back; lists and cursors sort by time, so ours must not follow.
        self._last = max(self._last, time.time())
        return self._last


class SteppingClock:
    """A clock that moves one step each time it is read, and by `advance`."""

    def __init__(self, start: datetime = EPOCH, step: float = 0.001) -> None:
        self._now, self._step = start.timestamp(), step

    def now(self) -> float:
        self._now += self._step
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += seconds
