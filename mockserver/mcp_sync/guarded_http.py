"""The HTTP transport of one exchange with an MCP server: only to allowed addresses, within limits, and recorded.

The MCP SDK turns most problems into a general error. This transport is below it and records what happened: the last
status, the network failure after it, and the limit that was exceeded.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import httpcore2
import httpx2

from mockserver.errors import SyncError
from mockserver.mcp_sync.guarded_backend import GuardedBackend

MEBIBYTE = 1 << 20
BETWEEN_EVENTS = re.compile(rb"\r?\n\r?\n|\r\r")
"""The end of an event in a stream (WHATWG HTML, "Server-sent events")."""
WHOLE = re.compile(rb"(?!)")
"""Matches nothing, because the whole body is one message."""


@dataclass(frozen=True, slots=True)
class ResponseLimits:
    """The limits for the responses of one MCP server: seconds, bytes and counts."""

    connect_seconds: float = 5.0
    """For the TCP and TLS handshakes of one connection."""
    read_seconds: float = 15.0
    """Between two parts of one response, and for one MCP request."""
    total_seconds: float = 60.0
    """For a whole probe, from its start; `McpConnection.timeout` can only shorten it."""
    message_bytes: int = MEBIBYTE
    """In one message: the body of a response, or one event of a stream."""
    message_values: int = 25_000
    """JSON values in one message, as many as it has commas and opening brackets: ten times those of a list of a
    hundred tools. Reading and validating a message blocks the event loop for a time that grows with its values."""
    total_bytes: int = 16 * MEBIBYTE
    """In all responses of one exchange together."""
    requests: int = 250
    """HTTP requests in one exchange, so that a server cannot keep the client busy without end."""
    pages: int = 100
    """Pages in one list."""
    items: int = 2000
    """Tools, resources or prompts in one list."""
    probes: int = 24
    """Concurrent probes; further ones wait."""
    connections: int = 4
    """Concurrent TCP connections of one probe."""


STANDARD = ResponseLimits()
"""The limits of `mockserver serve`."""


class LimitExceeded(SyncError):
    """A response exceeds a limit; the text says which."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """The head of one HTTP response, without its body."""

    method: str
    status: int
    headers: httpx2.Headers


class GuardedHttp(httpx2.AsyncBaseTransport):
    """An HTTP transport that reaches allowed addresses only and stops at the first exceeded limit.

    `stopped_by` is the error by which this side ended the exchange, `last` the head of the last response, `failure` the
    network failure after it. `stop` is then called, so that no layer above waits for a response that will not come.
    """

    def __init__(
        self, backend: GuardedBackend, limits: ResponseLimits, context: ssl.SSLContext, *, keep_alive: bool = True
    ) -> None:
        self.stopped_by: SyncError | None = None
        self.failure: Exception | None = None
        self.last: HttpAnswer | None = None
        self.stop: Callable[[], None] = lambda: None
        self._limits = limits
        self._requests = self._bytes = 0
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=context,
            max_connections=limits.connections,
            max_keepalive_connections=limits.connections if keep_alive else 0,
            network_backend=backend,
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request within the limits.

        Raises:
            SyncError: the address is forbidden or a limit is exceeded.
            httpx2.TransportError: the network failed.
        """
        try:
            return await self._exchange(request)
        except SyncError as error:
            raise self._stop_with(error) from error.__cause__
        except httpx2.TransportError as error:
            self.failure = error
            raise

    async def _exchange(self, request: httpx2.Request) -> httpx2.Response:
        self._requests += 1
        if self._requests > self._limits.requests:
            raise LimitExceeded(f"The server needed more than {self._limits.requests} requests.")
        if request.url.scheme not in ("http", "https"):
            raise LimitExceeded(f"Only http and https are asked, not {request.url.scheme or 'a URL without a scheme'}.")
        try:
            response = await self._pool.handle_async_request(_core(request))
        except (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError) as error:
            raise _translated(error) from error
        self.last, self.failure = HttpAnswer(request.method, response.status, httpx2.Headers(response.headers)), None
        limit = self._limit(self.last.headers)
        body = _Body(self, response, limit, BETWEEN_EVENTS if _is_stream(self.last.headers) else WHOLE)
        return httpx2.Response(response.status, headers=response.headers, stream=body, extensions=response.extensions)

    def _limit(self, headers: httpx2.Headers) -> int:
        """The longest body in bytes. A stream is many messages, and the SDK limits each of them."""
        if headers.get("content-encoding", "identity") != "identity":
            raise LimitExceeded("The server compressed its answer, though it was asked not to.")
        if _is_stream(headers):
            return self._limits.total_bytes
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length) > self._limits.message_bytes:
            raise self._too_long(self._limits.message_bytes)
        return self._limits.message_bytes

    def _too_long(self, limit: int) -> LimitExceeded:
        return LimitExceeded(f"The server's answer is longer than {limit / MEBIBYTE:g} MiB.")

    def _stop_with(self, error: SyncError) -> SyncError:
        self.stopped_by = self.stopped_by or error
        self.stop()
        return error

    def count(self, read: int, limit: int, chunk: bytes) -> int:
        """Count a part of a body. Gives the bytes read of the body so far.

        Raises:
            LimitExceeded: the body, or all bodies together, are too long.
        """
        self._bytes += len(chunk)
        read += len(chunk)
        if read > limit or self._bytes > self._limits.total_bytes:
            raise self._stop_with(self._too_long(min(limit, self._limits.total_bytes)))
        return read

    def count_values(self, values: int, chunk: bytes) -> int:
        """Count the values in a part of a message. Gives the values of the message so far.

        Raises:
            LimitExceeded: the message has too many values.
        """
        values += chunk.count(b",") + chunk.count(b"{") + chunk.count(b"[")
        if values > self._limits.message_values:
            raise self._stop_with(
                LimitExceeded(f"The server's answer has more than {self._limits.message_values} values.")
            )
        return values

    def failed(self, error: Exception) -> None:
        """Record a network failure while a body is read."""
        self.failure = error

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


class _Body(httpx2.AsyncByteStream):
    """The body of one response, counted."""

    def __init__(self, http: GuardedHttp, response: httpcore2.Response, limit: int, between: re.Pattern[bytes]) -> None:
        self._http, self._response, self._limit, self._between = http, response, limit, between

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = values = 0
        try:
            async for chunk in self._response.aiter_stream():
                read = self._http.count(read, self._limit, chunk)
                for number, message in enumerate(self._between.split(chunk)):
                    values = self._http.count_values(values if number == 0 else 0, message)
                yield chunk
        except (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError) as error:
            translated = _translated(error)
            self._http.failed(translated)
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
    """The error of httpx for an error of httpcore: both libraries use the same names."""
    kind: type[httpx2.TransportError] = getattr(httpx2, type(error).__name__, httpx2.TransportError)
    return kind(str(error))
