"""Sends the requests of an httpx client to an app in this process."""

from __future__ import annotations

from typing import Any

import httpx

from mockserver.pytest_plugin.loop_thread import LoopThread


class AppTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport of httpx to an ASGI app, for clients with and without `await`.

    The app runs in a loop of its own, so that requests of both kinds never run at the same time.
    """

    def __init__(self, app: Any, loop: LoopThread) -> None:
        self._transport, self._loop = httpx.ASGITransport(app), loop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The response of the app."""
        request.read()
        return self._loop.run(self._respond(request))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The response of the app."""
        await request.aread()
        return await self._loop.awaited(self._respond(request))

    async def _respond(self, request: httpx.Request) -> httpx.Response:
        try:
            response = await self._transport.handle_async_request(request)
        except ConnectionError as error:  # a fault; over a port, httpx raises this error
            raise httpx.ReadError(str(error), request=request) from error
        # The content as it is sent: the client decodes it.
        content = b"".join([part async for part in response.aiter_raw()])
        return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(content))
