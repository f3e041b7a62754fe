"""The lifespan of the ASGI apps of the tests (ASGI specification, "Lifespan Protocol").

A client that opens an app and gets no answer leaves its streams open, which a later test would be blamed for.
"""

from __future__ import annotations

from typing import Any


async def live(receive: Any, send: Any) -> None:
    """Start and stop without doing anything."""
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})
