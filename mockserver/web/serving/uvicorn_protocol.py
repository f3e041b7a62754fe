"""The HTTP/1.1 connections of `mockserver serve`: uvicorn's, with a faster way for responses that need no waiting."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine, Generator
from functools import partial
from types import coroutine
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from mockserver.web.serving import connection_faults
from mockserver.web.serving.bounded_protocol import BoundedHttpProtocol
from mockserver.web.serving.connection_faults import IS_OURS, ConnectionFault
from mockserver.web.serving.pause import TURN, Pause

log = logging.getLogger("mockserver")

COMPLETE = "mockserver.complete_response"
"""The ASGI extension (ASGI 3.0, "Extensions") that sends a response in one call: `(status, fields, content) -> bool`.

`fields` are the encoded header lines, `content` the bytes of the body. False: nothing was sent, use `send`.
"""

CompleteResponse = tuple[int, bytes, bytes]
"""The status, encoded header lines and body of a response."""

Answer = Coroutine[Any, Any, CompleteResponse]


class AnswerRound:
    """What waits in a round: responses that are `held` until its end, and answers that pause for a while."""

    __slots__ = ("held", "kept", "turns")

    def __init__(self) -> None:
        self.held: list[tuple[MockHttpProtocol, RequestResponseCycle, CompleteResponse]] = []
        self.turns: list[tuple[MockHttpProtocol, RequestResponseCycle, Any, Answer]] = []
        self.kept: list[tuple[MockHttpProtocol, RequestResponseCycle, Any, Answer]] = []


class Rounds(Protocol):
    """What an app learns about the requests that are answered together: its attribute `rounds`, None without need."""

    @property
    def has_changes(self) -> bool:
        """Has the round changed something so far, that is not kept yet?"""
        ...

    def begin(self) -> None:
        """A round begins."""
        ...

    def end(self) -> None:
        """The round ends: its changes are kept, or undone. An answer that depends on them has paused until now."""
        ...


Batch = list[tuple["MockHttpProtocol", RequestResponseCycle, Any]]
"""Requests that were read in one round of the event loop, each with its app."""

BATCHES: WeakKeyDictionary[Any, Batch] = WeakKeyDictionary()
"""The current batch of each event loop."""


class DefaultHeaders:
    """uvicorn's default header fields, and their bytes as last encoded."""

    encoded: tuple[Any, bytes] = (None, b"")


class MockHttpProtocol(BoundedHttpProtocol):
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
        self._running: RequestResponseCycle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """End. uvicorn marks only the last request as disconnected; the response of the running one has no reader."""
        super().connection_lost(exc)
        self.pipeline.clear()
        if self._running is not None:
            self._running.disconnected = True

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Add the request to the batch. uvicorn calls this for each request; a version without it works, but slower."""
        self._running = cycle
        if not self._batch:
            self.loop.call_soon(_answer_batch, self._batch)
        self._batch.append((self, cycle, app))

    def answer(self, cycle: RequestResponseCycle, app: Any, of: AnswerRound | None = None) -> None:
        """Answer one request, on the fast path if possible.

        In a round, a response is held back instead of being sent, if the round has changed something.
        """
        if cycle.more_body or cycle.access_log or not hasattr(app, "fast_path"):
            self._answer_in_task(cycle, app)
        else:
            self.answer_directly(cycle, app, of)

    def send_held(self, cycle: RequestResponseCycle, response: CompleteResponse) -> None:
        """Send a response that was held back."""
        if _send(cycle, *response):
            cycle.on_response = _nothing
        else:
            self._answer_in_task(cycle, partial(_send_when_ready, _ready(response)))

    def _answer_in_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Call the app in a Task."""
        cycle.scope["extensions"] = {COMPLETE: partial(_send, cycle)}  # type: ignore[dict-item]  # callables are extensions too
        cycle.scope[IS_OURS] = True  # type: ignore[literal-required]  # scopes may have keys of servers
        super()._start_asgi_task(cycle, partial(_with_faults, cycle, app))

    def answer_directly(
        self, cycle: RequestResponseCycle, app: Any, of: AnswerRound | None, answer: Answer | None = None
    ) -> None:
        """Send a response that is ready in one step; continue any other, and report an error, in a Task.

        An `answer` that has paused in its round goes on; one may pause until its turn comes, and then until it is kept.
        """
        pending: Awaitable[CompleteResponse] | None = None
        try:
            if answer is None:
                answer = app.fast_path(cycle.scope, bytes(cycle.body))
            if answer is not None:
                awaited = answer.send(None)
                if of is not None and type(awaited) is Pause:
                    (of.turns if awaited is TURN else of.kept).append((self, cycle, app, answer))
                    return
                pending = _continued(answer, awaited)
        except StopIteration as end:
            if of is not None and app.rounds.has_changes:
                of.held.append((self, cycle, end.value))
                return
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
    rounds: Rounds | None = getattr(batch[0][2], "rounds", None)
    if rounds is not None:
        _answer_round(batch, rounds)
        return
    for connection, cycle, app in batch:
        _tried(connection, connection.answer, cycle, app)


def _answer_round(batch: Batch, rounds: Rounds) -> None:
    """Answer requests in a round: responses are sent when their changes are kept."""
    new = AnswerRound()
    rounds.begin()
    for connection, cycle, app in batch:
        _tried(connection, connection.answer, cycle, app, new)
    for connection, cycle, app, answer in new.turns:
        _tried(connection, connection.answer_directly, cycle, app, new, answer)
    rounds.end()
    for connection, cycle, response in new.held:
        _tried(connection, connection.send_held, cycle, response)
    for connection, cycle, app, answer in new.kept:
        _tried(connection, connection.answer_directly, cycle, app, None, answer)


def _tried(connection: MockHttpProtocol, step: Callable[..., None], *arguments: Any) -> None:
    """Do a step of a request; after an unexpected error, close its connection and go on with the others."""
    try:
        step(*arguments)
    except Exception:
        log.exception("a response could not be made or sent")
        connection.transport.close()


async def _with_faults(cycle: RequestResponseCycle, app: Any, scope: Any, receive: Any, send: Any) -> None:
    """The ASGI app that breaks the connection where `app` raises ConnectionFault."""
    try:
        await app(scope, receive, send)
    except ConnectionFault as fault:
        await connection_faults.act(fault, cycle)


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
