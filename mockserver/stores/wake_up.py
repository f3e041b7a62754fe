"""Wakes a process that waits for a word in shared memory to change, by Linux's futex (futex(2)).

A process that only sleeps and looks again takes 10 µs of processor time for each look, and sees a change late.
"""

from __future__ import annotations

import ctypes
import platform
import sys
import time
from collections.abc import Callable

NUMBERS = {"x86_64": 202, "aarch64": 98}
"""The number of the system call by machine."""

WAIT, WAKE = 0, 1

LATER = 0.0001
"""How many seconds to sleep where a process cannot be woken."""


class _Duration(ctypes.Structure):
    """A `timespec`."""

    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


def _system_call() -> Callable[..., int] | None:
    number = NUMBERS.get(platform.machine()) if sys.platform == "linux" and sys.maxsize > 1 << 32 else None
    if number is None:
        return None
    call = ctypes.CDLL(None).syscall
    call.restype = ctypes.c_long
    long, pointer = ctypes.c_long, ctypes.c_void_p
    call.argtypes = (long, pointer, ctypes.c_int, ctypes.c_uint32, pointer, pointer, ctypes.c_uint32)
    return lambda address, what, value, duration: int(call(number, address, what, value, duration, None, 0))


class WakeUp:
    """A word of four bytes at an address, which processes share."""

    def __init__(self, address: int) -> None:
        self._address, self._call = address, _system_call()

    def wait(self, value: int, seconds: float) -> None:
        """Wait until a process `wake`s, for that many seconds at most; not if the word has another value already.

        Where the system has no futex, sleep for a moment.
        """
        if self._call is None:
            time.sleep(min(seconds, LATER))
            return
        duration = _Duration(int(seconds), int(seconds % 1 * 1e9))
        self._call(self._address, WAIT, value, ctypes.addressof(duration))

    def wake(self) -> None:
        """Wake one that waits."""
        if self._call is not None:
            self._call(self._address, WAKE, 1, None)
