"""The HTTP of one exchange with an MCP server: guarded, bounded, and remembered so that it can be told in words.

The MCP SDK turns most of what goes wrong into a general error of its own. This transport sits below it and keeps what
happened: the last status, the network failure after it, and whatever broke a bound.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import httpcore2
import httpx2

from mockserver.errors import SyncError
from mockserver.mcp_sync.address_guard import GuardedBackend

MEBIBYTE = 1 << 20
BETWEEN_EVENTS = re.compile(rb"\r?\n\r?\n|\r\r")
"""The end of an event in a stream (WHATWG HTML, "Server-sent events")."""
WHOLE = re.compile(rb"(?!)")
"""Matches nothing: the body is one message."""


@dataclass(frozen=True, slots=True)
class ResponseLimits:
    """How much of a sandbox one MCP server may take up. Seconds, bytes and counts."""

    connect_seconds: float = 5.0
    """For the TCP and TLS handshakes of one connection."""
    read_seconds: float = 15.0
    """Between two pieces of one answer, and for one MCP request."""
    total_seconds: float = 60.0
    """For a whole probe, once it has begun; `Connection.timeout` can only shorten it."""
    message_bytes: int = MEBIBYTE
    """In one message: the body of an answer, or one event of a stream."""
    message_values: int = 25_000
    """JSON values in one message, as many as it has commas and opening brackets: ten times those of a list of a
    hundred tools. Reading and judging a message stalls the event loop for a time that goes by its values."""
    total_bytes: int = 16 * MEBIBYTE
    """In all answers of one exchange together."""
    requests: int = 250
    """HTTP requests in one exchange, so that a server cannot make the client ask for ever."""
    pages: int = 100
    """Pages in one list."""
    items: int = 2000
    """Tools, resources or prompts in one list."""
    probes: int = 24
    """Probes at work at the same time; further ones wait for their turn."""
    connections: int = 4
    """TCP connections of one probe at the same time."""


STANDARD = ResponseLimits()
"""The bounds of a sandbox on a developer's machine."""


class Exceeded(SyncError):
    """An answer breaks a bound; the text says which."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """The head of one HTTP response, without its body."""

    method: str
    status: int
    headers: httpx2.Headers


class GuardedHttp(httpx2.AsyncBaseTransport):
    """An HTTP transport that reaches judged addresses only, and stops at the first broken bound.

    `trouble` is what ended the exchange from this side, `last` the head of the last response, `failure` what the
    network did after it. `stop` is called at trouble, so that no layer above can wait for what will not come.
    """

    def __init__(
        self, backend: GuardedBackend, bounds: ResponseLimits, context: ssl.SSLContext, *, keep_alive: bool = True
    ) -> None:
        self.trouble: SyncError | None = None
        self.failure: Exception | None = None
        self.last: HttpAnswer | None = None
        self.stop: Callable[[], None] = lambda: None
        self._bounds = bounds
        self._requests = self._bytes = 0
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=context,
            max_connections=bounds.connections,
            max_keepalive_connections=bounds.connections if keep_alive else 0,
            network_backend=backend,
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request within the bounds.

        Raises:
            SyncError: the address is forbidden or a bound is broken.
            httpx2.TransportError: the network failed.
        """
        try:
            return await self._exchange(request)
        except SyncError as error:
            raise self._give_up(error) from error.__cause__
        except httpx2.TransportError as error:
            self.failure = error
            raise

    async def _exchange(self, request: httpx2.Request) -> httpx2.Response:
        self._requests += 1
        if self._requests > self._bounds.requests:
            raise Exceeded(f"The server needed more than {self._bounds.requests} requests.")
        if request.url.scheme not in ("http", "https"):
            raise Exceeded(f"Only http and https are asked, not {request.url.scheme or 'a URL without a scheme'}.")
        try:
            response = await self._pool.handle_async_request(_core(request))
        except (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError) as error:
            raise _translated(error) from error
        self.last, self.failure = HttpAnswer(request.method, response.status, httpx2.Headers(response.headers)), None
        limit = self._limit(self.last.headers)
        body = _Body(self, response, limit, BETWEEN_EVENTS if _is_stream(self.last.headers) else WHOLE)
        return httpx2.Response(response.status, headers=response.headers, stream=body, extensions=response.extensions)

    def _limit(self, headers: httpx2.Headers) -> int:
        """How long the body may get. A stream is many messages, each of them bounded by the SDK."""
        if headers.get("content-encoding", "identity") != "identity":
            raise Exceeded("The server compressed its answer, though it was asked not to.")
        if _is_stream(headers):
            return self._bounds.total_bytes
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length) > self._bounds.message_bytes:
            raise self._too_long(self._bounds.message_bytes)
        return self._bounds.message_bytes

    def _too_long(self, limit: int) -> Exceeded:
        return Exceeded(f"The server's answer is longer than {limit / MEBIBYTE:g} MiB.")

    def _give_up(self, error: SyncError) -> SyncError:
        self.trouble = self.trouble or error
        self.stop()
        return error

    def count(self, read: int, limit: int, chunk: bytes) -> int:
        """Add a piece of a body to what was read of it and of everything.

        Raises:
            Exceeded: that is more than is allowed.
        """
        self._bytes += len(chunk)
        read += len(chunk)
        if read > limit or self._bytes > self._bounds.total_bytes:
            raise self._give_up(self._too_long(min(limit, self._bounds.total_bytes)))
        return read

    def count_values(self, values: int, chunk: bytes) -> int:
        """Add a piece of a message to the values counted in it.

        Raises:
            Exceeded: that is more than is allowed.
        """
        values += chunk.count(b",") + chunk.count(b"{") + chunk.count(b"[")
        if values > self._bounds.message_values:
            raise self._give_up(Exceeded(f"The server's answer has more than {self._bounds.message_values} values."))
        return values

    def failed(self, error: Exception) -> None:
        """Remember a failure in the middle of a body."""
        self.failure = error

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


class _Body(httpx2.AsyncByteStream):
    """The body of one response, counted."""

    def __init__(self, wire: GuardedHttp, response: httpcore2.Response, limit: int, between: re.Pattern[bytes]) -> None:
        self._wire, self._response, self._limit, self._between = wire, response, limit, between

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = values = 0
        try:
            async for chunk in self._response.aiter_stream():
                read = self._wire.count(read, self._limit, chunk)
                for number, message in enumerate(self._between.split(chunk)):
                    values = self._wire.count_values(values if number == 0 else 0, message)
                yield chunk
        except (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError) as error:
            translated = _translated(error)
            self._wire.failed(translated)
            raise translated from error

    async def aclose(self) -> None:
        await self._response.aclose()


def _is_stream(headers: httpx2.Headers) -> bool:
    return headers.get("content-type", "").lower().startswith("text/event-stream")


def _core(request: httpx2.Request) -> httpcore2.Request:
    url = httpcore2.URL(
        scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
    )
    return httpcore2.Request(
        method=request.method,
        url=url,
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


def _translated(error: Exception) -> httpx2.TransportError:
    """The same error as httpx names it: both libraries use the same names."""
    kind: type[httpx2.TransportError] = getattr(httpx2, type(error).__name__, httpx2.TransportError)
    return kind(str(error))
