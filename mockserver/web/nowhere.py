"""The last layer: a path at which nothing stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from mockserver.web.middleware import raw_path, write
from mockserver.web.service import Service


class NowhereMiddleware:
    """Answers 404: in a service's own words below its prefix, else with what a lost client needs to know."""

    def __init__(self, next_app: Any, *, prefixes: Mapping[str, Service]) -> None:
        self._next = next_app
        self._prefixes = sorted(prefixes.items(), key=lambda entry: -len(entry[0]))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return await self._next(scope, receive, send)
        path = raw_path(scope)
        for prefix, service in self._prefixes:
            if path.startswith(prefix + "/"):
                below = path[len(prefix) :].removeprefix(service.contract.document.base_path)
                return await write(service.nowhere(scope, below), (), scope["method"], send)
        body = {"status": 404, "detail": f"nothing is served at {scope['path']}; / lists what is"}
        return await JSONResponse(body, 404, media_type="application/problem+json")(scope, receive, send)
