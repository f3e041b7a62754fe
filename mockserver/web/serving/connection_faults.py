"""Connections that break while a request is answered: cut, reset, slow, or with bytes that are not HTTP.

An app raises ConnectionFault in place of a response. The server of `mockserver serve` then breaks the connection
(`act`); in process, and with other servers, a client sees as much of it as ASGI can say (`ConnectionFault.send`).
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Sequence
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

IS_OURS = "mockserver.is_ours"
"""The key of an ASGI scope that is there when our own server called the app."""

Piece = tuple[float, bytes]
"""Seconds to wait, and the bytes that are sent then."""

RESET_AT_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER with a time of zero: closing the socket sends RST instead of FIN (POSIX, socket(7))."""


class ConnectionFault(ConnectionResetError):
    """Says how a connection breaks. `response` is the status and the encoded header lines that are sent before.

    The body is sent in `pieces`. Then the connection is closed, by RST if `is_reset`. A response that `is_whole` has
    all its bytes and only takes its time. With `cuts_head` only half of the head is sent.
    """

    def __init__(
        self,
        message: str,
        response: tuple[int, bytes] | None = None,
        pieces: Sequence[Piece] = (),
        *,
        is_reset: bool = False,
        is_whole: bool = False,
        cuts_head: bool = False,
    ) -> None:
        super().__init__(message)
        self.response, self.pieces = response, pieces
        self.is_reset, self.is_whole, self.cuts_head = is_reset, is_whole, cuts_head

    async def send(self, send: Any, method: str) -> None:
        """Send by the messages of ASGI what can be sent. Raises itself, unless the response is whole."""
        if self.response is not None and not self.cuts_head:
            status, fields = self.response
            headers = [line.partition(b": ")[::2] for line in fields.split(b"\r\n")[:-1]]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            for seconds, piece in self.pieces:
                await asyncio.sleep(seconds)
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        if not self.is_whole:
            raise self
        await send({"type": "http.response.body", "body": b""})


async def act(fault: ConnectionFault, cycle: RequestResponseCycle) -> None:
    """Break a connection of our own server."""
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    if fault.response is not None:
        head = _head(*fault.response, cycle)
        cycle.transport.write(head[: len(head) // 2] if fault.cuts_head else head)
    for seconds, piece in fault.pieces:
        await asyncio.sleep(seconds)
        if cycle.transport.is_closing():
            return
        cycle.transport.write(piece)
        if cycle.flow.write_paused:
            await cycle.flow.drain()
    _close(cycle.transport, is_reset=fault.is_reset)
    cycle.message_event.set()


def _head(status: int, fields: bytes, cycle: RequestResponseCycle) -> bytes:
    own = b"".join(b"%b: %b\r\n" % field for field in cycle.default_headers)
    return b"".join((STATUS_LINE[status], own, fields, b"connection: close\r\n\r\n"))


def _close(transport: asyncio.Transport, *, is_reset: bool) -> None:
    if not is_reset:
        transport.close()
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
    transport.abort()
