"""Cross-origin requests of browsers (CORS, Fetch Standard section 3.2).

A mock allows the origin that asks, with credentials, or only the origins that the user lists. A CORS header that the
document describes for a response is sent as the document says. A mock with real effects (`--sync live`) allows only
pages from this machine: otherwise any page that a developer opens could make it connect to servers or, with stdio, run
commands. The admin API is for its own origin: `admin_guard.py`.
"""

from __future__ import annotations

import re
from collections.abc import Coroutine, Sequence
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse, Response

from mockserver.web.middleware.admin_guard import PREFIX
from mockserver.web.trace import note

LOOPBACK = r"https?://(?:(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?"
"""The origins of pages from this machine (RFC 6761 section 6.3, RFC 1122 section 3.2.1.3, RFC 4291)."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110 section 9.2.1). The browser does not show their responses to foreign pages."""

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY")
"""The methods that a page may use: those of a Path Item that a browser sends (OpenAPI 3.2 section 4.9.1)."""

READABLE = frozenset(
    {
        b"cache-control",
        b"content-language",
        b"content-length",
        b"content-type",
        b"expires",
        b"last-modified",
        b"pragma",
        b"vary",
    }
)
"""Headers that are not listed for pages: they may read most of them anyway (Fetch Standard section 2.2.2)."""

NUMBERS = ("Mock-Request", "Mock-Revision")
"""What the journal adds to a response after it has passed here: pages may read it, to ask `mockserver why`."""


class CorsMiddleware(CORSMiddleware):
    """Starlette's CORS middleware, for requests with an `Origin` only: it does nothing for others but takes time.

    With `origins` None any origin is allowed; with an empty tuple there are no CORS headers. With `real` effects, an
    unsafe request from a foreign origin gets a 403. `is_numbered` says that the journal numbers responses.
    """

    def __init__(
        self, next_app: Any, *, origins: Sequence[str] | None = None, real: bool = False, is_numbered: bool = False
    ) -> None:
        anyone = {"allow_origin_regex": LOOPBACK if real else ".*"}
        allowed: dict[str, Any] = anyone if origins is None else {"allow_origins": origins}
        super().__init__(next_app, **allowed, allow_methods=METHODS, allow_headers=["*"], allow_credentials=True)
        self.real, self.origins, self._numbers = real, origins, NUMBERS if is_numbered else ()
        self._locate = getattr(next_app, "locate", None)

    def __call__(self, scope: Any, receive: Any, send: Any) -> Coroutine[Any, Any, None]:
        if scope["type"] == "http":
            for name, value in scope["headers"]:
                if name == b"origin":
                    # Without the extension that sends replies directly, they pass here and get their CORS headers.
                    return self._answer(value.decode("latin-1"), {**scope, "extensions": {}}, receive, send)
        return self.app(scope, receive, send)  # type: ignore[return-value]  # as all of ours do

    async def _answer(self, origin: str, scope: Any, receive: Any, send: Any) -> None:
        is_foreign = self.real and not is_loopback(origin) and origin not in (self.origins or ())
        if is_foreign and scope["method"] not in SAFE:
            await _refuse(scope, receive, send)
        elif self.origins == () or scope["path"].startswith(PREFIX):
            await self.app(scope, receive, send)
        elif scope["method"] == "OPTIONS" and self._has_operation(scope):
            await self._answer_documented(scope, receive, send)
        elif scope["method"] == "OPTIONS" and _is_preflight(Headers(scope=scope)):
            await self._preflight(scope)(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def send(self, message: Any, send: Any, request_headers: Headers) -> None:
        """Send a message of a response, with CORS headers where the response has none of its own."""
        if message["type"] == "http.response.start":
            headers, origin = MutableHeaders(scope=message), request_headers["origin"]
            shown = [n.decode("latin-1") for n, _ in headers.raw if n not in READABLE and not n.startswith(b"access-")]
            exposed = [*shown, *self._numbers]
            if self.is_allowed_origin(origin):
                headers.setdefault("access-control-allow-origin", origin)
                headers.setdefault("access-control-allow-credentials", "true")
                if exposed:
                    headers.setdefault("access-control-expose-headers", ", ".join(dict.fromkeys(exposed)))
            headers.add_vary_header("Origin")
        await send(message)

    def _has_operation(self, scope: Any) -> bool:
        """Does the document describe OPTIONS for the path?"""
        return self._locate is not None and self._locate(scope)[1] is not None

    def _preflight(self, scope: Any) -> Response:
        """The response to a preflight: it allows a method of `additionalOperations` too (OpenAPI 3.2 section 4.9.1)."""
        headers = Headers(scope=scope)
        method = headers["access-control-request-method"]
        if method in METHODS or self._locate is None or self._locate({**scope, "method": method})[1] is None:
            return self.preflight_response(headers)
        response = self.preflight_response(Headers({**headers, "access-control-request-method": METHODS[0]}))
        response.headers["access-control-allow-methods"] += f", {method}"
        return response

    async def _answer_documented(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer OPTIONS by its operation; a preflight that the operation refuses is answered like any other.

        A preflight has no credential (Fetch Standard section 4.8), which the operation may need.
        """
        request_headers, messages = Headers(scope=scope), _Messages()
        await self.app(scope, receive, messages)
        start, *rest = messages.sent
        preflight = self._preflight(scope) if _is_preflight(request_headers) else None
        if preflight is not None and start["status"] >= 300:
            await preflight(scope, receive, send)
            return
        headers = MutableHeaders(scope=start)
        for name, value in preflight.headers.items() if preflight is not None and preflight.status_code == 200 else ():
            if name.startswith("access-control-"):
                headers.setdefault(name, value)
        await self.send(start, send, request_headers)
        for message in rest:
            await send(message)


class _Messages:
    """The ASGI `send` that keeps the messages."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    async def __call__(self, message: Any) -> None:
        self.sent.append(message)


def _is_preflight(headers: Headers) -> bool:
    return "access-control-request-method" in headers


def is_loopback(origin: str) -> bool:
    """Is the origin (RFC 6454 section 6.2) on this machine?"""
    return re.fullmatch(LOOPBACK, origin) is not None


async def _refuse(scope: Any, receive: Any, send: Any) -> None:
    detail = (
        "this sandbox asks real MCP servers, so only pages from this machine may use it (localhost, 127.0.0.1, [::1])"
    )
    note(scope, detail)
    body = {"type": "about:blank", "title": "Foreign origin", "status": 403, "detail": detail}
    await JSONResponse(body, 403, media_type="application/problem+json")(scope, receive, send)
