"""A real MCP server to try live sync with: `mockserver demo-mcp`.

It is made with the official SDK and speaks streamable HTTP or SSE. It is open, needs a bearer token, or uses OAuth with
its own small authorization server. `PUT /demo/tools?count=5` changes its tools, so that another sync finds changes.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import uvicorn
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings, ClientRegistrationOptions
from mcp.server.mcpserver import MCPServer
from mcp_types import ToolAnnotations
from pydantic import AnyHttpUrl
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.errors import SyncError
from mockserver.mcp_sync import simulated_tools
from mockserver.mcp_sync.demo_oauth import SCOPE, Consent
from mockserver.mcp_sync.misbehaviour import MISBEHAVIOURS
from mockserver.mcp_sync.prober import Tool

Auth = Literal["none", "bearer", "oauth"]
Kind = Literal["http", "sse"]

PATHS: dict[str, str] = {"http": "/mcp", "sse": "/sse"}
"""Where the MCP endpoint is, by transport."""

TOKEN = "demo-token"  # noqa: S105 - a public token of a demo server
MOST_TOOLS = 500


@dataclass(frozen=True, slots=True)
class Demo:
    """The settings of a demo MCP server.

    `auth` is what it requires: nothing, the bearer `token`, or OAuth with access tokens that live `token_seconds`.
    `misbehave` is one of `MISBEHAVIOURS`, or empty.
    """

    auth: Auth = "none"
    transport: Kind = "http"
    tools: int = 3
    misbehave: str = ""
    token: str = TOKEN
    token_seconds: int = 3600

    def app(self, url: str) -> ASGIApp:
        """Its ASGI application; `url` is where it will be reached, without a path (`http://127.0.0.1:8931`).

        Raises:
            SyncError: `misbehave` or `transport` is unknown.
        """
        path = _known("transport", self.transport, PATHS)
        server = PROTECTED[self.auth](self, url, path)
        server.custom_route("/demo/tools", ["GET", "PUT"])(DemoTools(server, self.tools).route)
        server.resource("demo://greeting", name="greeting", description="A greeting.")(lambda: "Hello from the demo.")
        server.prompt("greet", description="Greet a person by name.")(_greet)
        app: ASGIApp = server.sse_app() if self.transport == "sse" else server.streamable_http_app()
        return _misbehaving(app, path, self.misbehave) if self.misbehave else app

    def run(self, port: int = 8931) -> None:
        """Serve it on 127.0.0.1 until it is stopped; port 0 takes a free one. Prints where it is.

        Raises:
            SyncError: as `app`.
            OSError: the port is taken.
        """
        with socket.create_server(("127.0.0.1", port)) as listener:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            app = self.app(url)
            print(*self._welcome(url), sep="\n", flush=True)  # noqa: T201 - the command prints its address
            server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
            server.run(sockets=[listener])

    def _welcome(self, url: str) -> Iterator[str]:
        yield f"MCP server: {url}{PATHS[self.transport]}"
        yield f"change its tools: curl -X PUT '{url}/demo/tools?count=5'"
        if self.auth == "bearer":
            yield f"it wants the header: Authorization: Bearer {self.token}"


def _known(what: str, name: str, table: dict[str, Any]) -> Any:
    if name not in table:
        raise SyncError(f"there is no {what} {name!r}; there is {', '.join(table)}")
    return table[name]


def _open(demo: Demo, url: str, path: str) -> MCPServer[Any]:
    return MCPServer("demo", version="1.0.0", log_level="WARNING")


def _bearer(demo: Demo, url: str, path: str) -> MCPServer[Any]:
    settings = AuthSettings(issuer_url=AnyHttpUrl(url), resource_server_url=None)
    verifier = _OneToken(demo.token)
    return MCPServer("demo", version="1.0.0", log_level="WARNING", auth=settings, token_verifier=verifier)


def _oauth(demo: Demo, url: str, path: str) -> MCPServer[Any]:
    settings = AuthSettings(
        issuer_url=AnyHttpUrl(url),
        resource_server_url=AnyHttpUrl(url + path),
        validate_token_resource=True,
        required_scopes=[SCOPE],
        client_registration_options=ClientRegistrationOptions(
            enabled=True, valid_scopes=[SCOPE], default_scopes=[SCOPE]
        ),
    )
    consent = Consent(url, demo.token_seconds)
    server: MCPServer[Any] = MCPServer(
        "demo", version="1.0.0", log_level="WARNING", auth=settings, auth_server_provider=consent
    )
    server.custom_route("/consent", ["GET"])(consent.page)
    server.custom_route("/consent", ["POST"])(consent.decide)
    return server


PROTECTED = {"none": _open, "bearer": _bearer, "oauth": _oauth}
"""How to make a server with this authentication."""


class _OneToken:
    """Accepts one bearer token."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def verify_token(self, token: str) -> AccessToken | None:
        """The only token there is, or None."""
        return AccessToken(token=token, client_id="demo", scopes=[]) if token == self._token else None


ECHO = Tool("echo", "Say it again.", read_only_hint=True)


class DemoTools:
    """The tools of the demo server: `echo`, then generated ones. Their number can change while it runs."""

    def __init__(self, server: MCPServer[Any], count: int) -> None:
        self._server = server
        self.names: list[str] = []
        self.resize(count)

    def resize(self, count: int) -> None:
        """Remove the last tools or add further ones until there are this many."""
        while len(self.names) > count:
            self._server.remove_tool(self.names.pop())
        for tool in (ECHO, *simulated_tools.tools("demo", max(count - 1, 0)))[len(self.names) : count]:
            self._add(tool, _echo if tool is ECHO else _done)

    def _add(self, tool: Tool, function: Callable[..., str]) -> None:
        hints = None if tool.read_only_hint is None else ToolAnnotations(read_only_hint=tool.read_only_hint)
        self._server.add_tool(function, name=tool.name, description=tool.description, annotations=hints)
        self.names.append(tool.name)

    async def route(self, request: Request) -> Response:
        """The names of the tools. A PUT with `count` first changes how many there are."""
        count = request.query_params.get("count", "")
        if request.method == "PUT":
            if not (count.isascii() and count.isdecimal() and int(count[:9]) <= MOST_TOOLS):
                return JSONResponse({"error": f"count is a number from 0 to {MOST_TOOLS}"}, 400)
            self.resize(int(count))
        return JSONResponse({"tools": self.names})


def _echo(text: str) -> str:
    return text


def _done(id: str = "") -> str:
    return f"Done{': ' + id if id else ''}."


def _greet(name: str) -> str:
    return f"Greet {name}."


def _misbehaving(app: ASGIApp, path: str, kind: str) -> ASGIApp:
    """The same application with a misbehaving MCP endpoint."""
    misbehave = _known("misbehaviour", kind, MISBEHAVIOURS)

    async def misbehaving(scope: Scope, receive: Receive, send: Send) -> None:
        await (misbehave if scope["type"] == "http" and scope["path"] == path else app)(scope, receive, send)

    return misbehaving
