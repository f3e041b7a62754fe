"""The HTTP/1.1 connections of `mockserver serve`."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

KEPT_BACK = 64 * 1024
"""So many bytes wait for the end of a step of the event loop before they are sent."""


class Connection(HttpToolsProtocol):
    """uvicorn's connection, which sends the head of a reply and its body together: one system call, one packet.

    uvloop sends at once what is more than the upper limit of its buffer, and its own default is 64 bytes.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        transport.set_write_buffer_limits(high=KEPT_BACK)
        super().connection_made(transport)
