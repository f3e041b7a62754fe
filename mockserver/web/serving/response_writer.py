"""Writing responses: in one piece if the server supports it, else as the two messages of ASGI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from mockserver.lazy_pattern import lazy_pattern
from mockserver.messages import Reply
from mockserver.web.endpoint import Endpoint, Headers
from mockserver.web.response.encoding import encode
from mockserver.web.serving.uvicorn_protocol import COMPLETE, CompleteResponse, send_parts

CONTENT_TYPE_LINES = {"application/json": b"content-type: application/json\r\n"}
"""The `content-type` lines of the most frequent media types, to not encode them for each response."""


def complete(reply: Reply, extra: Headers, method: str) -> CompleteResponse:
    """The bytes of a reply, without a body for HEAD and for 204 and 304 (RFC 9110 sections 9.3.2, 15.3.5, 15.4.5)."""
    status, _, headers, media_type, content, is_proven = reply  # attributes of a named tuple take five times as long
    if status in (204, 304):
        fields, content = b"", b""
    else:
        content = content if content is not None else encode(reply)
        fields = b"content-length: %d\r\n" % len(content)
    if content or (is_proven and media_type and status not in (204, 304)):
        fields += CONTENT_TYPE_LINES.get(media_type) or _line("content-type", media_type)
    if headers or extra:
        fields += b"".join([_line(name, value) for name, value in (*headers, *extra)])
    return status, fields, content if method != "HEAD" else b""


async def complete_response(
    endpoint: Endpoint, scope: Mapping[str, Any], body: bytes, values: tuple[str, ...]
) -> CompleteResponse:
    """The response of an operation to a request whose body has arrived."""
    reply, limits, _ = await endpoint(scope, body, values)
    return complete(reply, limits, scope["method"])


async def write(reply: Reply, extra: Headers, scope: Mapping[str, Any], send: Any) -> None:
    """Send a reply through ASGI."""
    status, fields, content = complete(reply, extra, scope["method"])
    send_complete = scope["extensions"].get(COMPLETE) if "extensions" in scope else None
    if send_complete is not None and send_complete(status, fields, content):
        return
    await send_parts(send, status, fields, content)


def _line(name: str, value: str) -> bytes:
    """The line of a header field; characters that a value cannot have are percent-encoded (RFC 9110 section 5.5).

    A field whose name is not valid (section 5.1) is left out.
    """
    if TOKEN.fullmatch(name) is None:
        return b""
    written = value if value.isascii() and value.isprintable() else quote(value, safe=PRINTABLE)
    return f"{name.lower()}: {written}\r\n".encode()


PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
TOKEN = lazy_pattern(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
