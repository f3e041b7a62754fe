"""Sending requests over HTTP or to an ASGI app in this process. Nothing here knows a contract."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version
from typing import Any, NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

import httpx

from contracts.client.bounded_connection import BoundedHTTPTransport, StaleConnection, untrusted
from contracts.client.response_bounds import (
    MAX_STREAM,
    STREAM_SECONDS,
    InvalidCoding,
    ResponseTooLarge,
    decoded,
    is_stream,
)

Headers = tuple[tuple[str, str], ...]
App = Callable[[Any, Any, Any], Awaitable[None]]
"""An ASGI application."""


class SentRequest(NamedTuple):
    """A request as it is sent; `url` is absolute."""

    method: str
    url: str
    headers: Headers
    body: bytes | None


class ReceivedResponse(NamedTuple):
    """A response."""

    status: int
    headers: Headers
    body: bytes


UNANSWERED = ReceivedResponse(0, (), b"")
"""The response in the record of a request that got no response."""


class Unreachable(Exception):
    """No response: the target accepts no connection."""


class Untrusted(Unreachable):
    """The certificate of the target is not trusted; the text says what to do."""


class Unsendable(Unreachable):
    """The request cannot be written in HTTP, so it was not sent."""


class RateLimited(Unsendable):
    """The service answered "later" (429, 503) for so long that no more is waited for it. The text says so."""


class NoResponse(Unreachable):
    """The target accepted the connection, but there is no response to use. It may still respond to other requests.

    `seen` says what came instead, and `may_last` that the document speaks of a response that streams or waits.
    """

    may_last = False

    def __init__(self, sent: SentRequest, seen: str) -> None:
        said = seen.replace("none", "no response", 1) if seen.startswith("none") else seen
        super().__init__(f"{sent.method} {sent.url}: {said}")
        self.sent, self.seen = sent, seen


class Unanswered(NoResponse):
    """The target did not respond in time."""

    def __init__(self, sent: SentRequest, seconds: float) -> None:
        super().__init__(sent, f"none in {seconds:g} s")


class Disconnected(NoResponse):
    """The target closed the connection without a response.

    `was_kept`: the connection had been kept open after an earlier response, and may have been closed as idle.
    """

    def __init__(self, sent: SentRequest, *, was_kept: bool = False) -> None:
        super().__init__(sent, "none: the connection was closed")
        self.was_kept = was_kept


class BadResponse(NoResponse):
    """The target responded, but the response cannot be read: it is no HTTP, not in its coding, or too large."""


NO_RESPONSE = "Server disconnected"
"""How the message of httpx begins when the target closes the connection without a response."""

USER_AGENT = f"mockserver-check/{version('mockserver')}"
"""The `User-Agent` of all requests, so that a service can tell them from others."""

NO_COOKIES = DefaultCookiePolicy(allowed_domains=[])
"""Keeps no cookie of a response (RFC 6265 section 5.3 lets a client refuse them)."""

RESTART = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""The seconds to wait before each new attempt to connect to a target that was there before: it may be restarting."""


class Transport(Protocol):
    """Sends requests. `send_together` sends several in parallel and returns the responses in the same order."""

    def send(self, sent: SentRequest) -> ReceivedResponse:
        """Send one request. Raises Unreachable."""
        ...

    def send_together(self, requests: Sequence[SentRequest]) -> list[ReceivedResponse]:
        """Send requests in parallel. Raises Unreachable."""
        ...

    def close(self) -> None:
        """Close connections and event loops."""
        ...


