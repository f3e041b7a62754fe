"""The HTTP/1.1 connections of `mockserver serve`: uvicorn's, with a faster way for responses that need no waiting."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Coroutine, Generator
from functools import partial
from http import HTTPStatus
from types import coroutine
from typing import Any, NoReturn
from weakref import WeakKeyDictionary

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from mockserver.web.serving.connection_bounds import MAX_HEAD, MAX_TARGET, PipelineFlow, is_long, refusal

log = logging.getLogger("mockserver")

TOO_LONG = (
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    f"the request line and the header fields have more than {MAX_HEAD} bytes",
)

COMPLETE = "mockserver.complete_response"
"""The ASGI extension (ASGI 3.0, "Extensions") that sends a response in one call: `(status, fields, content) -> bool`.

`fields` are the encoded header lines, `content` the bytes of the body. False: nothing was sent, use `send`.
"""

CompleteResponse = tuple[int, bytes, bytes]
"""The status, encoded header lines and body of a response."""

Answer = Coroutine[Any, Any, CompleteResponse]


Batch = list[tuple["MockHttpProtocol", RequestResponseCycle, Any]]
"""Requests that were read in one round of the event loop, each with its app."""

BATCHES: WeakKeyDictionary[Any, Batch] = WeakKeyDictionary()
"""The current batch of each event loop."""


class DefaultHeaders:
    """uvicorn's default header fields, and their bytes as last encoded."""

    encoded: tuple[Any, bytes] = (None, b"")


