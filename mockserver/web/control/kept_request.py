"""What the journal keeps of a request: the bytes as they came where that is possible, for that costs nothing."""

from __future__ import annotations

from itertools import chain
from typing import Any, NamedTuple

from mockserver.web.serving.bounded_protocol import RECEIVED

LONGEST_BODY = 16_384
"""How many bytes of a body are kept."""

LONGEST_HEAD = 16_384
"""How many bytes of header fields are kept, and how many of a request target."""

END_OF_HEAD = b"\r\n\r\n"


class RequestParts(NamedTuple):
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


def keep(scope: Any, path: bytes, body: bytes) -> KeptRequest:
    """What is kept of a request with this raw path and body: if they are one piece of at most LONGEST_BODY, the piece.

    The piece has nothing else in it if the bytes after the first empty line are as many as the body has.
    """
    piece: bytes | None = scope.get(RECEIVED)
    if (
        piece is not None
        and len(piece) <= LONGEST_BODY
        and len(piece) == piece.find(END_OF_HEAD) + len(END_OF_HEAD) + len(body)
        and piece.startswith(path, len(scope["method"]) + 1)
    ):
        return piece
    fields = b"\0".join(chain.from_iterable(scope["headers"]))
    query = scope["query_string"][:LONGEST_HEAD]
    return RequestParts(
        scope["method"], path[:LONGEST_HEAD], query, fields[:LONGEST_HEAD], body[:LONGEST_BODY], len(body)
    )


def parts_of(kept: KeptRequest) -> RequestParts:
    """The parts of a kept request; field names in lower case, as a scope has them."""
    if isinstance(kept, RequestParts):
        return kept
    head, _, body = kept.partition(END_OF_HEAD)
    line, *lines = head.split(b"\r\n")
    method, _, rest = line.partition(b" ")
    path, _, query = rest.rpartition(b" ")[0].partition(b"#")[0].partition(b"?")
    pairs = (each.partition(b":") for each in lines)
    fields = b"\0".join(b"%b\0%b" % (name.lower(), value) for name, _, value in pairs)
    return RequestParts(method.decode(), path, query, fields, body, len(body))
