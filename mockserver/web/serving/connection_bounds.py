"""How much of a connection is read before it is answered: the head of a request, and requests in a row."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.flow_control import FlowControl

MAX_HEAD = 256 * 1024
"""The most bytes of a request line with its header fields, of a chunk extension, and of the trailer fields."""

MAX_TARGET = 65_535
"""The longest request target; the parser of URLs takes no longer one."""

Field = tuple[bytes, bytes]


class PipelineFlow(FlowControl):
    """Flow control that reads nothing while requests wait for the responses of earlier ones.

    uvicorn reads on after each response, so that a client that sends requests and reads no response fills the memory.
    """

    def __init__(self, transport: Any, waiting: Collection[Any]) -> None:
        super().__init__(transport)
        self._waiting = waiting

    def resume_reading(self) -> None:
        """Read on, unless requests wait."""
        if self.read_paused and not self._waiting:
            super().resume_reading()


def is_long(target: bytes, fields: Iterable[Field]) -> bool:
    """Has a request more than MAX_HEAD bytes before its body?"""
    return len(target) + sum(len(name) + len(value) + 4 for name, value in fields) > MAX_HEAD


def refusal(status: HTTPStatus, message: str, default_fields: Iterable[Field]) -> bytes:
    """The response to bytes that are no request of HTTP/1.1; the connection is closed after it."""
    lines = [b"HTTP/1.1 %d %b" % (status, status.phrase.encode()), *(b"%b: %b" % field for field in default_fields)]
    lines += [b"content-type: text/plain; charset=utf-8", b"content-length: %d" % len(message), b"connection: close"]
    return b"\r\n".join([*lines, b"", message.encode("ascii")])
