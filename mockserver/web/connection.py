"""The HTTP/1.1 connections of `mockserver serve`."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SHORT = 64 * 1024
"""A body of so many bytes is copied behind its head; a longer one follows it on its own."""


class Connection(HttpToolsProtocol):
    """uvicorn's connection, which sends the head of a reply and its body together: one system call, one packet."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(Joining(transport))  # type: ignore[arg-type]  # it is one in all that uvicorn uses

    def on_response_complete(self) -> None:
        self.transport.flush()  # type: ignore[attr-defined]  # a reply to HEAD is a head alone
        super().on_response_complete()


class Joining:
    """A transport that keeps a head whose body is to follow until it does."""

    __slots__ = ("_head", "_transport", "_write")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport, self._write = transport, transport.write
        self._head = b""

    def write(self, data: bytes) -> None:
        if self._head:
            head, self._head = self._head, b""
            if len(data) > SHORT:
                self._write(head)
            else:
                data = head + data
        elif data.startswith(b"HTTP/1.1 ") and b"content-length: " in data:
            self._head = data
            return
        self._write(data)

    def flush(self) -> None:
        """Send what is kept."""
        if self._head:
            self._write(self._head)
            self._head = b""

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
