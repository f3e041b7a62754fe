"""The HTTP/1.1 connections of `mockserver serve`: uvicorn's, with a short way for replies that need no waiting."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Coroutine, Generator
from functools import partial
from types import coroutine
from typing import Any
from weakref import WeakKeyDictionary

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

log = logging.getLogger("mockserver")

UPGRADE = re.compile(rb"\r\nupgrade(?=[ \t]*:)", re.IGNORECASE)

WHOLE = "mockserver.whole"
"""The ASGI extension (ASGI 3.0, "Extensions") by which a reply is sent at once: `(status, fields, content) -> bool`.

`fields` are header lines as they go out, `content` the bytes of the body. False: nothing was sent, use `send`.
"""

Whole = tuple[int, bytes, bytes]
"""Status, header lines and body, as they go out."""

Answer = Coroutine[Any, Any, Whole]


Round = list[tuple["MockHttpProtocol", RequestResponseCycle, Any]]
"""The requests that were read since the event loop last came by, with the app that each is for."""

ROUNDS: WeakKeyDictionary[Any, Round] = WeakKeyDictionary()
"""Of each event loop the round that is going on."""


class Usual:
    """The headers that every reply has, listed and as they were last written."""

    written: tuple[Any, bytes] = (None, b"")


class MockHttpProtocol(HttpToolsProtocol):
    """uvicorn's connection, which offers WHOLE: one message, one system call and one packet in place of two each.

    Requests are answered when all that has come over all connections is read, because a processor that comes from a
    system call has forgotten its way through the program. One that has come as a whole is handed to the app's
    `at_once(scope, body)`, if it has one. What that returns is a coroutine of status, header lines and body, begun
    without a Task; most end in that step. None: call the app.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._round = ROUNDS.setdefault(self.loop, [])

    def data_received(self, data: bytes) -> None:
        """Read what has come. An upgrade to another protocol is not offered, so it is ignored (RFC 9110 section 7.8).

        Java's HTTP client and `curl --http2` ask for one with every request; the parser would leave the body unread.
        """
        is_head = not getattr(self.cycle, "more_body", False)  # between two requests
        if is_head and UPGRADE.search(data, 0, data.find(b"\r\n\r\n") + 2):
            data = UPGRADE.sub(b"\r\nignored", data, count=1)
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """Refuse a request of HTTP/1.1 without exactly one `Host` field (RFC 9112 section 3.2)."""
        hosts = 0
        for name, _ in self.headers:
            if name == b"host":
                hosts += 1
        if hosts != 1 and (hosts or self.parser.get_http_version() == "1.1"):
            raise ValueError(f"{hosts} Host fields in place of one")  # the parser passes it on; uvicorn answers 400
        super().on_headers_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Where uvicorn hands a request over; one that has no such place serves as well, and slower."""
        if not self._round:
            self.loop.call_soon(_answer_all, self._round)
        self._round.append((self, cycle, app))

    def answer(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Answer one request, at once if that can be."""
        if cycle.more_body or cycle.access_log or not hasattr(app, "at_once"):
            self._call(cycle, app)
        else:
            self._begin(cycle, app)

    def _call(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Have a Task call the app."""
        cycle.scope["extensions"] = {WHOLE: partial(_send, cycle)}  # type: ignore[dict-item]  # callables are extensions too
        super()._start_asgi_task(cycle, app)

    def _begin(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Send an answer that is ready in one step; any other goes on in a Task, as does what went wrong."""
        rest: Awaitable[Whole] | None = None
        try:
            answer: Answer | None = app.at_once(cycle.scope, bytes(cycle.body))
            if answer is not None:
                rest = _going_on(answer, answer.send(None))
        except StopIteration as end:
            if _send(cycle, *end.value):
                cycle.on_response = _nothing  # as uvicorn does: it would keep both alive
                return
            rest = _at_last(end.value)
        except Exception as fault:  # noqa: BLE001  # uvicorn logs it and answers 500
            rest = _at_fault(fault)
        self._call(cycle, partial(_end, rest) if rest is not None else app)


def _answer_all(waiting: Round) -> None:
    begun = waiting.copy()
    waiting.clear()
    for connection, cycle, app in begun:
        try:
            connection.answer(cycle, app)
        except Exception:
            log.exception("a response could not be sent")
            connection.transport.close()  # and the other requests of the round are answered all the same


async def _end(rest: Awaitable[Whole], scope: Any, receive: Any, send: Any) -> None:
    """The ASGI app that sends an answer when it is ready."""
    whole = await rest
    if not scope["extensions"][WHOLE](*whole):
        await send_parts(send, *whole)


async def _at_last(whole: Whole) -> Whole:
    return whole


async def _at_fault(fault: Exception) -> Whole:
    raise fault


@coroutine
def _going_on(answer: Answer, awaited: Any) -> Generator[Any, Any, Whole]:
    """The rest of a coroutine that was begun without a Task: what it waits for is yielded to the Task it has now."""
    while True:
        try:
            step = partial(answer.send, (yield awaited))
        except BaseException as fault:  # noqa: BLE001  # a cancellation too is for the answer to take
            step = partial(answer.throw, fault)
        try:
            awaited = step()
        except StopIteration as end:
            whole: Whole = end.value
            return whole


async def send_parts(send: Any, status: int, fields: bytes, content: bytes) -> None:
    """Send a reply by the two messages of ASGI."""
    headers = [line.partition(b": ")[::2] for line in fields.split(b"\r\n")[:-1]]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _send(cycle: RequestResponseCycle, status: int, fields: bytes, content: bytes) -> bool:
    """What `RequestResponseCycle.send` does with two messages, where nothing stands against doing it at once."""
    if cycle.response_started or cycle.disconnected or cycle.flow.write_paused or cycle.access_log:
        return False
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    listed, own = Usual.written
    if listed is not cycle.default_headers:  # uvicorn makes them anew each second, for the date
        own = b"".join([b"%b: %b\r\n" % field for field in cycle.default_headers])
        Usual.written = (cycle.default_headers, own)
    end = b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n"
    cycle.transport.write(b"".join((STATUS_LINE[status], own, fields, end, content)))
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()
    return True


def _nothing() -> None:
    pass
