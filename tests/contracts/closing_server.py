"""A server on a raw socket that closes connections as real servers do: after an error, at random, or instead of one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

Received = list[tuple[str, int]]
"""The method of each request that was read, and the number of its connection."""


@contextmanager
def closing(kind: str) -> Iterator[tuple[str, Received]]:
    """The address of a server, and the requests that it reads.

    `kind` says what it does: `after error` closes the connection after each 500 without saying so, `early` closes it
    some time after each response, `never` keeps it, and `on POST` reads each POST and closes without a response, as
    `on GET` does with each GET. `204 with content` sends content where there must be none.
    """
    loop, received = asyncio.new_event_loop(), Received()
    connections = iter(range(1_000_000))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await _serve(kind, received, next(connections), reader, writer)
        with suppress(RuntimeError):
            writer.close()

    server = loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", received
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


async def _serve(
    kind: str, received: Received, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        await reader.readexactly(next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0))
        method = head.partition(b" ")[0].decode()
        received.append((method, number))
        if kind == f"on {method}":
            return
        if kind == "204 with content":
            writer.write(b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}")
            continue
        status = "500 Internal Server Error" if kind == "after error" else "200 OK"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}".encode())
        await writer.drain()
        if kind == "after error":
            await asyncio.sleep(0.001)  # as long as it takes to log a traceback
            return
        if kind == "early":
            # It no longer reads, as a server that waits for a time and then closes.
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            await asyncio.sleep(0.002)
            return
