"""Interceptors: an ordered list of hooks that see every request and every response of the mock.

An interceptor is called with each request before the mock answers, and with each exchange when its response is ready.
Journal, overrides, faults, latency and recording belong here. Requests come in one of two ways: through ASGI
(`InterceptorChain.__call__`), or on the fast path of `mockserver serve` (`InterceptorChain.fast_path`). Without
interceptors the app leaves the chain out, so that it costs nothing.

Bytes that are not HTTP never become a request: the server refuses them (RFC 9112 section 2.2).
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from mockserver.openapi.document import Operation
from mockserver.web.control.namespaces import name_in
from mockserver.web.middleware.admin_guard import PREFIX
from mockserver.web.request.headers import read_headers
from mockserver.web.serving.connection_faults import IS_OURS, ConnectionFault
from mockserver.web.serving.recorder import Recorder
from mockserver.web.serving.uvicorn_protocol import Answer, CompleteResponse
from mockserver.web.trace import TRACE, Trace

Pairs = tuple[tuple[bytes, bytes], ...]
"""Header fields in their order, names in lower case."""

Found = tuple[str | None, Operation | None]
Locate = Callable[[Any], Found]
"""From an ASGI scope to the name of the service and the operation that answer it."""

INJECTED = "mockserver.response"
"""The key of an ASGI scope with the response of an interceptor, which the CORS middleware then completes."""


UNRECORDED = "mockserver.unrecorded"
"""The key of an ASGI scope whose request the journal leaves out: it is no client's."""


class IncomingRequest:
    """A request as received. `target` is the path with the query as sent (RFC 9112 section 3.2).

    `body` has at most one byte more than the mock accepts: a longer one gets a 413 and is not read to its end.
    `service` and `operation` are those that answer; None when no operation does (404, 405, the pages, `/_mock/`).
    `scope` is its ASGI scope.
    """

    __slots__ = ("_fields", "body", "method", "operation", "scope", "service")

    def __init__(self, scope: Any, body: bytes, found: Found) -> None:
        self.scope, self.method, self.body = scope, scope["method"], body
        self.service, self.operation = found
        self._fields: dict[str, str] | None = None

    @property
    def target(self) -> str:
        """The path with the query, as sent."""
        scope = self.scope
        path, query = scope.get("raw_path") or scope["path"].encode(), scope["query_string"]
        whole: bytes = path.partition(b"?")[0] + (b"?" + query if query else b"")
        return whole.decode("latin-1")

    @property
    def headers(self) -> Pairs:
        """The header fields in their order."""
        return tuple(map(tuple, self.scope["headers"]))

    @property
    def fields(self) -> Mapping[str, str]:
        """The values of the header fields by name; that of a repeated one as the mock reads it."""
        if self._fields is None:
            self._fields = read_headers(self.scope["headers"])
        return self._fields

    def header(self, name: str) -> str | None:
        """The value of the first field with a name, which is in lower case; None without one."""
        wanted = name.encode("latin-1")
        return next((value.decode("latin-1") for key, value in self.headers if key == wanted), None)


class OutgoingResponse:
    """A response as sent, except for the `date` that the server adds. A streamed one has no `body` here."""

    __slots__ = ("_encoded", "_headers", "body", "status")

    def __init__(self, status: int, headers: Pairs = (), body: bytes = b"") -> None:
        self.status, self.body = status, body
        self._headers: Pairs | None = headers
        self._encoded = b""

    @classmethod
    def of(
        cls, status: int, body: bytes = b"", media_type: str = "application/json", **headers: str
    ) -> OutgoingResponse:
        """A response with `content-length` and `content-type`; `_` in the names of `headers` becomes `-`."""
        own = {"content-length": str(len(body))} | ({"content-type": media_type} if body else {})
        own |= {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, tuple((k.encode("latin-1"), v.encode("latin-1")) for k, v in own.items()), body)

    @classmethod
    def complete(cls, response: CompleteResponse) -> OutgoingResponse:
        """The same response; its header lines are read when they are asked for."""
        new = cls(response[0], (), response[2])
        new._headers, new._encoded = None, response[1]
        return new

    @property
    def headers(self) -> Pairs:
        """The header fields in their order."""
        if self._headers is None:
            self._headers = tuple(map(_pair, self._encoded.split(b"\r\n")[:-1]))
            self._encoded = b""
        return self._headers

    @property
    def encoded_headers(self) -> bytes:
        """The header lines as they are sent."""
        if self._headers is None:
            return self._encoded
        return b"".join(b"%b: %b\r\n" % pair for pair in self._headers)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, OutgoingResponse):
            return NotImplemented
        return (self.status, self.headers, self.body) == (other.status, other.headers, other.body)

    __hash__ = None  # type: ignore[assignment]  # it can be changed


