"""An event loop in a thread of its own, for an app that tests without an event loop use too."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """Runs coroutines one after the other or together, for callers in other threads. Close it after use."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mock", daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine. A test that has an event loop of its own waits here too."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def awaited(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine, for callers with an event loop of their own."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, self._loop))

    def close(self) -> None:
        """Stop the loop."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
