"""How a time is written: RFC 3339 texts and Unix numbers, by the names that `timestamps` uses in behaviour files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar


class _LastSecond:
    """The texts of the second and millisecond that were asked for last.

    Many requests fall into the same second, and formatting a date costs more than comparing a number.
    """

    number: ClassVar[int] = -1
    text: ClassVar[str] = ""
    millisecond: ClassVar[int] = -1
    milliseconds: ClassVar[str] = ""


def iso_seconds(moment: float) -> str:
    """`2026-01-17T10:30:00Z` (RFC 3339)."""
    return _second(int(moment)) + "Z"


def iso_milliseconds(moment: float) -> str:
    """`2026-01-17T10:30:00.123Z` (RFC 3339)."""
    # Steps of 0.001 add up to 0.0029999…, which would be written as .002: a thousandth of a millisecond corrects it.
    millisecond = int(moment * 1000 + 0.001)
    if millisecond != _LastSecond.millisecond:
        second, rest = divmod(millisecond, 1000)
        _LastSecond.millisecond, _LastSecond.milliseconds = millisecond, f"{_second(second)}.{rest:03d}Z"
    return _LastSecond.milliseconds


def iso_microseconds(moment: float) -> str:
    """`2026-01-17T10:30:00.123456Z` (RFC 3339), as Python's frameworks write it."""
    second, rest = divmod(round(moment * 1_000_000), 1_000_000)
    return f"{_second(second)}.{rest:06d}Z"


def _second(second: int) -> str:
    if second != _LastSecond.number:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
        _LastSecond.number, _LastSecond.text = second, moment.strftime("%Y-%m-%dT%H:%M:%S")
    return _LastSecond.text


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
    "iso-milliseconds": iso_milliseconds,
    "iso-seconds": iso_seconds,
    "iso-date": iso_date,
    "iso-microseconds": iso_microseconds,
    "unix-seconds": unix_seconds,
    "unix-milliseconds": unix_milliseconds,
}
"""Name of a format → the function that writes a moment (seconds since the Unix epoch) in it."""
