"""Forwarding a request to a real server: only to hosts that were allowed when the sandbox started."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from mockserver.errors import BadGateway
from mockserver.lazy_module import LazyModule
from mockserver.lazy_pattern import lazy_pattern
from mockserver.web.control.conditions import invalid
from mockserver.web.control.overrides.answer import AnsweredRequest, PassedOn, Place
from mockserver.web.control.overrides.service_errors import error_reply
from mockserver.web.exchange import OutgoingResponse, Pairs

if TYPE_CHECKING:
    import httpx
else:
    httpx = LazyModule("httpx")

ALLOWED = lazy_pattern(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?", re.IGNORECASE)
"""A host with or without a port."""

MOST_BYTES = 10 * 1024 * 1024
"""The longest body that is passed on."""

LAST_PORT = 65_535

SECONDS = 30.0
"""How long the other server may take."""

HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
"""Header fields that are for one connection only (RFC 9110 section 7.6.1)."""

OURS = frozenset({b"host", b"content-length", b"mock-namespace", b"mock-at", b"expect", b"date", b"server"})
"""Header fields that the next sender sets itself, and those that steer the mock."""


class AllowedHosts:
    """The hosts that requests may be forwarded to."""

    def __init__(self, given: Iterable[str] = ()) -> None:
        """`given` are texts `HOST` or `HOST:PORT`. Raises ValueError for anything else."""
        self._allowed: set[tuple[str, int | None]] = set()
        for text in given:
            found = ALLOWED.fullmatch(text)
            if found is None:
                raise ValueError(f"{text!r} is no host: write HOST or HOST:PORT, for example api.example.com:8080")
            self._allowed.add((found[1].strip("[]").lower(), int(found[2]) if found[2] else None))

    def check(self, address: str, at: Place) -> httpx.URL:
        """The base URL. Raises Invalid for one that is none, or whose host is not allowed."""
        try:
            url = httpx.URL(address)
        except httpx.InvalidURL as fault:
            raise invalid(f"{address[:80]!r} is no URL: {fault}", at) from None
        if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query or url.fragment:
            raise invalid(f"{address[:80]!r} is no base URL: write http://HOST:PORT/PATH, without user and query", at)
        port = url.port if url.port is not None else (443 if url.scheme == "https" else 80)
        if not 0 < port <= LAST_PORT:
            raise invalid(f"there is no port {port}; the last is {LAST_PORT}", at)
        host = url.host.lower()
        if not {(host, None), (host, port)} & self._allowed:
            listed = ", ".join(sorted(h if p is None else f"{h}:{p}" for h, p in self._allowed)) or "none"
            raise invalid(f"--forward-allow does not list {host}:{port}; it lists: {listed}", at)
        return url


class ForwardedResponse(PassedOn):
    """The response of another server to the same request. It follows no redirects; the client sees them."""

    def __init__(self, base: httpx.URL) -> None:
        self._base, self.name = base, f"forward to {base}"

    async def before(self, answered: AnsweredRequest) -> OutgoingResponse | None:
        await asyncio.sleep(0)  # from here on in a Task, which the client needs
        try:
            async with asyncio.timeout(SECONDS):
                return await self._fetched(answered)
        except (httpx.HTTPError, TimeoutError, ValueError) as fault:
            reason = f"{self._base.host} could not be reached: {str(fault) or type(fault).__name__}"
            answered.note(reason)
            return _bad_gateway(reason, answered)

    async def _fetched(self, answered: AnsweredRequest) -> OutgoingResponse:
        """The response of the other server. Raises ValueError for one that is too long."""
        incoming = answered.request.incoming
        url = f"{str(self._base).rstrip('/')}{answered.request.path}"
        query = incoming.scope["query_string"].decode("latin-1")
        client = httpx.AsyncClient(verify=_certificates(), trust_env=False, timeout=SECONDS, follow_redirects=False)
        async with client:
            client.headers.clear()
            sent = client.build_request(
                incoming.method,
                f"{url}?{query}" if query else url,
                headers=[*passed_on(incoming.headers), (b"accept-encoding", b"identity")],
                content=incoming.body or None,
            )
            sent.method = incoming.method  # which HTTPX puts in upper case
            received = await client.send(sent, stream=True)
            try:
                return _response(received, await _body(received))
            finally:
                await received.aclose()


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """The certificates of known authorities, which take long to read."""
    return httpx.create_ssl_context(trust_env=False)


async def _body(received: httpx.Response) -> bytes:
    parts, length = [], 0
    async for part in received.aiter_raw():
        length += len(part)
        if length > MOST_BYTES:
            raise ValueError(f"its response has more than {MOST_BYTES} bytes")
        parts.append(part)
    return b"".join(parts)


def _response(received: httpx.Response, body: bytes) -> OutgoingResponse:
    headers = passed_on([(name.lower(), value) for name, value in received.headers.raw])
    has_length = received.status_code not in (204, 304)
    length = ((b"content-length", b"%d" % len(body)),) if has_length else ()
    return OutgoingResponse(received.status_code, (*length, *headers), body)


def passed_on(headers: Sequence[tuple[bytes, bytes]]) -> Pairs:
    """The header fields without those for one connection, those that `Connection` names, and OURS."""
    named = b",".join(value for name, value in headers if name == b"connection").lower().split(b",")
    dropped = HOP_BY_HOP | OURS | {each.strip() for each in named}
    return tuple((name, value) for name, value in headers if name not in dropped and name != b"accept-encoding")


def _bad_gateway(reason: str, answered: AnsweredRequest) -> OutgoingResponse:
    endpoint = answered.request.endpoint
    if endpoint is None:
        return OutgoingResponse.of(502, b'{"status":502,"title":"Bad Gateway"}', "application/problem+json")
    return answered.outgoing(error_reply(BadGateway(reason), endpoint, answered, 502))
