"""Ctrl-C takes effect between requests, so that every created item is known and can be deleted."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def between_requests() -> Iterator[Callable[[], None]]:
    """Delay the first SIGINT until the yielded function is called, which then raises KeyboardInterrupt.

    A second SIGINT interrupts at once, in case the target does not answer. Python handles signals in the main thread
    only; in other threads the yielded function does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    interrupted = threading.Event()

    def on_interrupt(number: int, frame: Any) -> None:
        if interrupted.is_set():
            raise KeyboardInterrupt
        interrupted.set()

    def safe() -> None:
        if interrupted.is_set():
            interrupted.clear()
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield safe
    finally:
        signal.signal(signal.SIGINT, before)
