"""When clients sent requests that a rate limit counts."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator

MAX_WINDOWS = 50_000
"""How many windows are kept; the least recently used one is dropped first."""

Window = deque[float]
"""The times of requests, the earliest first, in seconds since the Unix epoch."""


class RequestCounts:
    """A window of request times for each key: what is counted, and for whom."""

    def __init__(self) -> None:
        self._windows: OrderedDict[tuple[object, ...], Window] = OrderedDict()

    def window(self, key: tuple[object, ...]) -> Window:
        """The window of a key; a new one for a new key."""
        found = self._windows.get(key)
        if found is None:
            found = self._windows[key] = self._made(key)
            if len(self._windows) > MAX_WINDOWS:
                self._windows.popitem(last=False)
        else:
            self._windows.move_to_end(key)
        return found

    def _made(self, key: tuple[object, ...]) -> Window:
        return deque()

    def __iter__(self) -> Iterator[tuple[tuple[object, ...], Window]]:
        """The keys with their windows, the least recently used first."""
        return iter(self._windows.items())

    def clear(self) -> None:
        """Reset all counts."""
        self._windows.clear()

    def copy(self) -> RequestCounts:
        """A copy that counts on its own."""
        new = RequestCounts()
        new._windows.update((key, deque(window)) for key, window in self._windows.items())
        return new
