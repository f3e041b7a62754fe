"""The ceiling: a bare ASGI function that reads the body and returns the bytes that mockserver returns.

Nothing that runs on the same server in the same interpreter can be faster. The bytes come from the JSON file that the
environment variable BENCH_REPLIES names: one reply for each operation.
"""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

Message = MutableMapping[str, Any]

REPLIES: dict[str, str] = json.loads(Path(os.environ["BENCH_REPLIES"]).read_text(encoding="utf-8"))
CREATED, LISTED, PAGED, GOT = (REPLIES[name].encode() for name in ("create", "list", "list 50", "get"))


def _start(status: int, body: bytes) -> Message:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    return {"type": "http.response.start", "status": status, "headers": headers}


STARTS = {id(body): _start(status, body) for status, body in ((201, CREATED), (200, LISTED), (200, PAGED), (200, GOT))}


async def app(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Answer the four requests of the benchmark; nothing is validated and nothing is stored."""
    if scope["type"] != "http":
        return
    body = GOT
    if scope["method"] == "POST":
        while (await receive()).get("more_body"):
            pass
        body = CREATED
    elif scope["path"].endswith("/mcp-servers"):
        body = LISTED if scope["query_string"] else PAGED
    await send(STARTS[id(body)])
    await send({"type": "http.response.body", "body": body})