class HttpTransport:
    """Sends requests over the network. Redirects are not followed, because they are responses to check.

    A response may take `timeout` seconds as a whole, and have MAX_RESPONSE bytes. The cookies that it sets are not sent
    again: they would be a credential that no request shows.
    """

    def __init__(self, *, timeout: float = 30.0, verify: bool = True) -> None:
        self._timeout, self._was_there = timeout, False
        transport = BoundedHTTPTransport(verify=verify, connections=64, seconds=timeout)
        self._client = httpx.Client(
            timeout=timeout, transport=transport, trust_env=False, cookies=CookieJar(NO_COOKIES)
        )
        self._client.headers.clear()
        self._client.headers["user-agent"] = USER_AGENT

    def send(self, sent: SentRequest) -> ReceivedResponse:
        """As in Transport. Raises NoResponse or Unsendable too."""
        try:
            received = self._connected(sent)
        except httpx.ConnectError as fault:
            self._was_there = False
            if told := untrusted(sent.url, fault):
                raise Untrusted(told) from None
            raise Unreachable(f"{sent.method} {sent.url}: {type(fault).__name__}: {fault}") from None
        self._was_there = True
        return received

    def _connected(self, sent: SentRequest) -> ReceivedResponse:
        """Send a request, with new attempts to connect to a target that was there before. Raises ConnectError."""
        for seconds in RESTART:
            try:
                return self._readable(sent)
            except httpx.ConnectError:
                if not self._was_there:
                    raise
                time.sleep(seconds)
        return self._readable(sent)

    def _readable(self, sent: SentRequest) -> ReceivedResponse:
        try:
            return self._received(sent)
        except (httpx.ReadTimeout, httpx.WriteTimeout):
            raise Unanswered(sent, self._timeout) from None
        except (ResponseTooLarge, InvalidCoding) as fault:
            raise BadResponse(sent, str(fault)) from None
        except httpx.RemoteProtocolError as fault:
            if str(fault).startswith(NO_RESPONSE):
                raise Disconnected(sent) from None
            raise BadResponse(sent, f"a response that is no valid HTTP: {fault}") from None
        except (httpx.ReadError, httpx.WriteError, httpx.CloseError) as fault:
            raise Disconnected(sent, was_kept=isinstance(fault.__cause__, StaleConnection)) from None
        except (httpx.LocalProtocolError, httpx.UnsupportedProtocol, httpx.InvalidURL) as fault:
            raise Unsendable(f"{sent.method} {sent.url}: {type(fault).__name__}: {fault}") from None
        except httpx.ConnectError:
            raise
        except httpx.TransportError as fault:
            raise Unreachable(f"{sent.method} {sent.url}: {type(fault).__name__}: {fault}") from None

    def _received(self, sent: SentRequest) -> ReceivedResponse:
        made = self._client.build_request(sent.method, sent.url, headers=list(sent.headers), content=sent.body)
        made.method = sent.method  # which HTTPX puts in upper case
        with closing(self._client.send(made, stream=True)) as reply:
            try:
                chunks = _begun(reply) if is_stream(reply.headers.get("content-type")) else reply.iter_raw()
                body = b"".join(chunks)
            except httpx.ReadError:
                raise BadResponse(sent, "a response that breaks off: the connection was lost") from None
            body = decoded(body, reply.headers.get("content-encoding", ""))
        return ReceivedResponse(reply.status_code, tuple(reply.headers.multi_items()), body)

    def send_together(self, requests: Sequence[SentRequest]) -> list[ReceivedResponse]:
        """As in Transport."""
        with ThreadPoolExecutor(max_workers=min(len(requests), 32) or 1) as pool:
            return list(pool.map(self.send, requests))

    def close(self) -> None:
        """As in Transport."""
        self._client.close()


def _begun(reply: httpx.Response) -> Iterator[bytes]:
    """What a stream sends in its first STREAM_SECONDS, and no more than MAX_STREAM bytes."""
    end, length = time.monotonic() + STREAM_SECONDS, 0
    reply.request.extensions["timeout"]["read"] = STREAM_SECONDS
    try:
        for chunk in reply.iter_raw():
            yield chunk
            length += len(chunk)
            if length > MAX_STREAM or time.monotonic() > end:
                return
    except httpx.ReadTimeout:
        return