class Exchange(Struct):
    """A request and its response. `seconds` is the time between them, `trace` says how the request was answered.

    An interceptor may replace `response`, unless it is `streamed`: then it is already sent. `response` is None when the
    mock failed before it made one, or the client disconnected. With a `fault`, an interceptor breaks the connection.
    """

    request: IncomingRequest
    trace: Trace
    response: OutgoingResponse | None = None
    seconds: float = 0.0
    streamed: bool = False
    fault: ConnectionFault | None = None

    @property
    def refusal(self) -> str:
        """Why the mock refused the request; empty if it did not."""
        return "; ".join(self.trace.reasons)


class Interceptor(Protocol):
    """A hook around each exchange. Both methods may wait; other requests are answered meanwhile."""

    async def before(self, request: IncomingRequest) -> OutgoingResponse | None:
        """Called with each request. A response is sent instead of the mock's; None passes the request on."""

    async def after(self, exchange: Exchange) -> None:
        """Called with each exchange, including those that an interceptor answered and those that failed."""


App = Callable[[Any, Any, Any], Awaitable[None]]


class InterceptorChain:
    """Calls the interceptors: `before` in their order, `after` in reverse order, each followed by the recorder."""

    def __init__(
        self,
        interceptors: Sequence[Interceptor],
        app: App,
        respond: App,
        locate: Locate,
        max_body: int,
        recorder: Recorder | None = None,
    ) -> None:
        """`app` answers the requests that no interceptor does; `respond` sends the response INJECTED into a scope."""
        self._interceptors, self._recorder = tuple(interceptors), recorder
        self._app, self._respond, self._locate, self._max_body = app, respond, locate, max_body

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer an HTTP request that comes through ASGI."""
        began = time.perf_counter()
        body, trace = await _BufferedBody.of(receive, self._max_body), Trace()
        # without the extension by which the server would bypass `reply`
        inner = {**scope, "extensions": {}, TRACE: trace}
        exchange = Exchange(IncomingRequest(inner, body.content, self._locate(scope)), trace)
        reply = _BufferedSend(send)
        try:
            response = await self._before(exchange)
            if response is not None:
                await self._respond({**inner, INJECTED: response}, body, reply)
            else:
                await self._app(inner, body, reply)
        finally:
            exchange.response, exchange.streamed = reply.response(), reply.streamed
            exchange.seconds = time.perf_counter() - began
            await self._after(exchange)
            self._record(exchange)
        if exchange.fault is not None and not exchange.streamed:
            await _break(exchange.fault, scope, send)
        elif exchange.response is not None and not exchange.streamed:
            await _send(exchange.response, scope["method"], send)

    def fast_path(self, scope: Any, body: bytes, answer: Answer) -> Answer:
        """The response to a request on the fast path, whose body has arrived; `answer` makes the mock's response."""
        scope[TRACE] = trace = Trace()
        return self._through(Exchange(IncomingRequest(scope, body, self._locate(scope)), trace), answer)

    async def _through(self, exchange: Exchange, answer: Answer) -> CompleteResponse:
        began, request = time.perf_counter(), exchange.request
        try:
            response = await self._before(exchange)
            if response is None:
                response = OutgoingResponse.complete(await answer)
            exchange.response = response
        finally:
            answer.close()  # when an interceptor answered or failed, the coroutine was never awaited
            exchange.seconds = time.perf_counter() - began
            await self._after(exchange)
            self._record(exchange)
        if exchange.fault is not None:
            raise exchange.fault
        if exchange.response is None:
            raise RuntimeError("an interceptor took the response away and put no other in its place")
        return _encoded(exchange.response, request.method)

    async def _before(self, exchange: Exchange) -> OutgoingResponse | None:
        for each in self._interceptors:
            try:
                response = await each.before(exchange.request)
            except ConnectionFault:
                _place(exchange)
                raise
            if response is not None:
                _place(exchange)
                return response
        return None

    async def _after(self, exchange: Exchange) -> None:
        for each in reversed(self._interceptors):
            await each.after(exchange)

    def _record(self, exchange: Exchange) -> None:
        scope = exchange.request.scope
        if self._recorder is None or scope["path"].startswith(PREFIX) or UNRECORDED in scope:
            return
        request, response = exchange.request, exchange.response
        kept = request.scope, request.body, exchange.trace, exchange.seconds
        if response is None:
            self._recorder.record_failure(*kept)
        else:
            sent = response.status, response.encoded_headers, response.body
            exchange.response = OutgoingResponse.complete(self._recorder.record(*kept, sent))


