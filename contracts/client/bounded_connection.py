"""Connections of httpx that bound the time and size of each response as a whole, not only of each read."""

from __future__ import annotations

import os
import select
import ssl
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from contracts.client.response_bounds import ResponseMeter
from mockserver.errors import MockServerError

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
"""Methods whose requests may be sent twice (RFC 9110 section 9.2.2)."""

KEPT = 1.0
"""For how many seconds a connection stays open. Servers close idle ones too: gunicorn after 2 s, uvicorn and Node.js
after 5 s. When both sides do so at the same time, a request is lost."""

LAST = (b" 5", b" 204", b" 205", b" 304")
"""How the statuses begin after which a connection is not used again."""

REFUSAL = 500
"""How many milliseconds to wait for the reset with which a target refuses bytes on a connection that it had closed."""


UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"
"""What OpenSSL says of a certificate that it cannot verify."""


class UnreadableAuthorities(MockServerError):
    """The file that SSL_CERT_FILE names cannot be read, or has no certificates."""


class StaleConnection(httpcore.ReadError):
    """The target had closed a connection that was kept open. `refused`: it has not read the request."""

    def __init__(self, *, refused: bool) -> None:
        super().__init__("the connection was closed")
        self.refused = refused


def untrusted(url: str, fault: Exception) -> str:
    """What to do about a fault, if it is that the certificate of a URL is not trusted; else empty."""
    if UNTRUSTED not in str(fault):
        return ""
    parts = urlsplit(url)
    return (
        f"the certificate of {parts.scheme}://{parts.netloc} is not trusted: name a PEM file with its authority in "
        f"SSL_CERT_FILE, or accept any certificate with --insecure, in pytest --contract-insecure ({fault})"
    )


def tls_context(*, verify: bool) -> ssl.SSLContext:
    """The context for all TLS connections to a target. Without `verify`, any certificate is accepted.

    Besides the usual authorities, it trusts those in the file that the variable SSL_CERT_FILE names, as OpenSSL and
    httpx do. Raises UnreadableAuthorities.
    """
    return _tls(verify, os.environ.get("SSL_CERT_FILE"))


@lru_cache(maxsize=4)  # reading the usual authorities takes longer than a request
def _tls(verify: bool, file: str | None) -> ssl.SSLContext:
    """The context for connections, which also trusts the authorities in a file.

    Raises UnreadableAuthorities for a file of authorities that cannot be read.
    """
    context = httpx.create_ssl_context(verify=verify, trust_env=False)
    if verify and file:
        try:
            context.load_verify_locations(file)
        except OSError as fault:  # a missing file, or one without certificates
            raise UnreadableAuthorities(f"SSL_CERT_FILE: {file}: {fault.strerror or fault}") from None
    return context


class BoundedHTTPTransport(httpx.HTTPTransport):
    """httpx's transport over connections that read a response for at most `seconds`, and at most MAX_RESPONSE bytes.

    Raises httpx.ReadTimeout or ResponseTooLarge. A request is sent again if its connection was stale, as browsers do
    (RFC 9112 section 9.3.1); one that is not idempotent only if the target has certainly not read it (RFC 9110
    section 9.2.2). `tls_context` says which certificates it trusts.
    """

    def __init__(self, *, verify: bool, connections: int, seconds: float) -> None:
        context = tls_context(verify=verify)
        super().__init__(verify=context, trust_env=False)
        self._connections = connections
        # httpx has no option for the network backend of its pool.
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=KEPT,
            network_backend=_BoundedBackend(seconds),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """As in HTTPTransport. Where no new connection is accepted, the error is that of the one which was closed."""
        lost: httpx.NetworkError | None = None
        # Each attempt uses up a stale connection, so one of them is made on a new connection, which cannot be stale.
        for _ in range(self._connections):
            try:
                return super().handle_request(request)
            except httpx.NetworkError as fault:
                stale = fault.__cause__
                if lost is not None and isinstance(fault, httpx.ConnectError):
                    raise lost from lost.__cause__
                lost = fault
                if not isinstance(stale, StaleConnection) or not (stale.refused or request.method in IDEMPOTENT):
                    raise
        return super().handle_request(request)


class _BoundedBackend(httpcore.SyncBackend):
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def connect_tcp(self, *address: Any, **options: Any) -> httpcore.NetworkStream:
        return _BoundedStream(super().connect_tcp(*address, **options), self._seconds)


class _BoundedStream(httpcore.NetworkStream):
    """A connection with a meter that begins anew when a request is sent."""

    def __init__(self, inner: httpcore.NetworkStream, seconds: float) -> None:
        self._inner, self._seconds, self._meter = inner, seconds, ResponseMeter(seconds)
        self._requests, self._is_answered, self._is_over, self._is_cut = 0, True, False, False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            left = self._meter.seconds()
        except TimeoutError:
            raise httpcore.ReadTimeout from None
        data = self._read(max_bytes, left if timeout is None else min(timeout, left))
        self._meter.count(len(data))
        # Servers close the connection after an unhandled exception, often without saying so (uvicorn).
        # Where content follows a response that has none, it would be taken for the next response.
        self._is_over = self._is_over or (not self._is_answered and data[8:].startswith(LAST))
        self._is_answered = True
        return data

    def _read(self, max_bytes: int, timeout: float) -> bytes:
        try:
            data = self._inner.read(max_bytes, timeout)
        except httpcore.ReadError:
            if self._may_be_stale:
                raise StaleConnection(refused=self._is_refused()) from None
            raise
        if self._may_be_stale and not data:
            raise StaleConnection(refused=self._is_refused())
        return data

    @property
    def _may_be_stale(self) -> bool:
        return self._requests > 1 and not self._is_answered

    def _is_refused(self) -> bool:
        """Has the target refused bytes of the request, so that it has not read all of it?

        A server that reads a request and breaks off closes the connection without a reset (RFC 9293 section 3.10.7.1).
        """
        if self._is_cut:
            return True
        polling = select.poll()
        try:
            polling.register(self.get_extra_info("socket"), 0)  # errors are always polled for
        except ValueError:  # another thread has closed it as expired: what the target has read is not known
            return False
        return bool(polling.poll(REFUSAL))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._is_answered:
            self._requests, self._is_answered = self._requests + 1, False
        try:
            self._inner.write(buffer, timeout)
        except httpcore.WriteError:
            self._is_cut = True  # httpcore goes on to read: the target may have responded before it closed
            raise
        self._meter = ResponseMeter(self._seconds)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _BoundedStream(self._inner.start_tls(ssl_context, server_hostname, timeout), self._seconds)

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable" and self._is_over:
            return True  # so the pool opens a new connection
        return self._inner.get_extra_info(info)
