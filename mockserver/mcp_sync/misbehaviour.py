"""Misbehaving MCP servers, to try a client with (`mockserver demo-mcp --misbehave KIND`).

Each kind is an ASGI function. The first line of its docstring is its description in docs/live-sync.md.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

Misbehaviour = Callable[[Scope, Receive, Send], Awaitable[None]]

CHUNK = b" " * 65536
TEN_GIGABYTES = 10 * 10**9
EVENTS = "text/event-stream"
JSON = "application/json"


async def silent(scope: Scope, receive: Receive, send: Send) -> None:
    """Takes the request and never answers."""
    await _until_gone(receive)


async def hang(scope: Scope, receive: Receive, send: Send) -> None:
    """Sends the head of an answer, and nothing after it."""
    await _start(send, 200, JSON)
    await _until_gone(receive)


async def drip(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers one byte at a time, without end."""

    async def bytes_() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.2)
            yield b" "

    await _stream(receive, send, JSON, bytes_())


async def huge(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with ten gigabytes, without saying so first."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(TEN_GIGABYTES // len(CHUNK)):
            yield CHUNK

    await _stream(receive, send, JSON, chunks())


async def announced(scope: Scope, receive: Receive, send: Send) -> None:
    """Announces ten gigabytes in `Content-Length`, and then waits."""
    await _start(send, 200, JSON, ("content-length", str(TEN_GIGABYTES)))
    await _until_gone(receive)


async def bomb(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers a hundred megabytes compressed to a few, unasked."""
    body = gzip.compress(b" " * 100_000_000, compresslevel=1)
    await _start(send, 200, JSON, ("content-encoding", "gzip"))
    await _end(send, body)


async def noise(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with a stream of notifications that never comes to the point."""
    event = _event({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "…"}})

    async def events() -> AsyncIterator[bytes]:
        while True:
            yield event * 50
            await asyncio.sleep(0.001)

    await _stream(receive, send, EVENTS, events())


async def reconnect(scope: Scope, receive: Receive, send: Send) -> None:
    """Ends every stream at once, and asks the client to come again immediately."""
    await _start(send, 200, EVENTS)
    await _end(send, b"id: 1\nretry: 0\ndata:\n\n")


async def rubbish(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers bytes that are no JSON."""
    await _start(send, 200, JSON)
    await _end(send, b"\x00\xff{]" * 100)


async def html(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers every request with a web page."""
    await _start(send, 200, "text/html")
    await _end(send, b"<!doctype html><title>Welcome</title>")


async def headers(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with megabytes of headers."""
    await _start(send, 200, JSON, *((f"x-{n}", "x" * 8000) for n in range(250)))
    await _end(send, b"{}")


async def error(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers 500."""
    await _start(send, 500, "text/plain")
    await _end(send, b"out of order")


async def drop(scope: Scope, receive: Receive, send: Send) -> None:
    """Breaks the connection in the middle of an answer."""
    await _start(send, 200, JSON, ("content-length", "1000"))
    await send({"type": "http.response.body", "body": b"{", "more_body": True})


async def redirect(scope: Scope, receive: Receive, send: Send) -> None:
    """Redirects to where a cloud serves its metadata."""
    await _start(send, 307, "text/plain", ("location", "http://169.254.169.254/latest/meta-data/"))
    await _end(send, b"")


async def redirects(scope: Scope, receive: Receive, send: Send) -> None:
    """Redirects to itself for ever."""
    await _start(send, 307, "text/plain", ("location", scope["path"]))
    await _end(send, b"")


async def endless_pages(scope: Scope, receive: Receive, send: Send) -> None:
    """Lists its tools in pages that never end."""
    await _answer(scope, receive, send, lambda: {"tools": [_tool(0)], "nextCursor": f"page-{next(_pages)}"})


async def cursor_loop(scope: Scope, receive: Receive, send: Send) -> None:
    """Gives the same page cursor again and again."""
    await _answer(scope, receive, send, lambda: {"tools": [_tool(0)], "nextCursor": "again"})


async def too_many(scope: Scope, receive: Receive, send: Send) -> None:
    """Lists five thousand tools in one page."""
    await _answer(scope, receive, send, lambda: {"tools": [_tool(n) for n in range(5000)]})


async def countless(scope: Scope, receive: Receive, send: Send) -> None:
    """Lists hundreds of thousands of numbers in place of tools."""
    await _answer(scope, receive, send, lambda: {"tools": [1] * 300_000})


async def malformed(scope: Scope, receive: Receive, send: Send) -> None:
    """Lists tools that have no names."""
    await _answer(scope, receive, send, lambda: {"tools": [{"description": 7}]})


async def refusal(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers the list of tools with a JSON-RPC error."""
    await _answer(scope, receive, send, lambda: None)


MISBEHAVIOURS: dict[str, Misbehaviour] = {
    kind.__name__.replace("_", "-"): kind
    for kind in (
        silent,
        hang,
        drip,
        huge,
        announced,
        bomb,
        noise,
        reconnect,
        rubbish,
        html,
        headers,
        error,
        drop,
        redirect,
        redirects,
        endless_pages,
        cursor_loop,
        too_many,
        countless,
        malformed,
        refusal,
    )
}
"""Every kind of misbehaviour by its name."""


_pages = itertools.count(1)


def _tool(number: int) -> dict[str, Any]:
    return {"name": f"tool_{number}", "inputSchema": {"type": "object"}}


async def _answer(scope: Scope, receive: Receive, send: Send, listed: Callable[[], dict[str, Any] | None]) -> None:
    """Answer as a minimal MCP server over streamable HTTP, with the given list of tools."""
    message = json.loads(await Request(scope, receive).body() or b"{}")
    reply = {"jsonrpc": "2.0", "id": message.get("id")}
    if message.get("method") == "initialize":
        info = {"name": "misbehaving", "version": "1"}
        reply["result"] = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": info}
    elif message.get("method") == "tools/list" and (result := listed()) is not None:
        reply["result"] = result
    else:
        reply["error"] = {"code": -32601 if message.get("method") != "tools/list" else -32603, "message": "Not today"}
    await _start(send, 200 if "id" in message else 202, JSON)
    await _end(send, json.dumps(reply).encode() if "id" in message else b"")


def _event(message: dict[str, Any]) -> bytes:
    return b"event: message\ndata: " + json.dumps(message).encode() + b"\n\n"


async def _start(send: Send, status: int, kind: str, *more: tuple[str, str]) -> None:
    fields = [(b"content-type", kind.encode()), *((name.encode(), value.encode()) for name, value in more)]
    await send({"type": "http.response.start", "status": status, "headers": fields})


async def _end(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body})


async def _stream(receive: Receive, send: Send, kind: str, chunks: AsyncIterator[bytes]) -> None:
    """Send chunks until there are no more or the client disconnects."""
    await _start(send, 200, kind)

    async def sending() -> None:
        async for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})

    task = asyncio.create_task(sending())
    await _until_gone(receive)
    task.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
