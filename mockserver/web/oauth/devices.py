"""Devices that ask for their token (RFC 8628 section 3.5)."""

from __future__ import annotations

import time
from collections.abc import Callable

INTERVAL = 1
"""How many seconds a device waits before each request for its token."""

MOST_REMEMBERED = 1_000
"""How many codes are remembered; clients ask for them, so memory must be bounded."""


class WaitingDevices:
    """When each device got its code: one that asks for its token before the interval has passed is too early.

    A code that this process did not give, or gave long ago, is never too early.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._begun: dict[str, float] = {}

    def begin(self, code: str) -> None:
        """Remember that a device gets this code now."""
        self._begun.pop(code, None)
        if len(self._begun) >= MOST_REMEMBERED:
            self._begun.pop(next(iter(self._begun)))
        self._begun[code] = self._now()

    def is_early(self, code: str) -> bool:
        """Does the device ask too early?"""
        begun = self._begun.get(code)
        return begun is not None and self._now() - begun < INTERVAL
