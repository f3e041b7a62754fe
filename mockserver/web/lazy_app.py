"""ASGI apps that are made when they are first called, and the lifespan of one that needs no start."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import Any

App = Callable[[Any, Any, Any], Awaitable[None]]


class LazyApp:
    """The ASGI app that `make` returns, made by the first request."""

    def __init__(self, make: Callable[[], App]) -> None:
        self._make = make

    @cached_property
    def made(self) -> Any:
        """The app itself."""
        return self._make()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.made(scope, receive, send)


async def lifespan(close: Callable[[], Awaitable[None]], receive: Any, send: Any) -> None:
    """Follow the server's start and stop (ASGI, "Lifespan Protocol" 2.0). `close` is called at the stop."""
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    try:
        await close()
    except BaseException:
        await send({"type": "lifespan.shutdown.failed", "message": traceback.format_exc()})
        raise
    await send({"type": "lifespan.shutdown.complete"})
