"""An application with a fast path, for tests of the connections of `mockserver serve`."""

from __future__ import annotations

import asyncio
from typing import Any

import uvicorn

from mockserver.web.serving.uvicorn_protocol import CompleteResponse, MockHttpProtocol


class TwoWayApp:
    """Replies with the way that a request took and its body; the path says what happens before."""

    def __init__(self) -> None:
        self.waited = 0

    def fast_path(self, scope: Any, body: bytes) -> Any:
        if scope["path"] == "/wrong-at-once":
            raise ValueError("this answer is never begun")
        return None if scope["path"] == "/declined" else self._response(scope["path"], b"at once: " + body)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        body = b"through the app: " + body
        headers = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _response(self, path: str, body: bytes) -> CompleteResponse:
        if path == "/wrong":
            raise ValueError("this answer goes wrong")
        if path == "/waits":
            self.waited += 1
            await asyncio.sleep(0.01)
            first = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_soon(first.set_exception, KeyError("of the first"))
            try:
                await first
            except KeyError:
                body += b" twice, in " + str(asyncio.current_task() is not None).encode()
        if path == "/wrong-later":
            await asyncio.sleep(0.01)
            raise ValueError("this answer goes wrong")
        if path == "/waited":
            body = b"%d" % self.waited
        return 200, b"content-length: %d\r\n" % len(body), body


if __name__ == "__main__":
    uvicorn.run(
        TwoWayApp(), port=0, http=MockHttpProtocol, ws="none", proxy_headers=False, lifespan="off", access_log=False,
        timeout_keep_alive=2,
    )  # fmt: skip