class AsgiTransport:
    """Sends requests to an ASGI app (ASGI 3.0) in this process, on an event loop of its own.

    An exception in the app becomes a 500 response, as from a server, with the text of the exception as body.

    `httpx.ASGITransport` with asgi-lifespan cannot replace this class. It rewrites URLs (`/a/../b` becomes `/b`), so
    that not every path can be tested; an app that does not finish its response is an AssertionError; the text of an
    exception is lost; and a request takes three times as long (0.25 ms instead of 0.08 ms, to an app that does
    nothing).
    """

    def __init__(self, app: App, *, timeout: float = 30.0) -> None:
        self._app, self._timeout = app, timeout
        self._loop = asyncio.new_event_loop()
        self._messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._lifespan: asyncio.Task[None] | None = None
        self._loop.run_until_complete(self._start())

    def send(self, sent: SentRequest) -> ReceivedResponse:
        """As in Transport."""
        return self.send_together([sent])[0]

    def send_together(self, requests: Sequence[SentRequest]) -> list[ReceivedResponse]:
        """As in Transport."""
        return self._loop.run_until_complete(self._all(requests))

    def close(self) -> None:
        """As in Transport. The app gets a lifespan shutdown event."""
        if not self._loop.is_closed():
            self._loop.run_until_complete(self._stop())
            self._loop.close()

    async def _all(self, requests: Sequence[SentRequest]) -> list[ReceivedResponse]:
        if len(requests) == 1:
            return [await self._one(requests[0])]
        return list(await asyncio.gather(*(self._one(sent) for sent in requests)))

    async def _one(self, sent: SentRequest) -> ReceivedResponse:
        try:
            return await _AsgiCall(sent, asyncio.timeout(self._timeout)).run(self._app)
        except TimeoutError:
            raise Unanswered(sent, self._timeout) from None

    async def _start(self) -> None:
        """Send the lifespan startup event. An app without lifespan support is used as it is."""
        ready: asyncio.Future[None] = self._loop.create_future()

        async def send(message: Any) -> None:
            if not ready.done():
                ready.set_result(None)

        scope: dict[str, Any] = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
        await self._messages.put({"type": "lifespan.startup"})
        self._lifespan = self._loop.create_task(_quiet(self._app(scope, self._messages.get, send)))
        await asyncio.wait([ready, self._lifespan], return_when=asyncio.FIRST_COMPLETED, timeout=self._timeout)

    async def _stop(self) -> None:
        await self._messages.put({"type": "lifespan.shutdown"})
        if self._lifespan is not None:
            await asyncio.wait([self._lifespan], timeout=5)
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


async def _quiet(lifespan: Awaitable[None]) -> None:
    """An app without lifespan support raises an exception (ASGI lifespan, section Scope)."""
    with suppress(Exception):
        await lifespan


class _AsgiCall:
    """One call of an ASGI app, and what it has sent so far."""

    def __init__(self, sent: SentRequest, bound: asyncio.Timeout) -> None:
        self._sent, self._received = sent, False
        self._status, self._headers, self._chunks = 500, (), []  # type: tuple[int, Headers, list[bytes]]
        self._bound, self._is_stream, self._left = bound, False, MAX_STREAM

    async def run(self, app: App) -> ReceivedResponse:
        """The response, or of a stream what comes within its bounds. Raises TimeoutError."""
        try:
            async with self._bound:
                await app(self._scope(), self._receive, self._send)
        except Exception as fault:  # a server responds with 500, whatever the app raises
            if self._bound.expired():
                if not self._is_stream:
                    raise
                return ReceivedResponse(self._status, self._headers, b"".join(self._chunks))
            return ReceivedResponse(500, (("content-type", "text/plain"),), f"{type(fault).__name__}: {fault}".encode())
        return ReceivedResponse(self._status, self._headers, b"".join(self._chunks))

    async def _receive(self) -> dict[str, Any]:
        if self._received:
            await asyncio.Event().wait()
        self._received = True
        return {"type": "http.request", "body": self._sent.body or b"", "more_body": False}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in message.get("headers", ()))
            self._is_stream = any(name.lower() == "content-type" and is_stream(value) for name, value in self._headers)
            if self._is_stream:
                self._end_in(STREAM_SECONDS)
        elif message["type"] == "http.response.body":
            self._chunks.append(message.get("body", b""))
            self._left -= len(self._chunks[-1])
            if self._is_stream and self._left < 0:
                self._end_in(0)

    def _end_in(self, seconds: float) -> None:
        at = asyncio.get_running_loop().time() + seconds
        self._bound.reschedule(min(at, self._bound.when() or at))

    def _scope(self) -> dict[str, Any]:
        parts = urlsplit(self._sent.url)
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": self._sent.method,
            "scheme": parts.scheme or "http",
            "path": unquote(parts.path),
            "raw_path": parts.path.encode("ascii", "ignore"),
            "query_string": parts.query.encode("ascii", "ignore"),
            "root_path": "",
            "headers": _headers(self._sent, parts.netloc),
            "client": ("127.0.0.1", 1),
            "server": (parts.hostname, parts.port),
            "state": {},
        }


def _headers(sent: SentRequest, host: str) -> list[tuple[bytes, bytes]]:
    found = [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in sent.headers]
    if sent.body is not None:
        found.append((b"content-length", str(len(sent.body)).encode()))
    if not any(name == b"user-agent" for name, _ in found):
        found.append((b"user-agent", USER_AGENT.encode()))
    return [(b"host", host.encode()), *found]
