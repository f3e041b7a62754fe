"""What workers ask each other: a request to the admin API, answered by what one of them knows.

On the socket, the question is one frame and the answer a frame with status and header fields, then one for each part of
the body. A frame is its length in four bytes, the highest first, and its content; the first of each is MessagePack.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, NamedTuple
from urllib.parse import unquote

import msgspec

FROM_WORKER = "mockserver.from_worker"
"""The key of an ASGI scope whose request is to be answered by this worker alone."""

MOST_BYTES = 256 * 1024 * 1024
"""The longest frame: as long as a body of the admin API may be."""


class AdminQuestion(NamedTuple):
    """A request to the admin API. `path` and `query` are as sent."""

    method: str
    path: bytes
    query: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def scope(self) -> dict[str, Any]:
        """Its ASGI scope."""
        return {
            "type": "http",
            "http_version": "1.1",
            "scheme": "http",
            "method": self.method,
            "path": unquote(self.path.decode("latin-1")),
            "raw_path": self.path,
            "query_string": self.query,
            "headers": self.headers,
            "root_path": "",
            "extensions": {},
            FROM_WORKER: True,
        }


class WorkerAnswer(NamedTuple):
    """The response of a worker."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""


async def read_frame(reader: asyncio.StreamReader) -> bytes | None:
    """The content of the next frame; None at the end. Raises OSError and EOFError for anything else."""
    try:
        length = int.from_bytes(await reader.readexactly(4))
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise
        return None
    if length > MOST_BYTES:
        raise OSError(f"a frame of {length} bytes is longer than any")
    return await reader.readexactly(length)


async def write_frame(writer: asyncio.StreamWriter, content: bytes) -> None:
    """Send a frame."""
    writer.write(len(content).to_bytes(4) + content)
    await writer.drain()


async def answered(app: Any, question: AdminQuestion) -> AsyncGenerator[bytes]:
    """The frames of the answer of an ASGI app."""
    parts: asyncio.Queue[bytes | None] = asyncio.Queue(100)
    bodies = [{"type": "http.request", "body": question.body, "more_body": False}]
    asked_too_often = asyncio.Event()

    async def receive() -> Any:
        if bodies:
            return bodies.pop()
        await asked_too_often.wait()  # the asking worker leaves by closing the connection, which cancels this
        raise AssertionError("never set")

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            head = message["status"], tuple(map(tuple, message.get("headers", ())))
            await parts.put(msgspec.msgpack.encode(head))
        elif message.get("body"):
            await parts.put(message["body"])

    async def run() -> None:
        try:
            await app(question.scope, receive, send)
        finally:
            await parts.put(None)

    running = asyncio.create_task(run())
    try:
        while (part := await parts.get()) is not None:
            yield part
        await running
    finally:
        running.cancel()
