"""Sends the items of a sequence one by one, with a pause between them (`mockserver serve --stream-interval`)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from mockserver.openapi.sequences import is_stream, pieces

App = Callable[[Any, Any, Any], Awaitable[None]]


class Streaming:
    """The ASGI app in front of all others. Responses that are no sequences pass unchanged.

    What was sent is known to be valid as a whole before the first item leaves: `app` sees a response in one piece.
    """

    def __init__(self, app: App, seconds: float) -> None:
        self._app, self._seconds = app, seconds

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer an HTTP request. Sending ends when the client disconnects."""
        await self._app({**scope, "extensions": {}}, receive, _Sender(self._seconds, receive, send))


class _Sender:
    """The `send` of one response."""

    def __init__(self, seconds: float, receive: Any, send: Any) -> None:
        self._seconds, self._receive, self._send = seconds, receive, send
        self._type = ""

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._type = _streamed_type(message["headers"])
            if self._type:
                kept = [(name, value) for name, value in message["headers"] if name != b"content-length"]
                message = {**message, "headers": kept}
        elif self._type and not message.get("more_body"):
            await self._stream(pieces(message.get("body", b""), self._type))
            return
        await self._send(message)

    async def _stream(self, parts: list[bytes]) -> None:
        gone = asyncio.ensure_future(_disconnect(self._receive))
        try:
            for number, part in enumerate(parts):
                if number and (await asyncio.wait((gone,), timeout=self._seconds))[0]:
                    return
                await self._send({"type": "http.response.body", "body": part, "more_body": True})
            await self._send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()


async def _disconnect(receive: Any) -> None:
    """Wait until the client has disconnected."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _streamed_type(headers: Any) -> str:
    """The media type of a response that is a sequence; empty for any other."""
    name = next((value.decode("latin-1") for key, value in headers if key == b"content-type"), "")
    return name if is_stream(name) else ""
