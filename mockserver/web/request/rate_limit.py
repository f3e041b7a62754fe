"""Rate limits: a sliding window of request times for each client, tenant, path or operation."""

from __future__ import annotations

import hashlib
import math
from collections import OrderedDict, deque
from collections.abc import Callable

from mockserver.behaviour.statements import RateLimit
from mockserver.errors import TooMany
from mockserver.messages import Principal
from mockserver.state.clock import Clock

MAX_WINDOWS = 50_000
"""How many windows are kept; the least recently used one is dropped first."""

LONGEST_PART = 256
"""The longest credential, tenant or path that is kept as it is."""

Header = tuple[str, str]

PARTS: dict[str, Callable[[Principal, str, str, str, str], str]] = {
    "credential": lambda principal, tenant, method, path, operation: principal.credential or principal.name,
    "tenant": lambda principal, tenant, method, path, operation: tenant,
    "method": lambda principal, tenant, method, path, operation: method,
    "path": lambda principal, tenant, method, path, operation: path,
    "operation": lambda principal, tenant, method, path, operation: operation,
}
"""What requests are counted by, under the names that `rate-limit.per` uses."""


def _short(part: str) -> str:
    """A part of a key; a long one, which would cost memory, by its digest."""
    return part if len(part) <= LONGEST_PART else hashlib.sha256(part.encode("utf-8", "replace")).hexdigest()


class RateLimiter:
    """Counts the requests of one limit.

    A limit that is not `enforced` (`--no-rate-limits`) counts and refuses nothing, but still sends its headers, because
    a document may require them.
    """

    def __init__(self, limit: RateLimit, clock: Clock, *, enforced: bool = True) -> None:
        self._limit, self._clock, self._enforced = limit, clock, enforced
        self._parts = tuple(PARTS[name] for name in limit.per)
        self._windows: OrderedDict[tuple[str, ...], deque[float]] = OrderedDict()
        self._names = limit.headers
        self.is_needed = enforced or bool(limit.headers)

    def count(self, principal: Principal, tenant: str, method: str, path: str, operation: str) -> tuple[Header, ...]:
        """Count one request; returns the headers for the client. Raises TooMany when the window is full."""
        now = self._clock.now()
        if not self._enforced:
            return self._headers(self._limit.requests, now, self._limit.window)
        window = self._window(tuple(_short(part(principal, tenant, method, path, operation)) for part in self._parts))
        while window and window[0] <= now - self._limit.window:
            window.popleft()
        if len(window) >= self._limit.requests:
            wait = window[0] + self._limit.window - now
            raise self._too_many(wait, self._headers(0, now, wait))
        window.append(now)
        return self._headers(self._limit.requests - len(window), now, window[0] + self._limit.window - now)

    def clear(self) -> None:
        """Reset all counts."""
        self._windows.clear()

    def _window(self, key: tuple[str, ...]) -> deque[float]:
        found = self._windows.get(key)
        if found is None:
            found = self._windows[key] = deque()
            if len(self._windows) > MAX_WINDOWS:
                self._windows.popitem(last=False)
        else:
            self._windows.move_to_end(key)
        return found

    def _too_many(self, wait: float, headers: tuple[Header, ...]) -> TooMany:
        limit = self._limit
        message = f"More than {limit.requests} requests in {limit.window:g} seconds"
        return TooMany(message, headers=headers, retry_after_ms=math.ceil(wait * 1000), limit=limit.requests)

    def _headers(self, remaining: int, now: float, wait: float) -> tuple[Header, ...]:
        if not self._names:
            return ()
        values = {"limit": self._limit.requests, "remaining": remaining, "reset": math.ceil(now + wait)}
        if remaining == 0:
            values["retry-after"] = max(math.ceil(wait), 1)
        return tuple((name, str(values[key])) for key, name in self._names.items() if key in values)
