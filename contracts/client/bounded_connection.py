"""Connections of httpx that bound the time and size of each response as a whole, not only of each read."""

from __future__ import annotations

import ssl
from typing import Any

import httpcore
import httpx

from contracts.client.response_bounds import ResponseMeter


class StaleConnection(httpcore.ReadError):
    """The target had closed a connection that was kept open, so it has not seen the request."""


class BoundedHTTPTransport(httpx.HTTPTransport):
    """httpx's transport over connections that read a response for at most `seconds`, and at most MAX_RESPONSE bytes.

    Raises httpx.ReadTimeout or ResponseTooLarge. A request is sent again if its connection was stale, as browsers do
    (RFC 9112 section 9.3.1).
    """

    def __init__(self, *, verify: bool, connections: int, seconds: float) -> None:
        super().__init__(verify=verify, trust_env=False)
        # httpx has no option for the network backend of its pool.
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(verify=verify, trust_env=False),
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=5.0,
            network_backend=_BoundedBackend(seconds),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """As in HTTPTransport."""
        try:
            return super().handle_request(request)
        except httpx.ReadError as fault:
            if not isinstance(fault.__cause__, StaleConnection):
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
        self._requests, self._is_answered = 0, True

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            left = self._meter.seconds()
        except TimeoutError:
            raise httpcore.ReadTimeout from None
        data = self._read(max_bytes, left if timeout is None else min(timeout, left))
        self._meter.count(len(data))
        self._is_answered = True
        return data

    def _read(self, max_bytes: int, timeout: float) -> bytes:
        may_be_stale = self._requests > 1 and not self._is_answered
        try:
            data = self._inner.read(max_bytes, timeout)
        except httpcore.ReadError:
            if may_be_stale:
                raise StaleConnection from None
            raise
        if may_be_stale and not data:
            raise StaleConnection
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._is_answered:
            self._requests, self._is_answered = self._requests + 1, False
        self._inner.write(buffer, timeout)
        self._meter = ResponseMeter(self._seconds)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _BoundedStream(self._inner.start_tls(ssl_context, server_hostname, timeout), self._seconds)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
