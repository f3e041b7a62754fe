"""Where Connexion hands each document over: its extension point, a SpecMiddleware that answers compiled operations."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from connexion.middleware.abstract import SpecMiddleware
from connexion.spec import Specification

from mockserver.call import Reply
from mockserver.web.endpoint import Headers, encode
from mockserver.web.route import Match, raw_path
from mockserver.web.service import Service

REMEMBERED = 1024
"""How many paths are remembered with what stands there."""


class OperationsMiddleware(SpecMiddleware):  # type: ignore[misc]  # connexion has no types: a base of type Any
    """Answers every request for a path of a document with the service that keeps it; passes the rest on."""

    def __init__(self, next_app: Any) -> None:
        self._next = next_app
        self._roots: list[tuple[str, Service]] = []
        self._found: dict[bytes, tuple[Service, Match]] = {}

    def add_api(self, specification: Specification, *, base_path: str, service: Service, **options: Any) -> None:
        """Mount a service; the most specific base path is asked first."""
        self._roots.append((base_path, service))
        self._roots.sort(key=lambda entry: -len(entry[0]))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            found = self._found.get(scope.get("raw_path")) or self._find(scope)
            if found is not None:
                service, match = found
                reply, extra = await service.answer(scope, receive, match)
                await write(reply, extra, scope["method"], send)
                return
        await self._next(scope, receive, send)

    def _find(self, scope: Any) -> tuple[Service, Match] | None:
        """The service that has something at the path, and what; remembered for the next request of the same path."""
        path = raw_path(scope)
        for base_path, service in self._roots:
            match = service.find(path[len(base_path) :]) if path.startswith(base_path) else None
            if match is not None:
                self._remember(scope.get("raw_path"), (service, match))
                return service, match
        return None

    def _remember(self, path: bytes | None, found: tuple[Service, Match]) -> None:
        if len(self._found) >= REMEMBERED:
            self._found.clear()
        if path is not None:
            self._found[path] = found


TYPES = {"application/json": b"application/json"}
"""Media types as they are written, where that is not done anew for each reply."""


async def write(reply: Reply, extra: Headers, method: str, send: Any) -> None:
    """Send a reply, without its body for HEAD and for statuses that have none (RFC 9110 sections 9.3.2, 15.3.5)."""
    if reply.status in (204, 304):
        content, headers = b"", []
    else:
        content = encode(reply)
        headers = [(b"content-length", b"%d" % len(content))]
    if content:
        headers.append((b"content-type", TYPES.get(reply.media_type) or reply.media_type.encode("latin-1")))
    if reply.headers or extra:
        headers += [(n.lower().encode("latin-1"), _octets(v)) for n, v in (*reply.headers, *extra)]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else content})


def _octets(value: str) -> bytes:
    """A header's value in the octets that one may have (RFC 9110 section 5.5); others are percent-encoded."""
    return value.encode() if value.isascii() else quote(value, safe=PRINTABLE).encode()


PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
