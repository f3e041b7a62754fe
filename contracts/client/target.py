"""The implementation that is checked: its address and users, limits on the requests, and a log of the exchanges."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any, NamedTuple, Self
from urllib.parse import quote, urlencode

from contracts.client.retry_after import Patience
from contracts.client.secret_masking import masking, text_masking
from contracts.client.transport import (
    App,
    AsgiTransport,
    BadResponse,
    Headers,
    HttpTransport,
    NoResponse,
    RateLimited,
    ReceivedResponse,
    SentRequest,
    Transport,
    Unanswered,
    Unreachable,
)
from contracts.client.user import ANONYMOUS, User
from contracts.model.finding import RecordedExchange
from mockserver.openapi import json_codec
from mockserver.openapi.server_paths import relocated

__all__ = [
    "ANONYMOUS",
    "BadResponse",
    "Exhausted",
    "NoResponse",
    "ReadOnly",
    "Request",
    "Target",
    "Unanswered",
    "Unreachable",
    "User",
]

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "QUERY"})
"""Methods that change nothing (RFC 9110 section 9.2.1)."""

MAX_REMEMBERED = 64 * 1024 * 1024
"""The most bytes of responses in the log of exchanges."""


class Exhausted(Exception):
    """The budget of requests is spent, or the time is up."""


class ReadOnly(Exception):
    """The request would change something, and `--read-only` does not allow that."""


class Request(NamedTuple):
    """A request to the target. `path` is relative to the base URL; its parameters are filled in and encoded.

    `body` is bytes or a JSON value. A body of None without a `media_type` means that there is no body. `security` has
    the alternatives of security schemes that the operation requires. `servers` are the paths of the document's server
    and of the operation's own, if it has one. `querystring` is encoded text that comes before the pairs of `query`.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Headers = ()
    body: Any = None
    media_type: str = ""
    security: tuple[tuple[str, ...], ...] = ()
    servers: tuple[str, str] | None = None
    querystring: str = ""


MOST_LIMITED = 120.0
"""So many seconds each check waits for rate limits altogether: a search needs hundreds of items, and a run must end."""


class _PerThread(threading.local):
    """The seconds that this thread has paused since its last request, and for rate limits since its check began."""

    waited = limited = 0.0


