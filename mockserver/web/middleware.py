"""Where Connexion hands each document over: its extension point, a SpecMiddleware that answers compiled operations."""

from __future__ import annotations

from typing import Any

from connexion.middleware.abstract import SpecMiddleware
from connexion.spec import Specification

from mockserver.call import Reply
from mockserver.web.endpoint import Headers, encode
from mockserver.web.service import Service


class OperationsMiddleware(SpecMiddleware):  # type: ignore[misc]  # connexion has no types: a base of type Any
    """Answers every request for a path of a document with the service that keeps it; passes the rest on."""

    def __init__(self, next_app: Any) -> None:
        self._next = next_app
        self._roots: list[tuple[str, Service]] = []

    def add_api(self, specification: Specification, *, base_path: str, service: Service, **options: Any) -> None:
        """Mount a service; the most specific base path is asked first."""
        self._roots.append((base_path, service))
        self._roots.sort(key=lambda entry: -len(entry[0]))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            path = raw_path(scope)
            for base_path, service in self._roots:
                if path.startswith(base_path):
                    match = service.find(path[len(base_path) :])
                    if match is not None:
                        reply, extra = await service.answer(scope, receive, match)
                        await write(reply, extra, scope["method"], send)
                        return
        await self._next(scope, receive, send)


def raw_path(scope: Any) -> str:
    """The path as the client sent it, percent-encoded, without the query (some servers leave it in)."""
    path: str = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    return path.partition("?")[0] if "?" in path else path


async def write(reply: Reply, extra: Headers, method: str, send: Any) -> None:
    """Send a reply, without its body for HEAD and for statuses that have none (RFC 9110 sections 9.3.2, 15.3.5)."""
    content = b"" if reply.status in (204, 304) else encode(reply)
    headers = [] if reply.status in (204, 304) else [(b"content-length", b"%d" % len(content))]
    if content:
        headers.append((b"content-type", reply.media_type.encode("latin-1")))
    if reply.headers or extra:
        headers += [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in (*reply.headers, *extra)]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else content})
