"""The one place where time, ids and chance come from, so that a run can be repeated byte for byte."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Protocol

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""When a seeded world begins."""


class Clock(Protocol):
    """Tells the time in seconds since the Unix epoch; never goes backwards."""

    def now(self) -> float: ...


class SystemClock:
    """The time of this machine, kept from going backwards."""

    def __init__(self) -> None:
        self._last = 0.0

    def now(self) -> float:
        self._last = max(self._last, time.time())
        return self._last


class SteppingClock:
    """A clock that moves one step each time somebody looks, and by `advance`."""

    def __init__(self, start: datetime = EPOCH, step: float = 0.001) -> None:
        self._now, self._step = start.timestamp(), step

    def now(self) -> float:
        self._now += self._step
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += seconds


class World:
    """Clock, ids and chance. With a `seed` the same requests get the same bytes, and time only moves when looked at."""

    def __init__(self, seed: int | None = None, clock: Clock | None = None) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        self.clock: Clock = clock or (SystemClock() if seed is None else SteppingClock())

    def uuid(self) -> str:
        """A random UUID of version 4 (RFC 9562 section 5.4)."""
        bits = "%032x" % self.random.getrandbits(128)  # noqa: UP031  # half the time of an f-string
        variant = "89ab"[int(bits[16], 16) & 3]
        return f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-{variant}{bits[17:20]}-{bits[20:]}"

    def token(self, length: int) -> str:
        """That many random characters of 0-9 and a-f."""
        return self.random.getrandbits(4 * length).to_bytes((length + 1) // 2).hex()[-length:] if length else ""


class _Second:
    """The texts of the second and millisecond last asked for: formatting a date costs more than remembering one."""

    number: ClassVar[int] = -1
    text: ClassVar[str] = ""
    millisecond: ClassVar[int] = -1
    milliseconds: ClassVar[str] = ""


def iso_seconds(moment: float) -> str:
    """`2026-01-17T10:30:00Z` (RFC 3339)."""
    return _second(int(moment)) + "Z"


def iso_milliseconds(moment: float) -> str:
    """`2026-01-17T10:30:00.123Z` (RFC 3339)."""
    millisecond = int(moment * 1000 + 0.001)  # a step of a clock may end a hair's breadth below its millisecond
    if millisecond != _Second.millisecond:
        second, rest = divmod(millisecond, 1000)
        _Second.millisecond, _Second.milliseconds = millisecond, f"{_second(second)}.{rest:03d}Z"
    return _Second.milliseconds


def _second(second: int) -> str:
    if second != _Second.number:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
        _Second.number, _Second.text = second, moment.strftime("%Y-%m-%dT%H:%M:%S")
    return _Second.text


def unix_seconds(moment: float) -> int:
    """Whole seconds since the Unix epoch."""
    return int(moment)


def iso_date(moment: float) -> str:
    """`2026-01-17` (RFC 3339 section 5.6)."""
    return _second(int(moment))[:10]


def unix_milliseconds(moment: float) -> int:
    """Whole milliseconds since the Unix epoch."""
    return int(moment * 1000)


TIME_FORMATS = {
    "iso-milliseconds": iso_milliseconds, "iso-seconds": iso_seconds, "iso-date": iso_date,
    "unix-seconds": unix_seconds, "unix-milliseconds": unix_milliseconds,
}  # fmt: skip
"""How a time is written, by the name that `timestamps` uses."""
