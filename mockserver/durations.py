"""Durations as people write them: seconds, or a number with a unit."""

from __future__ import annotations

from mockserver.lazy_pattern import lazy_pattern

UNITS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}

WRITTEN = lazy_pattern(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)(ms|s|m|h|d|)")

FORMS = "write seconds, or a number with a unit: 1.5, 500ms, 2s, 15m, 1h, 7d"
"""What is allowed, for error messages."""


def seconds(text: str) -> float | None:
    """A duration such as `60`, `500ms`, `1.5h` or `7d` in seconds; None if the text is none."""
    found = WRITTEN.fullmatch(text)
    return round(float(found[1]) * UNITS[found[2]], 9) if found is not None else None
