"""The last layer: a path below which nothing is served."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse


class NowhereMiddleware:
    """Answers 404 with what a lost client needs to know."""

    def __init__(self, next_app: Any) -> None:
        self._next = next_app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return await self._next(scope, receive, send)
        body = {"status": 404, "detail": f"nothing is served at {scope['path']}; / lists what is"}
        return await JSONResponse(body, 404, media_type="application/problem+json")(scope, receive, send)
