"""Where Connexion hands each document over: its extension point, a SpecMiddleware that answers compiled operations."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Mapping
from typing import Any
from urllib.parse import quote

from connexion.middleware.abstract import SpecMiddleware
from connexion.spec import Specification

from mockserver.call import Reply
from mockserver.web.connection import WHOLE
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

    def __call__(self, scope: Any, receive: Any, send: Any) -> Awaitable[None]:
        if scope["type"] == "http":
            found = self._found.get(scope.get("raw_path")) or self._find(scope)
            if found is not None:
                return self._answer(*found, scope, receive, send)
        awaitable: Awaitable[None] = self._next(scope, receive, send)
        return awaitable

    @staticmethod
    async def _answer(service: Service, match: Match, scope: Any, receive: Any, send: Any) -> None:
        endpoint = service.endpoint(scope["method"], match)
        if endpoint is not None:
            reply, limits = await endpoint(scope, receive, match[1])
        else:
            reply, limits = service.refuse_method(scope["method"], match, scope["path"]), ()
        await write(reply, limits, scope, send)

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


TYPES = {"application/json": b"content-type: application/json\r\n"}
"""Lines of media types as they are written, where that is not done anew for each reply."""


async def write(reply: Reply, extra: Headers, scope: Mapping[str, Any], send: Any) -> None:
    """Send a reply, without its body for HEAD and for statuses that have none (RFC 9110 sections 9.3.2, 15.3.5)."""
    fields, content = b"", b""
    if reply.status not in (204, 304):
        content = encode(reply)
        fields = b"content-length: %d\r\n" % len(content)
    if content:
        fields += TYPES.get(reply.media_type) or _line("content-type", reply.media_type)
    if reply.headers or extra:
        fields += b"".join([_line(name, value) for name, value in (*reply.headers, *extra)])
    if scope["method"] == "HEAD":
        content = b""
    whole = scope["extensions"].get(WHOLE) if "extensions" in scope else None
    if whole is not None and whole(reply.status, fields, content):
        return
    headers = [line.partition(b": ")[::2] for line in fields.split(b"\r\n")[:-1]]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _line(name: str, value: str) -> bytes:
    """A header as it goes out: its value in octets that one may have (RFC 9110 section 5.5), the others encoded.

    A name that none may have (section 5.1) is left out.
    """
    if TOKEN.fullmatch(name) is None:
        return b""
    written = value if value.isascii() and value.isprintable() else quote(value, safe=PRINTABLE)
    return f"{name.lower()}: {written}\r\n".encode()


PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
