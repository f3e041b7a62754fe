"""Clocks: the time of this machine, or a time that moves only when it is read; each can be steered."""

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


class SteeredClock:
    """The time of another clock, until it is frozen or moved. All times are in seconds since the Unix epoch."""

    def __init__(self, source: Clock) -> None:
        self.source = source
        self.ahead = 0.0
        self.frozen_at: float | None = None

    def now(self) -> float:
        return self.source.now() + self.ahead if self.frozen_at is None else self.frozen_at

    def freeze(self) -> None:
        """Stand still from now on."""
        self.frozen_at = self.now()

    def resume(self) -> None:
        """Go on from the time at which the clock stands still."""
        if self.frozen_at is not None:
            self.set(self.frozen_at)
            self.frozen_at = None

    def advance(self, seconds: float) -> None:
        """Move forwards; a clock that stands still does so at a later time."""
        if self.frozen_at is not None:
            self.frozen_at += seconds
        else:
            self.ahead += seconds

    def set(self, moment: float) -> None:
        """Move to a time, also to an earlier one."""
        if self.frozen_at is not None:
            self.frozen_at = moment
        else:
            self.ahead += moment - self.now()

    def fork(self) -> SteeredClock:
        """A clock that shows the same time and is steered on its own. A clock that a user gave stays its source."""
        source = self.source
        if isinstance(source, SystemClock | SteppingClock):
            copied = type(source)()
            copied.__dict__ |= source.__dict__
            source = copied
        new = SteeredClock(source)
        new.ahead, new.frozen_at = self.ahead, self.frozen_at
        return new
