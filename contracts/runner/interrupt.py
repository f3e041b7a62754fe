"""Ctrl-C between requests: what is being created is answered first, so that it is known and can be taken away."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def between_requests() -> Iterator[Callable[[], None]]:
    """Hold the first SIGINT back until the function that is given is called, which raises KeyboardInterrupt then.

    A second one interrupts at once, for a target that does not answer. Outside of the main thread, where Python lets
    nobody handle signals, nothing is held back.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    asked = threading.Event()

    def hold(number: int, frame: Any) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    def safe() -> None:
        if asked.is_set():
            asked.clear()
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, hold)
    try:
        yield safe
    finally:
        signal.signal(signal.SIGINT, before)
