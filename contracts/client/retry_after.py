"""How long to wait after a response that says "later": 429 and 503 (RFC 9110 section 10.2.3, RFC 6585 section 4)."""

from __future__ import annotations

import time
from collections.abc import Iterable
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 61.0
"""A longer time in seconds is not waited for."""

MAX_WAITS = 3
"""How often a request is sent again after a response that names a time."""

BACKOFF = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""The seconds to wait after each 429 that names no time. Many servers count by the minute."""


def retry_after(status: int, headers: Iterable[tuple[str, str]]) -> float | None:
    """The seconds that a 429 or 503 says to wait; None if it does not say. `Retry-After` has seconds or a date."""
    if status not in (429, 503):
        return None
    written = next((value for name, value in headers if name.lower() == "retry-after"), "").strip()
    if written.isascii() and written.isdigit():
        return float(written)
    try:
        return max(0.0, parsedate_to_datetime(written).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


class Patience:
    """Decides how long to wait before a request is sent again.

    A server that still says "later" after all waits is believed: until its next other response, nothing is waited for.
    """

    def __init__(self) -> None:
        self._is_lost, self._is_known = False, False

    def wait(
        self, status: int, headers: Iterable[tuple[str, str]], waited: int, window: float | None = None
    ) -> float | None:
        """The seconds to wait after a response; None if the request is not to be sent again.

        `waited` is the number of earlier waits for this request. `window` is the stated time of a rate limit.
        """
        if status not in (429, 503):
            self._is_lost, self._is_known = False, True
            return None
        seconds = retry_after(status, headers)
        if seconds is None and status == 429:
            backoff = BACKOFF if self._is_known else BACKOFF[:MAX_WAITS]
            seconds = window if window is not None else backoff[waited] if waited < len(backoff) else None
        elif waited >= MAX_WAITS:
            seconds = None
        if seconds is None or seconds > LONGEST_WAIT or self._is_lost:
            self._is_lost = self._is_lost or waited > 0
            return None
        return seconds
