"""Bounds the time and size of the responses that Schemathesis reads, as the transports of our own checks do."""

from __future__ import annotations

import http.client
import io
import socket
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from schemathesis.core.transport import is_event_stream
from schemathesis.transport.requests import SameHostRedirectsSession
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, InsecureRequestWarning, ProtocolError, ReadTimeoutError

from contracts.client.bounded_connection import tls_context
from contracts.client.response_bounds import (
    InvalidCoding,
    ResponseMeter,
    ResponseTooLarge,
    decoded,
    is_stream,
)
from contracts.client.target import Target
from contracts.client.transport import NO_COOKIES
from contracts.model.finding import MAX_DEPTH
from mockserver.openapi import json_codec

DEFAULT_SECONDS = 30.0


class UnreadableResponse(requests.RequestException):
    """A response that cannot be read; the text says why."""


@contextmanager
def bounded_responses(target: Target) -> Iterator[None]:
    """All sessions that Schemathesis opens meanwhile read responses within bounds; it has no option for this.

    They keep no cookies of responses: those would be a credential of later requests that are sent without one. After a
    429 or 503 that says how long to wait, they wait and send the request again, as requests to `target` do.
    """

    def get_adapter(session: requests.Session, url: Any) -> Any:
        session.cookies.set_policy(NO_COOKIES)
        if not isinstance(requests.Session.get_adapter(session, url), BoundedAdapter):
            for scheme in ("http://", "https://"):
                session.mount(scheme, BoundedAdapter(target))
        return requests.Session.get_adapter(session, url)

    SameHostRedirectsSession.get_adapter = get_adapter  # type: ignore[assignment, method-assign]
    try:
        with warnings.catch_warnings(category=InsecureRequestWarning, action="ignore"):
            yield
    finally:
        del SameHostRedirectsSession.get_adapter


class BoundedAdapter(HTTPAdapter):
    """An adapter of requests that reads the whole response, within bounds.

    Its errors name the request, so that Schemathesis calls the hook `after_network_error` for each.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools, of connections with bounds."""
        super().init_poolmanager(*args, **options, ssl_context=tls_context(verify=self._target.verify))
        self.poolmanager.pool_classes_by_scheme = {"http": _BoundedPool, "https": _BoundedTlsPool}

    def cert_verify(self, conn: Any, *_: Any) -> None:
        """Leave the certificates to the context of the pools, which trusts what our own checks trust."""
        conn.cert_reqs = "CERT_REQUIRED" if self._target.verify else "CERT_NONE"

    def send(self, request: Any, *args: Any, **options: Any) -> requests.Response:
        """As in HTTPAdapter. Raises UnreadableResponse too."""
        response, waited = self._send(request, *args, **options), 0
        while (seconds := self._wait(response, waited)) is not None:
            self._target.rest(seconds)
            response, waited = self._send(request, *args, **options), waited + 1
        return response

    def _wait(self, response: requests.Response, waited: int) -> float | None:
        """The seconds to wait before the request is sent again, if the run has so much time."""
        target = self._target
        seconds = target.patience.wait(response.status_code, response.headers.items(), waited, target.window)
        is_late = target.deadline is not None and time.monotonic() + (seconds or 0.0) > target.deadline
        return None if is_late else seconds

    def _send(self, request: Any, *args: Any, **options: Any) -> requests.Response:
        try:
            response = super().send(request, *args, **options)
            if not is_event_stream(response.headers.get("Content-Type")):
                _read(response)
            urljoin(request.url, response.headers.get("Location", ""))
        except ReadTimeoutError as fault:
            # In the words of a timeout before the head, which Schemathesis reads.
            message = f"Read timed out. (read timeout={options.get('timeout')})"
            fault = ReadTimeoutError(fault.pool, request.url, message)
            raise requests.ReadTimeout(fault, request=request) from None
        except UnreadableResponse:
            raise
        except (HTTPError, requests.ConnectionError, ResponseTooLarge, InvalidCoding, ValueError) as fault:
            seen = _what_is_wrong(fault)
            if not seen:
                raise
        else:
            return response
        # Not inside of `except`: Schemathesis keeps this error, and the first one has frames with all that was read.
        raise UnreadableResponse(seen, request=request)


def _what_is_wrong(fault: BaseException) -> str:
    """What is wrong with a response; empty if there was none."""
    inner = fault.args[0] if isinstance(fault, requests.ConnectionError) and fault.args else fault
    cause = inner.args[1] if isinstance(inner, ProtocolError) and len(inner.args) > 1 else inner
    if isinstance(cause, (ResponseTooLarge, InvalidCoding)):
        return str(cause)
    if isinstance(cause, ConnectionError) or not isinstance(cause, (http.client.HTTPException, HTTPError, ValueError)):
        return ""
    return f"a response that is no valid HTTP: {str(cause) or type(cause).__name__}"


def is_disconnected(fault: BaseException | None) -> bool:
    """Did the target close a connection without a response? Schemathesis has then sent the request twice."""
    inner = fault.args[0] if isinstance(fault, requests.ConnectionError) and fault.args else None
    return isinstance(inner, ProtocolError) and len(inner.args) > 1 and isinstance(inner.args[1], ConnectionError)


def _read(response: requests.Response) -> None:
    body = b"".join(response.raw.stream(65536, decode_content=False))
    content = decoded(body, response.headers.get("Content-Encoding", ""))
    if _is_too_deep(content):
        raise UnreadableResponse(f"a body that is nested more than {MAX_DEPTH} levels deep", request=response.request)
    response._content = content  # noqa: SLF001  # requests has no setter
    response._content_consumed = True  # noqa: SLF001


def _is_too_deep(content: bytes) -> bool:
    """Is a body JSON that Python's own reader, which Schemathesis uses, may have no stack for?"""
    if content.count(b"[") + content.count(b"{") <= MAX_DEPTH:
        return False
    try:
        return json_codec.is_deep(json_codec.read(content), MAX_DEPTH)
    except ValueError as fault:
        return str(fault).startswith("depth limit")  # deeper than orjson reads


class _BoundedReader(io.RawIOBase):
    """The bytes of one response. Raises TimeoutError or ResponseTooLarge."""

    def __init__(self, raw: Any, connection: socket.socket) -> None:
        self._raw, self._connection = raw, connection
        self._seconds = connection.gettimeout()
        self.meter = ResponseMeter(self._seconds or DEFAULT_SECONDS)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> Any:
        self._connection.settimeout(self.meter.seconds())
        length = self._raw.readinto(buffer)
        self.meter.count(length or 0)
        return length

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self._reader = _BoundedReader(self.fp.detach(), sock)
        self.fp = io.BufferedReader(self._reader, 65536)

    def begin(self) -> None:
        super().begin()
        if is_stream(self.headers.get("content-type")):
            self._reader.meter.shorten()


class _BoundedConnection(HTTPConnection):
    response_class = _BoundedResponse


class _BoundedTlsConnection(HTTPSConnection):
    response_class = _BoundedResponse


class _BoundedPool(HTTPConnectionPool):
    ConnectionCls = _BoundedConnection


class _BoundedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _BoundedTlsConnection
