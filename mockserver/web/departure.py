"""How a reply goes out: as one piece where the server takes it so, else as the two messages of ASGI."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from mockserver.call import Reply
from mockserver.web.connection import WHOLE
from mockserver.web.endpoint import Headers, encode

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
