"""The connections of uvicorn, with bounds for what a client sends and without upgrades to other protocols."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, NoReturn

from httptools import HttpParserError, HttpParserInvalidMethodError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mockserver.lazy_pattern import lazy_pattern
from mockserver.web.serving.client_certificate import client_certificate
from mockserver.web.serving.connection_bounds import MAX_HEAD, MAX_TARGET, PipelineFlow, is_long, refusal

RECEIVED = "mockserver.received"
"""The key of an ASGI scope with the bytes of the request, if it came in one short piece with no other request in it.

None says that the scope has another path than they have.
"""

LONGEST_RECEIVED = 16_384
"""How many bytes such a piece has at most."""

OTHER_METHOD = lazy_pattern(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}) (?=[/*])")
"""The method of a request line (RFC 9110 sections 5.6.2 and 9.1)."""

KNOWN_METHOD = b"LINK"
"""A method that the parser knows and treats like any other with a body."""

TOO_LONG = (
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    f"the request line and the header fields have more than {MAX_HEAD} bytes",
)


class BoundedHttpProtocol(HttpToolsProtocol):
    """uvicorn's connection that reads no more than connection_bounds.py says, and ignores upgrades.

    The methods that run for each request call uvicorn's by its name: `super()` takes three times as long.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._unread = 0
        self._length = 0
        self._whole: Any = None
        self._idle_since: float | None = None
        self._refusal: tuple[HTTPStatus, str] | None = None
        self._method: str | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin, with a bound for requests that are sent in a row."""
        super().connection_made(transport)
        if transport.get_extra_info("sslcontext") is not None:
            self.app_state = {**self.app_state, **client_certificate(transport)}
        self.flow = PipelineFlow(transport, self.pipeline)

    def connection_lost(self, exc: Exception | None) -> None:
        """End. uvicorn leaves the timer of a connection that a client resets."""
        super().connection_lost(exc)
        self._unset_keepalive_if_required()

    def data_received(self, data: bytes) -> None:
        """Read received bytes. It does what uvicorn's method does, and ignores upgrades.

        The parser keeps the fields of a head until it ends, so the bytes since the last head or part of a body are
        counted.
        """
        self._unread += len(data)
        self._idle_since = None
        self._length = len(data)
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            self._ignore_upgrade(memoryview(data)[upgrade.args[0] :])
        except HttpParserInvalidMethodError:
            self._read_other_method(data)
        except HttpParserError:
            self._refuse_malformed()
        if self._whole is not None:
            is_short = self._length <= LONGEST_RECEIVED
            if is_short and self._whole is self.cycle and self.cycle.scope is self.scope and not self.cycle.more_body:
                self.scope[RECEIVED] = data
            self._whole = None
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
        begins = self._unread == self._length
        self._unread = 0
        HttpToolsProtocol.on_headers_complete(self)
        if self._method is not None:
            self.scope["method"], self._method, begins = self._method, None, False
        if begins:
            self._whole = self.cycle
        self.headers = []  # trailer fields are no header fields (RFC 9110 section 6.5.1); the scope has the others

    def on_body(self, body: bytes) -> None:
        """Read a part of a body."""
        self._unread = 0
        HttpToolsProtocol.on_body(self, body)

    def _read_other_method(self, data: bytes) -> None:
        """Read a request with a method that the parser does not know, under the name of one that it does.

        A document may describe any method (OpenAPI 3.2 section 4.9.1). The request must begin with what was received.
        """
        line = OTHER_METHOD.match(data)
        if line is None:
            return self._refuse_malformed()
        self._method = line[1].decode()
        self.parser = HttpRequestParser(self)  # the other one reads nothing after an error
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does
        try:
            self.parser.feed_data(KNOWN_METHOD + data[line.end(1) :])
        except HttpParserError:
            self._refuse_malformed()
        return None

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
