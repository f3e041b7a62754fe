"""What a sandbox with `--stream-interval` sends to a client that may leave before the end."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import mockserver
from mockserver.web.service import ServiceSettings


def streamed_messages(document: Path, path: str, most: int = 0) -> list[dict[str, Any]]:
    """The ASGI messages of the response to a GET; the client disconnects after `most` of them, with 0 never."""
    sandbox = mockserver.create_app(document, seed=1, settings=ServiceSettings(stream_interval=0.001))
    sent, left = list[dict[str, Any]](), asyncio.Event()
    body = iter([{"type": "http.request", "body": b""}])

    async def receive() -> dict[str, Any]:
        for message in body:
            return message
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        if len(sent) == most:
            left.set()

    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http"}
    scope |= {"path": path, "raw_path": path.encode(), "query_string": b"", "headers": [], "root_path": ""}
    asyncio.run(sandbox(scope, receive, send))
    return sent
