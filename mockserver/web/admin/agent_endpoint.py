"""`/_mock/mcp`: tools for agents, by the Model Context Protocol, where the extra `live` is installed."""

from __future__ import annotations

import asyncio
from pkgutil import resolve_name
from typing import Any

from starlette.responses import JSONResponse

NAME = "mcp"
"""Its path below `/_mock/`."""

ENDPOINT = "mockserver.agent_tools.http_endpoint:HttpEndpoint"
"""Named and not imported: it needs the extra, and is loaded by the first request."""

MISSING = "tools for agents need the official MCP package: pip install 'mockserver[live]'"


class AgentEndpoint:
    """Answers MCP clients with the tools of `app`, a sandbox; 501 where the extra is not installed."""

    def __init__(self, app: Any, token: str | None) -> None:
        self._app, self._token = app, token
        self._endpoint: Any = None
        self._loading = asyncio.Lock()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            endpoint = await self._loaded(scope)
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("mockserver"):
                raise
            problem = {"status": 501, "detail": MISSING}
            await JSONResponse(problem, 501, media_type="application/problem+json")(scope, receive, send)
        else:
            await endpoint(scope, receive, send)

    async def _loaded(self, scope: Any) -> Any:
        async with self._loading:
            if self._endpoint is None:
                made = await asyncio.to_thread(resolve_name, ENDPOINT)
                self._endpoint = made(self._app, self._token, scope)
        return self._endpoint

    async def close(self) -> None:
        """End its tasks."""
        endpoint, self._endpoint = self._endpoint, None
        if endpoint is not None:
            await endpoint.close()
