"""How a reply goes out: as one piece where the server takes it so, else as the two messages of ASGI."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from mockserver.messages import Reply
from mockserver.web.endpoint import Endpoint, Headers, encode
from mockserver.web.serving.uvicorn_protocol import WHOLE, Whole, send_parts

TYPES = {"application/json": b"content-type: application/json\r\n"}
"""Lines of media types as they are written, where that is not done anew for each reply."""


def whole(reply: Reply, extra: Headers, method: str) -> Whole:
    """A reply written, without its body for HEAD and for statuses that have none (RFC 9110 sections 9.3.2, 15.3.5)."""
    fields, content = b"", b""
    if reply.status not in (204, 304):
        content = encode(reply)
        fields = b"content-length: %d\r\n" % len(content)
    if content:
        fields += TYPES.get(reply.media_type) or _line("content-type", reply.media_type)
    if reply.headers or extra:
        fields += b"".join([_line(name, value) for name, value in (*reply.headers, *extra)])
    return reply.status, fields, content if method != "HEAD" else b""


async def answered(endpoint: Endpoint, scope: Mapping[str, Any], body: bytes, values: tuple[str, ...]) -> Whole:
    """An operation's reply to a request whose body is all there."""
    reply, limits = await endpoint(scope, body, values)
    return whole(reply, limits, scope["method"])


async def write(reply: Reply, extra: Headers, scope: Mapping[str, Any], send: Any) -> None:
    """Send a reply."""
    status, fields, content = whole(reply, extra, scope["method"])
    at_once = scope["extensions"].get(WHOLE) if "extensions" in scope else None
    if at_once is not None and at_once(status, fields, content):
        return
    await send_parts(send, status, fields, content)


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
