"""MCP servers of every misbehaviour in one process, each at `/mcp/KIND`: `python -m tests.live.misbehaving`."""

from __future__ import annotations

import socket

import uvicorn
from starlette.types import Receive, Scope, Send

from mockserver.mcp_sync.misbehaviour import MISBEHAVIOURS


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Misbehaves as the last part of the path says."""
    if scope["type"] == "http":
        await MISBEHAVIOURS[scope["path"].rpartition("/")[2]](scope, receive, send)


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"at http://127.0.0.1:{listener.getsockname()[1]}", flush=True)  # noqa: T201 - where it is
        config = uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
        uvicorn.Server(config).run(sockets=[listener])
