"""Cross-origin requests of browsers (CORS, Fetch Standard section 3.2).

A mock allows any origin, unless it has real effects (`--sync live`). Then it allows only pages from this machine:
otherwise any page that a developer opens could make it connect to servers or, with stdio, run commands.
"""

from __future__ import annotations

import re
from collections.abc import Coroutine
from typing import Any

from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse

LOOPBACK = r"https?://(?:(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?"
"""The origins of pages from this machine (RFC 6761 section 6.3, RFC 1122 section 3.2.1.3, RFC 4291)."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110 section 9.2.1). The browser does not show their responses to foreign pages."""


class CorsMiddleware(CORSMiddleware):
    """Starlette's CORS middleware, for requests with an `Origin` only: it does nothing for others but takes time.

    With `real` effects, an unsafe request from a foreign origin gets a 403.
    """

    def __init__(self, next_app: Any, *, real: bool = False) -> None:
        origins: dict[str, Any] = {"allow_origin_regex": LOOPBACK} if real else {"allow_origins": ["*"]}
        super().__init__(next_app, **origins, allow_methods=["*"], allow_headers=["*"], expose_headers=["*"])
        self.real = real

    def __call__(self, scope: Any, receive: Any, send: Any) -> Coroutine[Any, Any, None]:
        if scope["type"] == "http":
            for name, value in scope["headers"]:
                if name == b"origin":
                    foreign = self.real and scope["method"] not in SAFE and not is_loopback(value.decode("latin-1"))
                    # Without the extension that sends replies directly, they pass here and get their CORS headers.
                    inner = {**scope, "extensions": {}}
                    return (_refuse if foreign else super().__call__)(inner, receive, send)
        return self.app(scope, receive, send)  # type: ignore[return-value]  # as all of ours do


def is_loopback(origin: str) -> bool:
    """Is the origin (RFC 6454 section 6.2) on this machine?"""
    return re.fullmatch(LOOPBACK, origin) is not None


async def _refuse(scope: Any, receive: Any, send: Any) -> None:
    detail = (
        "this sandbox asks real MCP servers, so only pages from this machine may use it (localhost, 127.0.0.1, [::1])"
    )
    body = {"type": "about:blank", "title": "Foreign origin", "status": 403, "detail": detail}
    await JSONResponse(body, 403, media_type="application/problem+json")(scope, receive, send)
