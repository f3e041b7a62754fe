"""Clocks: the time of this machine, or a time that moves only when it is read; each can be steered."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from msgspec import Struct

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
        self.time, self._step = start.timestamp(), step

    def now(self) -> float:
        self.time += self._step
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += seconds


class ClockState(Struct, frozen=True):
    """The state of a steered clock, in seconds since the Unix epoch; `ahead` is a difference.

    `stepped` is the time of the SteppingClock below; None above a clock that goes on by itself.
    """

    now: float
    ahead: float
    frozen_at: float | None
    stepped: float | None


class SteeredClock:
    """The time of another clock, until it is frozen or moved. All times are in seconds since the Unix epoch.

    `now` is that of the other clock until then: most clocks are never steered, and every request reads the time.
    """

    now: Callable[[], float]

    def __init__(self, source: Clock, ahead: float = 0.0, frozen_at: float | None = None) -> None:
        self.source = source
        self._steer(ahead, frozen_at)

    def freeze(self) -> None:
        """Stop the clock."""
        self._steer(self.ahead, self.now())

    def resume(self) -> None:
        """Go on from the time at which the clock was stopped."""
        if self.frozen_at is not None:
            self._steer(self.frozen_at - self.source.now(), None)

    def advance(self, seconds: float) -> None:
        """Move forwards; a stopped clock stays stopped, at a later time."""
        if self.frozen_at is not None:
            self._steer(self.ahead, self.frozen_at + seconds)
        else:
            self._steer(self.ahead + seconds, None)

    def set(self, moment: float) -> None:
        """Move to a time, also to an earlier one."""
        if self.frozen_at is not None:
            self._steer(self.ahead, moment)
        else:
            self._steer(self.ahead + moment - self.now(), None)

    def fork(self) -> SteeredClock:
        """A clock that shows the same time and is steered on its own. A clock that a user gave stays its source."""
        source = self.source
        if isinstance(source, SystemClock | SteppingClock):
            copied = type(source)()
            copied.__dict__ |= source.__dict__
            source = copied
        return SteeredClock(source, self.ahead, self.frozen_at)

    def state(self) -> ClockState:
        """The state of the clock. Reading it does not move a stepping clock."""
        stepped = self.source.time if isinstance(self.source, SteppingClock) else None
        moving = self._unsteered() + self.ahead
        return ClockState(moving if self.frozen_at is None else self.frozen_at, self.ahead, self.frozen_at, stepped)

    def restore(self, before: ClockState) -> None:
        """Go back to a state. A clock that goes on by itself gets back its difference, and is stopped if it was."""
        ahead = before.ahead
        if isinstance(self.source, SteppingClock) and before.stepped is not None:
            self.source.time = before.stepped
        elif isinstance(self.source, SteppingClock) or before.stepped is not None:
            # One of the two times has nothing to do with the machine's: only the time shown can be the same.
            ahead = before.now - self._unsteered()
        self._steer(ahead, before.frozen_at)

    def _steer(self, ahead: float, frozen_at: float | None) -> None:
        self.ahead, self.frozen_at = ahead, frozen_at
        self.now = self.source.now if not ahead and frozen_at is None else self._steered

    def _steered(self) -> float:
        return self.source.now() + self.ahead if self.frozen_at is None else self.frozen_at

    def _unsteered(self) -> float:
        return self.source.time if isinstance(self.source, SteppingClock) else self.source.now()
