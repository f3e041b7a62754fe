"""What the small ASGI apps of the tests share: their lifespan, and reading a body (ASGI specification).

A client that opens an app and gets no answer leaves its streams open, which a later test would be blamed for.
"""

from __future__ import annotations

from typing import Any


async def body_of(receive: Any) -> bytes:
    """The body of a request."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


async def live(receive: Any, send: Any) -> None:
    """Start and stop without doing anything."""
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})
