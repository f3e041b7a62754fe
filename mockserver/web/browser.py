"""Cross-origin requests of browsers (CORS, Fetch Standard section 3.2): any origin may use the sandbox."""

from __future__ import annotations

from typing import Any

from starlette.middleware.cors import CORSMiddleware


class BrowserMiddleware(CORSMiddleware):
    """Starlette's CORS layer, entered only by requests that have an `Origin`: the others would pay for nothing."""

    def __init__(self, next_app: Any) -> None:
        super().__init__(next_app, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"], expose_headers=["*"])

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            for name, _ in scope["headers"]:
                if name == b"origin":
                    await super().__call__(scope, receive, send)
                    return
        await self.app(scope, receive, send)