class MockHttpProtocol(HttpToolsProtocol):
    """uvicorn's connection with the extension COMPLETE: one message, system call and packet instead of two each.

    Requests are collected in a round of the event loop and answered after all sockets are read: a system call costs the
    processor its branch predictions, so that answers between two reads are slower (docs/adr/0013-rounds.md has
    figures). A request whose body has arrived is given to the app's `fast_path(scope, body)`, if it has one. That
    returns a coroutine of a CompleteResponse, which is started without a Task, because most need only one step; or
    None, then the app is called.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._batch = BATCHES.setdefault(self.loop, [])
        self._unread = 0
        self._idle_since: float | None = None
        self._running: RequestResponseCycle | None = None
        self._refusal: tuple[HTTPStatus, str] | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin, with a bound for requests that are sent in a row."""
        super().connection_made(transport)
        self.flow = PipelineFlow(transport, self.pipeline)

    def connection_lost(self, exc: Exception | None) -> None:
        """End. uvicorn marks only the last request as disconnected; the response of the running one has no reader."""
        super().connection_lost(exc)
        self.pipeline.clear()
        self._unset_keepalive_if_required()
        if self._running is not None:
            self._running.disconnected = True

    def data_received(self, data: bytes) -> None:
        """Read received bytes. It does what uvicorn's method does, and ignores upgrades.

        The parser keeps the fields of a head until it ends, so the bytes since the last head or part of a body are
        counted.
        """
        self._unread += len(data)
        self._idle_since = None
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            self._ignore_upgrade(memoryview(data)[upgrade.args[0] :])
        except HttpParserError:
            self._refuse_malformed()
        if self._unread > MAX_HEAD and not self.transport.is_closing():
            self._refusal = TOO_LONG
            self.send_400_response("")

    def on_headers_complete(self) -> None:
        """Refuse a request of HTTP/1.1 without exactly one `Host` field (RFC 9112 section 3.2), or with a long head."""
        hosts = 0
        for name, _ in self.headers:
            if name == b"host":
                hosts += 1
        if hosts != 1 and (hosts or self.parser.get_http_version() == "1.1"):
            self._refuse(HTTPStatus.BAD_REQUEST, f"{hosts} Host fields in place of one")
        if len(self.url) > MAX_TARGET:
            self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG, f"the request target has more than {MAX_TARGET} bytes")
        if self._unread > MAX_HEAD and is_long(self.url, self.headers):
            self._refuse(*TOO_LONG)
        self._unread = 0
        HttpToolsProtocol.on_headers_complete(self)
        self.headers = []  # trailer fields are no header fields (RFC 9110 section 6.5.1); the scope has the others

    def on_body(self, body: bytes) -> None:
        """Read a part of a body."""
        self._unread = 0
        HttpToolsProtocol.on_body(self, body)

    def _should_upgrade(self) -> bool:
        """Is the request to be parsed again? uvicorn asks for each with an upgrade, and answers none that is."""
        return self.parser.get_method() != b"CONNECT"

    def _ignore_upgrade(self, rest: memoryview) -> None:
        """Read a request as if it asked for no upgrade (RFC 9110 section 7.8); `rest` is what was received after it.

        Java's HTTP client and `curl --http2` ask for one in every request, and the parser would not read the body.
        """
        while self._should_upgrade():
            head = self._head_without_upgrade()
            self.parser = HttpRequestParser(self)  # the other one reads nothing after a request that closes
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does
            try:
                self.parser.feed_data(head)
                self.parser.feed_data(rest)
            except HttpParserUpgrade as upgrade:
                rest = rest[upgrade.args[0] :]
            except HttpParserError:
                return self._refuse_malformed()
            else:
                return None
        return None

    def _head_without_upgrade(self) -> bytes:
        kept = [b"%b: %b\r\n" % field for field in self.scope["headers"] if field[0] != b"upgrade"]
        version = self.parser.get_http_version().encode()
        return b"".join([b"%b %b HTTP/%b\r\n" % (self.parser.get_method(), self.url, version), *kept, b"\r\n"])

    def _refuse_malformed(self) -> None:
        self.logger.warning("Invalid HTTP request received.")
        self.send_400_response("Invalid HTTP request received.")

    def on_response_complete(self) -> None:
        """Go on with the next request.

        uvicorn starts and cancels a timer for each request, which takes longer than all else here. One timer that looks
        when the last response ended closes an idle connection at the same time.
        """
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if self.flow.read_paused:
            self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._start_timer(self.timeout_keep_alive)

    def _start_timer(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that was idle for long enough; look again later if it was not."""
        self.timeout_keep_alive_task = None
        if self._idle_since is None:
            return  # the response in progress starts the timer again
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._start_timer(left)
        elif not self.transport.is_closing():
            self.transport.close()

    def _refuse(self, status: HTTPStatus, message: str) -> NoReturn:
        """Refuse what is being parsed: the parser passes the error on, then uvicorn calls `send_400_response`."""
        self._refusal = status, message
        raise ValueError(message)

    def send_400_response(self, msg: str) -> None:
        """Send the status and the reason of a refusal, or 400 and `msg`, and close the connection."""
        status, message = self._refusal or (HTTPStatus.BAD_REQUEST, msg)
        self.transport.write(refusal(status, message, self.server_state.default_headers))
        self.transport.close()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Add the request to the batch. uvicorn calls this for each request; a version without it works, but slower."""
        self._running = cycle
        if not self._batch:
            self.loop.call_soon(_answer_batch, self._batch)
        self._batch.append((self, cycle, app))

    def answer(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Answer one request, on the fast path if possible."""
        if cycle.more_body or cycle.access_log or not hasattr(app, "fast_path"):
            self._answer_in_task(cycle, app)
        else:
            self._answer_directly(cycle, app)

    def _answer_in_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Call the app in a Task."""
        cycle.scope["extensions"] = {COMPLETE: partial(_send, cycle)}  # type: ignore[dict-item]  # callables are extensions too
        super()._start_asgi_task(cycle, app)

    def _answer_directly(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Send a response that is ready in one step; continue any other, and report an error, in a Task."""
        pending: Awaitable[CompleteResponse] | None = None
        try:
            answer: Answer | None = app.fast_path(cycle.scope, bytes(cycle.body))
            if answer is not None:
                pending = _continued(answer, answer.send(None))
        except StopIteration as end:
            if _send(cycle, *end.value):
                cycle.on_response = _nothing  # as uvicorn does: the reference would keep cycle and connection alive
                return
            pending = _ready(end.value)
        except Exception as fault:  # noqa: BLE001  # uvicorn logs it and answers 500
            pending = _failed(fault)
        self._answer_in_task(cycle, partial(_send_when_ready, pending) if pending is not None else app)


def _answer_batch(waiting: Batch) -> None:
    batch = waiting.copy()
    waiting.clear()
    for connection, cycle, app in batch:
        try:
            connection.answer(cycle, app)
        except Exception:
            log.exception("a response could not be sent")
            connection.transport.close()  # and go on with the other requests of the batch


async def _send_when_ready(pending: Awaitable[CompleteResponse], scope: Any, receive: Any, send: Any) -> None:
    """The ASGI app that sends a response when it is ready."""
    response = await pending
    if not scope["extensions"][COMPLETE](*response):
        await send_parts(send, *response)


async def _ready(response: CompleteResponse) -> CompleteResponse:
    return response


async def _failed(fault: Exception) -> CompleteResponse:
    raise fault


@coroutine
def _continued(answer: Answer, awaited: Any) -> Generator[Any, Any, CompleteResponse]:
    """The rest of a coroutine that was started without a Task: the Task that it has now awaits what it awaits."""
    while True:
        try:
            step = partial(answer.send, (yield awaited))
        except BaseException as fault:  # noqa: BLE001  # the coroutine must see a cancellation too
            step = partial(answer.throw, fault)
        try:
            awaited = step()
        except StopIteration as end:
            response: CompleteResponse = end.value
            return response


async def send_parts(send: Any, status: int, fields: bytes, content: bytes) -> None:
    """Send a response as the two messages of ASGI."""
    headers = [line.partition(b": ")[::2] for line in fields.split(b"\r\n")[:-1]]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _send(cycle: RequestResponseCycle, status: int, fields: bytes, content: bytes) -> bool:
    """Send a response as `RequestResponseCycle.send` would in two messages. False when that is not possible now."""
    if cycle.response_started or cycle.disconnected or cycle.flow.write_paused or cycle.access_log:
        return False
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    listed, own = DefaultHeaders.encoded
    if listed is not cycle.default_headers:  # uvicorn makes a new list each second, for the date
        own = b"".join([b"%b: %b\r\n" % field for field in cycle.default_headers])
        DefaultHeaders.encoded = (cycle.default_headers, own)
    end = b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n"
    cycle.transport.write(b"".join((STATUS_LINE[status], own, fields, end, content)))
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()
    return True


def _nothing() -> None:
    pass
