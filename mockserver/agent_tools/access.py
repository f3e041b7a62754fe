"""The sandbox that the tools of an agent reach, and nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import httpx
import msgspec
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError

from mockserver.client import AsyncNamespace, AsyncSandbox
from mockserver.client.addresses import DEFAULT
from mockserver.errors import MockServerError

P = ParamSpec("P")
T = TypeVar("T")

SECONDS = 60.0
"""How long a response may take; an override may delay it."""

Caller = Context[Any, Any]
"""What a tool knows of the message that calls it."""


class SandboxAccess:
    """A sandbox: `client` steers it, and `address` is where it listens, None where that is not known.

    `namespace` is that of requests which name none.
    """

    def __init__(self, client: AsyncSandbox, *, namespace: str = DEFAULT, address: str | None = None) -> None:
        self.client, self._namespace = client, namespace
        self.address = address.rstrip("/") if address is not None else None

    async def http(self, namespace: AsyncNamespace) -> httpx.AsyncClient:
        """An httpx client for all paths of the sandbox, in a namespace. Close it."""
        health = await self.client.health()
        http = await namespace.client(next(iter(health.services)), timeout=SECONDS)
        http.base_url = httpx.URL(self.client.url)
        return http

    def namespace(self, caller: Caller) -> AsyncNamespace:
        """The namespace of a call: over HTTP the header `Mock-Namespace` may name one."""
        named = (caller.headers or {}).get("mock-namespace")
        return self.client.namespace(named or self._namespace)


def with_plain_errors(tool: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """A tool whose errors reach the agent as they are written."""

    @wraps(tool)
    async def told(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await tool(*args, **kwargs)
        except (MockServerError, ValueError, httpx.InvalidURL) as error:
            raise ToolError(str(error)) from None

    return told


def shaped(value: Any, kind: type[T]) -> T:
    """A value of the client, or JSON, as a type of results; what the type does not have is left out."""
    return msgspec.convert(msgspec.to_builtins(value), kind)


def plain(value: Any) -> Any:
    """A value of the client as JSON has it."""
    return msgspec.to_builtins(value)
