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


def keep(scope: Any, body: bytes) -> KeptRequest:
    """What is kept of a request with this body: the piece of at most LONGEST_BODY that it is, else its parts."""
    piece: bytes | None = scope.get(RECEIVED)
    if piece is None or len(piece) > LONGEST_BODY or (body and not _ends_with(piece, body)):
        return _parts(scope, body)
    return piece if _has_path(piece, len(scope["method"]) + 1, scope["raw_path"]) else _parts(scope, body)


def _has_path(piece: bytes, start: int, path: bytes) -> bool:
    """Is this the path that was sent, as it was sent?

    It is another one below the path of a namespace (`/_mock/ns/NAME/…`), whose scope has other header fields too, and
    it does not stand there in the absolute form of a target (RFC 9112 section 3.2.2).
    """
    end = start + len(path)
    return piece.startswith(path, start) and piece[end : end + 1] in (b" ", b"?", b"#")


def _ends_with(piece: bytes, body: bytes) -> bool:
    """Does the body follow the head as it is? It does not if it was sent in chunks."""
    return len(piece) == piece.find(END_OF_HEAD) + len(END_OF_HEAD) + len(body)


def _parts(scope: Any, body: bytes) -> RequestParts:
    path = scope.get("raw_path") or scope["path"].encode()
    fields = b"\0".join(chain.from_iterable(scope["headers"]))[:LONGEST_HEAD]
    query = scope["query_string"][:LONGEST_HEAD]
    return RequestParts(scope["method"], path[:LONGEST_HEAD], query, fields, body[:LONGEST_BODY], len(body))


def parts_of(kept: KeptRequest) -> RequestParts:
    """The parts of a kept request; field names in lower case, as a scope has them."""
    if isinstance(kept, RequestParts):
        return kept
    head, _, body = kept.partition(END_OF_HEAD)
    line, *lines = head.split(b"\r\n")
    method, target, _ = line.split(b" ", 2)
    path, _, query = target.partition(b"#")[0].partition(b"?")
    pairs = [(name.lower(), value) for name, _, value in (each.partition(b":") for each in lines)]
    fields = b"\0".join(b"%b\0%b" % pair for pair in pairs)
    if any(name == b"transfer-encoding" for name, _ in pairs):
        body = b""  # the end of chunks: what was sent in chunks is kept as parts if there was anything in them
    return RequestParts(method.decode(), path, query, fields, body, len(body))