class Target:
    """An implementation that is checked. Several threads may use it, unless it is an app in this process.

    `log` has the last `remembered` exchanges, or fewer large ones, with placeholders for secrets; `requests` counts all
    of them. `rate` is the largest number of requests per second, `budget` the largest number in total; after
    `deadline`, a `time.monotonic()`, nothing is sent. `timeout` is the time in seconds that a response may take, and
    `window` the time to wait after a 429 without `Retry-After`. `safe_point` is called before each request and may
    raise. Without `verify`, the transport accepts any certificate.
    """

    def __init__(
        self,
        transport: Transport,
        base_url: str,
        users: Sequence[User] = (),
        *,
        rate: float | None = None,
        budget: int | None = None,
        deadline: float | None = None,
        read_only: bool = False,
        remembered: int = 2000,
        app: App | None = None,
        sleep: Callable[[float], None] = time.sleep,
        timeout: float = 30.0,
        verify: bool = True,
    ) -> None:
        self.transport, self.base_url, self.users = transport, base_url.rstrip("/"), tuple(users)
        self.rate, self.budget, self.deadline, self.read_only, self.app = rate, budget, deadline, read_only, app
        self.log: deque[RecordedExchange] = deque()
        self._remembered, self._remembered_bytes = remembered, 0
        self.requests, self.window = 0, None  # type: int, float | None
        self.timeout, self.verify = timeout, verify
        self.on_exchange: list[Callable[[RecordedExchange], None]] = []
        self.safe_point: Callable[[], None] = _nothing
        self._sleep, self._next, self._per_thread = sleep, 0.0, _PerThread()
        self._counting, self._positions = threading.Lock(), count(1)
        self.patience = Patience()
        self._answered: tuple[SentRequest, ...] = ()
        self._mask, self.masked = masking(self.users, verify=verify), text_masking(self.users)

    @classmethod
    def http(
        cls,
        base_url: str,
        users: Sequence[User] = (),
        *,
        timeout: float = 30.0,
        verify: bool = True,
        **settings: Any,
    ) -> Target:
        """A target at a URL. Raises UnreadableAuthorities."""
        transport = HttpTransport(timeout=timeout, verify=verify)
        return cls(transport, base_url, users, timeout=timeout, verify=verify, **settings)

    @classmethod
    def asgi(
        cls,
        app: App,
        users: Sequence[User] = (),
        *,
        base_url: str = "http://target.local",
        timeout: float = 30.0,
        **settings: Any,
    ) -> Target:
        """An ASGI app in this process as a target; no port is opened."""
        return cls(AsgiTransport(app, timeout=timeout), base_url, users, app=app, timeout=timeout, **settings)

    @property
    def in_process(self) -> bool:
        """Is the target an app in this process?"""
        return self.app is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()

    def send(self, request: Request, user: User = ANONYMOUS) -> RecordedExchange:
        """Send a request as a user. After a 429 or 503 that says how long to wait, it waits and sends it again.

        Raises Unreachable, NoResponse, Exhausted, or ReadOnly.
        """
        sent = self._prepare(request, user)
        return self._record(sent, self._sent_patiently([sent])[0])

    def resend(self, sent: SentRequest) -> ReceivedResponse:
        """Send a finished request as `send` does, without a record. Its URL may be relative to the base URL."""
        if self.read_only and sent.method not in SAFE:
            raise ReadOnly(f"{sent.method} {sent.url}: not sent, because of --read-only")
        self._spend()
        sent = sent._replace(url=self.base_url + sent.url) if sent.url.startswith("/") else sent
        return self._sent_patiently([sent])[0]

    def _sent_patiently(self, requests: Sequence[SentRequest]) -> list[ReceivedResponse]:
        """The responses to requests that are sent in parallel. Those that are to be sent later are, in parallel."""
        received, waited = self._sent(requests), 0
        while waits := {n: wait for n, got in enumerate(received) if (wait := self._wait(got, waited)) is not None}:
            self._wait_for_limit(max(waits.values()))
            for n, got in zip(waits, self._sent([requests[n] for n in waits]), strict=True):
                received[n] = got
            waited += 1
        return received

    def _sent(self, requests: Sequence[SentRequest]) -> list[ReceivedResponse]:
        if len(requests) == 1:
            return [self.transport.send(requests[0])]
        return self.transport.send_together(requests)

    def begin_check(self) -> None:
        """What this thread has waited for rate limits until now does not count for the check that begins."""
        self._per_thread.limited = 0.0

    def _wait_for_limit(self, seconds: float) -> None:
        """Wait before a request is sent again. Raises RateLimited, or Exhausted where the deadline comes first."""
        self._per_thread.limited += 0.0 if self.in_process else seconds
        if self._per_thread.limited > MOST_LIMITED:
            raise RateLimited(
                f"the service allows so few requests that this check would wait longer than {MOST_LIMITED:g} s"
            )
        self.rest(self._affordable(seconds))

    def _affordable(self, seconds: float) -> float:
        """The seconds, if they end before the deadline. Raises Exhausted."""
        if self.deadline is not None and time.monotonic() + seconds > self.deadline:
            raise Exhausted("the time is up")
        return seconds

    def send_once(self, request: Request, user: User = ANONYMOUS) -> RecordedExchange:
        """As `send`, but a 429 or 503 is returned at once."""
        return self.send_with_response(request, user)[0]

    def send_with_response(self, request: Request, user: User = ANONYMOUS) -> tuple[RecordedExchange, ReceivedResponse]:
        """As `send_once`, and the response itself, without placeholders: a token in it may be needed."""
        sent = self._prepare(request, user)
        received = self.transport.send(sent)
        return self._record(sent, received), received

    def answers(self) -> bool:
        """Does the target still respond? It is asked for its root, and for what it responded to before."""
        return any(map(self._answers, (SentRequest("GET", self.base_url + "/", (), None), *self._answered)))

    def _answers(self, sent: SentRequest) -> bool:
        try:
            self._spend()
            self.transport.send(sent)
        except Unanswered:
            return False
        except NoResponse:
            return True
        except (Unreachable, Exhausted):
            return False
        return True

    def exchange(self, sent: SentRequest, received: ReceivedResponse) -> RecordedExchange:
        """The exchange with placeholders for the secrets of all users. Nothing is sent or counted."""
        return self._mask(sent, received)

    def send_together(self, requests: Iterable[tuple[Request, User]]) -> list[RecordedExchange]:
        """Send requests in parallel. Those that get a 429 are sent again, in parallel. Raises as `send`."""
        prepared = [self._prepare(request, user) for request, user in requests]
        received = self._sent_patiently(prepared)
        return [self._record(sent, got) for sent, got in zip(prepared, received, strict=True)]

    def _wait(self, received: ReceivedResponse, waited: int) -> float | None:
        """The seconds to wait before the request is sent again; None if it should not be sent again."""
        return self.patience.wait(received.status, received.headers, waited, self.window)

    def close(self) -> None:
        """Close the transport."""
        self.transport.close()

    def _prepare(self, request: Request, user: User) -> SentRequest:
        if self.read_only and request.method.upper() not in SAFE:
            raise ReadOnly(f"{request.method} {request.path}: not sent, because of --read-only")
        self._spend()
        user = user.for_security(request.security)
        query = "&".join(filter(None, (request.querystring, urlencode([*request.query, *user.query], quote_via=quote))))
        headers = [*request.headers, *user.headers, *_cookie(user)]
        if request.media_type:
            headers.append(("content-type", request.media_type))
        if not any(name.lower() == "accept" for name, _ in headers):
            headers.append(("accept", "*/*"))
        url = self.address(request) + (f"?{query}" if query else "")
        # White space around a value is not part of it (RFC 9110 section 5.5), and clients refuse to send it.
        return SentRequest(request.method, url, tuple((n, v.strip()) for n, v in headers), _encoded(request))

    def address(self, request: Request) -> str:
        """The address of a request without its query: below the base URL, or where the operation's own server is."""
        base = self.base_url if request.servers is None else relocated(self.base_url, *request.servers)
        return base + request.path

    def _spend(self) -> None:
        self.safe_point()
        with self._counting:
            if self.budget is not None and self.requests >= self.budget:
                raise Exhausted(f"the budget of {self.budget} requests is spent")
            now = time.monotonic()
            if self.deadline is not None and now >= self.deadline:
                raise Exhausted("the time is up")
            self.requests += 1
            turn = max(now, self._next)
            self._next = turn + 1 / self.rate if self.rate else now
        self.rest(turn - now)

    def pause(self, seconds: float) -> None:
        """Wait, because the next request is about time. A mock in this process advances its clock instead."""
        self._per_thread.waited += max(0.0, seconds)
        self.rest(seconds)

    def rest(self, seconds: float) -> None:
        """Wait without a record. A mock in this process advances its clock instead."""
        if seconds > 0:
            self._sleep(seconds)

    def _record(self, sent: SentRequest, received: ReceivedResponse) -> RecordedExchange:
        if sent.method == "GET":
            self._answered = (sent,)
        waited, self._per_thread.waited = self._per_thread.waited, 0.0
        exchange = replace(self._mask(sent, received), waited=waited, position=next(self._positions))
        self._remember(exchange)
        for listener in self.on_exchange:
            listener(exchange)
        return exchange

    def _remember(self, exchange: RecordedExchange) -> None:
        self.log.append(exchange)
        self._remembered_bytes += len(exchange.reply_body)
        while len(self.log) > self._remembered or (self._remembered_bytes > MAX_REMEMBERED and len(self.log) > 1):
            self._remembered_bytes -= len(self.log.popleft().reply_body)


def _nothing() -> None:
    """The default safe point."""


def _cookie(user: User) -> Headers:
    pairs = "; ".join(f"{name}={value}" for name, value in user.cookies)
    return (("cookie", pairs),) if pairs else ()


def _encoded(request: Request) -> bytes | None:
    if request.body is None and not request.media_type:
        return None
    return request.body if isinstance(request.body, bytes) else json_codec.write(request.body)
