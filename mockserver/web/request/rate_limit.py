"""Rate limits: a sliding window of request times for each client, tenant, path or operation."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable

from mockserver.behaviour.statements import RateLimit
from mockserver.errors import TooMany
from mockserver.messages import Principal
from mockserver.state.store import Store

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
    """Counts the requests of one limit, in the counts of a store.

    A limit that is not `enforced` (`--no-rate-limits`) counts and refuses nothing, but still sends its headers, because
    a document may require them.
    """

    def __init__(self, limit: RateLimit, about: str = "", *, enforced: bool = True) -> None:
        """`about` is the operation that has the limit; empty for the limit of the whole service."""
        self._limit, self._about, self._enforced = limit, about, enforced
        self._parts = tuple(PARTS[name] for name in limit.per)
        self._names = limit.headers
        self.is_needed = enforced or bool(limit.headers)

    def count(
        self, store: Store, principal: Principal, tenant: str, method: str, path: str, operation: str
    ) -> tuple[Header, ...]:
        """Count one request; returns the headers for the client. Raises TooMany when the window is full."""
        now = store.world.clock.now()
        if not self._enforced:
            return self._headers(self._limit.requests, now, self._limit.window)
        by = (_short(part(principal, tenant, method, path, operation)) for part in self._parts)
        window = store.counts.window((self._about, *by))
        while window and window[0] <= now - self._limit.window:
            window.popleft()
        if len(window) >= self._limit.requests:
            wait = window[0] + self._limit.window - now
            raise self._too_many(wait, self._headers(0, now, wait))
        window.append(now)
        return self._headers(self._limit.requests - len(window), now, window[0] + self._limit.window - now)

    @property
    def stated(self) -> RateLimit:
        """The limit that is counted."""
        return self._limit

    def used_up(self, now: float) -> TooMany:
        """The error of a client whose window is used up, when it has to wait for a whole one."""
        return self._too_many(self._limit.window, self._headers(0, now, self._limit.window))

    def _too_many(self, wait: float, headers: tuple[Header, ...]) -> TooMany:
        limit = self._limit
        message = f"More than {limit.requests} requests in {limit.window:g} seconds"
        refusal = TooMany(message, headers=headers, retry_after_ms=math.ceil(wait * 1000), limit=limit.requests)
        return refusal.because(limit)

    def _headers(self, remaining: int, now: float, wait: float) -> tuple[Header, ...]:
        if not self._names:
            return ()
        values = {"limit": self._limit.requests, "remaining": remaining, "reset": math.ceil(now + wait)}
        if remaining == 0:
            values["retry-after"] = max(math.ceil(wait), 1)
        return tuple((name, str(values[key])) for key, name in self._names.items() if key in values)
