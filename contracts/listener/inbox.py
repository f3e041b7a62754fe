"""The place of one check at the listener: an address of its own, what came to it, and how that is answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from threading import Condition

from contracts.listener.arrival import Arrival

MOST_KEPT = 1_000
"""How many requests an inbox keeps; further ones are answered and forgotten."""

SUCCESS = 204


class Inbox:
    """What comes to one `address`. The first requests are answered with `statuses`, all others with 204.

    What comes by another method or to another path is another callback, with first requests of its own.
    `key` is the part of the address that no other inbox has; without one, it gets what no other gets. All
    methods may be called from any thread.
    """

    def __init__(self, address: str, key: str, statuses: Iterable[int] = ()) -> None:
        self.address, self.key = address, key
        self._statuses = tuple(statuses)
        self._left: dict[tuple[str, str], list[int]] = {}
        self._arrived: list[Arrival] = []
        self._changed = Condition()

    def take(self, method: str, target: str, headers: dict[str, str], body: bytes) -> int:
        """Keep a request, and return the status of the answer to it."""
        with self._changed:
            left = self._left_at(method, target)
            status = left.pop(0) if left else SUCCESS
            if len(self._arrived) < MOST_KEPT:
                came = Arrival(method, target, headers, body, status, time.monotonic(), time.time())
                self._arrived.append(came)
            self._changed.notify_all()
        return status

    def _left_at(self, method: str, target: str) -> list[int]:
        """The statuses that are left for what comes by this method to this path."""
        place = (method, target.partition("?")[0])
        if place not in self._left and len(self._left) < MOST_KEPT:
            self._left[place] = list(self._statuses)
        return self._left.get(place, [])

    def wait(
        self, count: int, seconds: float, wanted: Callable[[Arrival], bool] = lambda arrival: True
    ) -> list[Arrival]:
        """What came, as soon as there are so many requests that are wanted, and after so many seconds at the latest."""
        with self._changed:
            self._changed.wait_for(lambda: sum(map(wanted, self._arrived)) >= count, seconds)
            return [each for each in self._arrived if wanted(each)]

    def expected(self, address: str) -> str:
        """The part of an address by which it is compared: from the key on, since a proxy may change what is before."""
        _, found, rest = address.partition(self.key)
        return found + rest if self.key else address