def _place(exchange: Exchange) -> None:
    """Note the operation and the store of a request that an interceptor answers in place of the operation."""
    request, trace = exchange.request, exchange.trace
    trace.operation, trace.label = request.operation, request.service
    namespace = name_in(request.fields)
    if trace.label is not None and namespace is not None:
        trace.label += f"@{namespace}"


async def _break(fault: ConnectionFault, scope: Any, send: Any) -> None:
    """Break the connection: our own server does it with the socket, others see as much of it as ASGI can say."""
    if IS_OURS in scope:
        raise fault
    await fault.send(send, scope["method"])


async def respond(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI app that sends the response INJECTED into its scope."""
    response: OutgoingResponse = scope[INJECTED]
    await _send(response, scope["method"], send)


class _BufferedBody:
    """The body of a request, read before the app reads it. It is also the ASGI `receive` that gives the body again."""

    def __init__(self, receive: Any, messages: list[Any]) -> None:
        self._receive, self._messages = receive, messages
        self.content = b"".join(message.get("body", b"") for message in messages)

    @classmethod
    async def of(cls, receive: Any, max_body: int) -> _BufferedBody:
        """Read the body to its end, or until it has more than `max_body` bytes."""
        messages, length = [await receive()], 0
        while messages[-1].get("more_body") and (length := length + len(messages[-1].get("body", b""))) <= max_body:
            messages.append(await receive())
        return cls(receive, messages)

    async def __call__(self) -> Any:
        return self._messages.pop(0) if self._messages else await self._receive()


class _BufferedSend:
    """The ASGI `send` that keeps a response until it is complete; a response in several parts is passed on."""

    def __init__(self, send: Any) -> None:
        self._send = send
        self._start: Any = None
        self._body = b""
        self._is_complete = self.streamed = False

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif self.streamed:
            await self._send(message)
        elif message.get("more_body"):
            self.streamed = True
            await self._send(self._start)
            await self._send(message)
        else:
            self._body, self._is_complete = message.get("body", b""), True

    def response(self) -> OutgoingResponse | None:
        """The response, without its body when streamed; None when there is none yet."""
        if not (self._is_complete or self.streamed):
            return None
        return OutgoingResponse(self._start["status"], tuple(map(tuple, self._start.get("headers", ()))), self._body)


def _pair(line: bytes) -> tuple[bytes, bytes]:
    name, _, value = line.partition(b": ")
    return name, value


def _encoded(response: OutgoingResponse, method: str) -> CompleteResponse:
    """The bytes of a response as the fast path sends them."""
    return response.status, response.encoded_headers, _body_for(method, response)


async def _send(response: OutgoingResponse, method: str, send: Any) -> None:
    """Send a response by the two messages of ASGI."""
    await send({"type": "http.response.start", "status": response.status, "headers": [*response.headers]})
    await send({"type": "http.response.body", "body": _body_for(method, response)})


def _body_for(method: str, response: OutgoingResponse) -> bytes:
    """The body that is sent: none for HEAD (RFC 9110 section 9.3.2)."""
    return response.body if method != "HEAD" else b""
