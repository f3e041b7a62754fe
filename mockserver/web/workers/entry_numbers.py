"""The numbers of the journal's entries, counted by all workers together."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from multiprocessing.context import BaseContext
from multiprocessing.sharedctypes import RawValue
from typing import Self

PATIENCE = 0.5
"""Seconds to wait for the lock, which is held for less than a microsecond: longer means that its holder was killed."""


class EntryNumbers:
    """An iterator of 1, 2, 3, …; of several processes that have the same one, each gets others of these numbers."""

    def __init__(self, context: BaseContext) -> None:
        self._lock, self._last = context.Lock(), RawValue(ctypes.c_uint64, 0)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> int:
        self._lock.acquire(timeout=PATIENCE)
        self._last.value = number = self._last.value + 1
        # That of a holder that was killed, too. Another process that waited for it may have done so already.
        with suppress(ValueError):
            self._lock.release()
        return int(number)

    @property
    def last(self) -> int:
        """The last number that was given out; 0 before the first."""
        return int(self._last.value)
