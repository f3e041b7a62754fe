"""What the journal keeps of a request: the bytes as they came where that is possible, for that costs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

from httptools import parse_url
from msgspec import Struct

LONGEST_BODY = 16_384
"""How many bytes of a body are kept."""

LONGEST_HEAD = 16_384
"""How many bytes of header fields are kept, and how many of a request target."""

END_OF_HEAD = b"\r\n\r\n"


class RequestParts(Struct, frozen=True):
    """The parts of a request. `fields` are names and values with a NUL between; `length` is that of the whole body."""

    method: str
    path: bytes
    query: bytes
    fields: bytes
    body: bytes
    length: int

    @property
    def target(self) -> str:
        """The path with the query, as sent."""
        return (self.path + (b"?" + self.query if self.query else b"")).decode("latin-1")

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The names and values of the header fields, without the space around them (RFC 9110 section 5.5)."""
        parts = self.fields.decode("latin-1").split("\0")
        return [(name, value.strip(" \t")) for name, value in zip(parts[::2], parts[1::2], strict=False)]


KeptRequest = bytes | RequestParts
"""A whole request as it came, or its parts."""


def parts_in(scope: Any, body: bytes) -> RequestParts:
    """The parts of a request with this body, cut."""
    path = scope.get("raw_path") or scope["path"].encode()
    fields = b"\0".join(chain.from_iterable(scope["headers"]))[:LONGEST_HEAD]
    query = scope["query_string"][:LONGEST_HEAD]
    return RequestParts(scope["method"], path[:LONGEST_HEAD], query, fields, body[:LONGEST_BODY], len(body))


def parts_of(kept: KeptRequest) -> RequestParts:
    """The parts of a kept request; field names in lower case, as a scope has them."""
    if isinstance(kept, RequestParts):
        return kept
    # An empty line may come before a request (RFC 9112 section 2.2).
    head, _, rest = kept.lstrip(b"\r\n").partition(END_OF_HEAD)
    line, *lines = head.split(b"\r\n")
    method, target = line.split()[:2]
    url = parse_url(target)  # as uvicorn does: it may be a whole URL (RFC 9112 section 3.2.2)
    pairs = [(name.lower(), value) for name, _, value in (each.partition(b":") for each in lines)]
    fields = b"\0".join(b"%b\0%b" % pair for pair in pairs)
    body = _body(rest, dict(pairs))
    return RequestParts(method.decode(), url.path, url.query or b"", fields, body, len(body))


def _body(rest: bytes, fields: Mapping[bytes, bytes]) -> bytes:
    """The body in what came after the head of a request that was answered, whose framing is valid."""
    if b"transfer-encoding" not in fields:
        return rest[: int(fields.get(b"content-length", b"0"))]
    chunks = []
    while size := int(rest.partition(b"\r\n")[0].partition(b";")[0], 16):
        rest = rest.partition(b"\r\n")[2]
        chunks.append(rest[:size])
        rest = rest[size + len(b"\r\n") :]
    return b"".join(chunks)
