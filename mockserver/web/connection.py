"""The HTTP/1.1 connections of `mockserver serve`."""

from __future__ import annotations

from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

WHOLE = "mockserver.whole"
"""The ASGI extension (ASGI 3.0, "Extensions") by which a reply is sent at once: `(status, fields, content) -> bool`.

`fields` are header lines as they go out, `content` the bytes of the body. False: nothing was sent, use `send`.
"""


class Connection(HttpToolsProtocol):
    """uvicorn's connection, which offers WHOLE: one message, one system call and one packet in place of two each."""

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Where uvicorn hands a request over; one that has no such place serves as well, and slower."""
        cycle.scope["extensions"] = {WHOLE: partial(_send, cycle)}  # type: ignore[dict-item]  # callables are extensions too
        super()._start_asgi_task(cycle, app)


def _send(cycle: RequestResponseCycle, status: int, fields: bytes, content: bytes) -> bool:
    """What `RequestResponseCycle.send` does with two messages, where nothing stands against doing it at once."""
    if cycle.response_started or cycle.disconnected or cycle.flow.write_paused or cycle.access_log:
        return False
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    own = b"".join([b"%b: %b\r\n" % field for field in cycle.default_headers])
    end = b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n"
    cycle.transport.write(b"".join((STATUS_LINE[status], own, fields, end, content)))
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()
    return True
