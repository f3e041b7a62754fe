"""The tools as streamable HTTP at `/_mock/mcp` of a sandbox that is served. Made at the first request."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from mcp.server.transport_security import TransportSecuritySettings

from mockserver.agent_tools.access import SandboxAccess
from mockserver.agent_tools.server import tool_server
from mockserver.client import AsyncSandbox

IN_PROCESS = "http://localhost"
"""The address of the sandbox for its own tools: nothing goes over a socket."""

NO_STREAM = (405, b"this server sends nothing on its own; use POST")


class HttpEndpoint:
    """An ASGI app that answers the messages of MCP clients, with the tools of a sandbox.

    `app` is the sandbox, `token` that of its admin API. No message depends on another one, so clients have no session.
    """

    def __init__(self, app: Any, token: str | None, scope: Any) -> None:
        self._client = AsyncSandbox(IN_PROCESS, token=token, transport=lambda: httpx.ASGITransport(app))
        server = tool_server(SandboxAccess(self._client, address=_address(scope)))
        # Who may ask is decided by the guard of the admin API, before this is called.
        unguarded = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        server.streamable_http_app(stateless_http=True, json_response=True, transport_security=unguarded)
        self._manager = server.session_manager
        self._stop, self._ready = asyncio.Event(), asyncio.Event()
        self._running = asyncio.create_task(self._run())

    async def _run(self) -> None:
        """Keep the tasks of the SDK: it wants to enter and leave its group in one task."""
        async with self._client, self._manager.run():
            self._ready.set()
            await self._stop.wait()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a message. The stream of a GET would stay empty, so it is refused, as the specification allows."""
        await self._ready.wait()
        if scope["method"] != "POST":
            status, text = NO_STREAM
            headers = [(b"allow", b"POST"), (b"content-type", b"text/plain"), (b"content-length", b"%d" % len(text))]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": text})
            return
        await self._manager.handle_request(scope, receive, send)

    async def close(self) -> None:
        """End the tasks."""
        self._stop.set()
        await self._running


def _address(scope: Any) -> str | None:
    """Where the server listens, as the server itself says; None where it does not say."""
    server = scope.get("server")
    if not server or server[1] is None:
        return None
    host = f"[{server[0]}]" if ":" in server[0] else server[0]
    return f"{scope.get('scheme', 'http')}://{host}:{server[1]}"
