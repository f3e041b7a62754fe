"""The implementation under examination: where it is, who may ask, how fast, and a record of all that was said."""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Self
from urllib.parse import quote, urlencode

from contracts.client.transport import (
    App,
    AsgiTransport,
    Headers,
    HttpTransport,
    ReceivedResponse,
    SentRequest,
    Transport,
    Unanswered,
    Unreachable,
)
from contracts.model.finding import RecordedExchange
from mockserver.openapi import json_codec

__all__ = ["NOBODY", "Exhausted", "ReadOnly", "Request", "Target", "Unanswered", "Unreachable", "User"]

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110 section 9.2.1)."""

PATIENCE = 61.0
"""The longest `Retry-After` in seconds that is waited for."""


class Exhausted(Exception):
    """The budget of requests is spent, or the time is over."""


class ReadOnly(Exception):
    """A read-only examination does not send this request."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may ask: the credential in `headers`, `query` or `cookies`, and what belongs to it.

    `tenant` is the one it works in (empty: it has only one). `name` names it in reports, and the variable that stands
    for its `secret` in curl lines (`${ADMIN}`). `other_secrets` must not be shown either (`${ADMIN_PART_2}`, …).
    """

    name: str
    headers: Headers = field(default=(), repr=False)
    query: Headers = field(default=(), repr=False)
    cookies: Headers = field(default=(), repr=False)
    tenant: str = ""
    role: str = ""
    secret: str = field(default="", repr=False)
    other_secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def variable(self) -> str:
        """The shell variable that stands for the secret."""
        return re.sub(r"[^A-Z0-9]+", "_", self.name.upper()).lstrip("_0123456789").rstrip("_") or "CREDENTIAL"

    @property
    def placeholders(self) -> dict[str, str]:
        """Every secret, and the variable that stands for it."""
        named = {other: f"{self.variable}_PART_{number}" for number, other in enumerate(self.other_secrets, 2)}
        return {value: "${" + name + "}" for value, name in {**named, self.secret: self.variable}.items() if value}

    def in_tenant(self, tenant: str) -> User:
        """The same credential at work in another tenant."""
        return replace(self, tenant=tenant)


NOBODY = User("nobody")
"""A request without any credential."""


class Request(NamedTuple):
    """A request to the target: `path` below its base URL with parameters filled in and encoded.

    `body` is a JSON value unless it is bytes; None without a `media_type` means: no body.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Headers = ()
    body: Any = None
    media_type: str = ""


class _Mine(threading.local):
    """What each thread has of its own: the seconds that it let pass since its last request."""

    waited = 0.0


class Target:
    """An implementation that is examined. Several threads may ask it at the same time, where it is not in this process.

    Everything sent is counted and kept in `log` (the last `remembered` exchanges, secrets as `${NAME}`). `rate` is
    requests a second, `budget` how many in all, `deadline` a `time.monotonic()` after which nothing is sent. `window`
    is what is waited after a 429 that does not say how long, `timeout` how many seconds a reply may take.
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
    ) -> None:
        self.transport, self.base_url, self.users = transport, base_url.rstrip("/"), tuple(users)
        self.rate, self.budget, self.deadline, self.read_only, self.app = rate, budget, deadline, read_only, app
        self.log: deque[RecordedExchange] = deque(maxlen=remembered)
        self.requests, self.window = 0, None  # type: int, float | None
        self.timeout = timeout
        self.on_exchange: list[Callable[[RecordedExchange], None]] = []
        self.safe_point: Callable[[], None] = _nothing
        self._sleep, self._next, self._mine = sleep, 0.0, _Mine()
        self._counting = threading.Lock()
        self._mask = masking(self.users)

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
        """A target at an address."""
        return cls(HttpTransport(timeout=timeout, verify=verify), base_url, users, timeout=timeout, **settings)

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
        """A target in this process; no port is opened."""
        return cls(AsgiTransport(app, timeout=timeout), base_url, users, app=app, timeout=timeout, **settings)

    @property
    def in_process(self) -> bool:
        """Is the target an app of this process?"""
        return self.app is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()

    def send(self, request: Request, identity: User = NOBODY) -> RecordedExchange:
        """Send a request as somebody; a refusal with a bearable `Retry-After` is waited out and sent again.

        Raises Unreachable, Exhausted, or ReadOnly for a change in a read-only examination.
        """
        sent = self._prepare(request, identity)
        received = self.transport.send(sent)
        wait = self._wait(received)
        if wait is not None:
            self._rest(wait)
            received = self.transport.send(sent)
        return self._record(sent, received)

    def resend(self, sent: SentRequest) -> ReceivedResponse:
        """Send what stands already, as `send` does, but for the record. Its address lies below the base URL."""
        if self.read_only and sent.method not in SAFE:
            raise ReadOnly(f"{sent.method} {sent.url}: nothing that changes anything is sent")
        self._spend()
        sent = sent._replace(url=self.base_url + sent.url) if sent.url.startswith("/") else sent
        received = self.transport.send(sent)
        wait = self._wait(received)
        if wait is not None:
            self._rest(wait)
            received = self.transport.send(sent)
        return received

    def send_once(self, request: Request, identity: User = NOBODY) -> RecordedExchange:
        """As `send`, for one who wants to see the refusal for too many requests."""
        sent = self._prepare(request, identity)
        return self._record(sent, self.transport.send(sent))

    def answers(self) -> bool:
        """Does it still answer anybody?"""
        try:
            self.send_once(Request("GET", "/"))
        except (Unreachable, Exhausted):
            return False
        return True

    def exchange(self, sent: SentRequest, received: ReceivedResponse) -> RecordedExchange:
        """What was said, written down with the secrets of every identity as variables; nothing is sent or counted."""
        return self._mask(sent, received)

    def send_together(self, requests: Iterable[tuple[Request, User]]) -> list[RecordedExchange]:
        """Send requests at the same time; those that come too soon are sent again, together. Raises as `send`."""
        prepared = [self._prepare(request, identity) for request, identity in requests]
        received = self.transport.send_together(prepared)
        waits = {index: wait for index, got in enumerate(received) if (wait := self._wait(got)) is not None}
        if waits:
            self._rest(max(waits.values()))
            again = self.transport.send_together([prepared[index] for index in waits])
            received = [dict(zip(waits, again, strict=True)).get(index, got) for index, got in enumerate(received)]
        return [self._record(sent, got) for sent, got in zip(prepared, received, strict=True)]

    def _wait(self, received: ReceivedResponse) -> float | None:
        """How long to wait before a refused request is sent again; None where that makes no sense."""
        wait = retry_after(received)
        if wait is None and received.status == 429:
            wait = self.window
        return wait if wait is not None and wait <= PATIENCE else None

    def close(self) -> None:
        """Let go of the wire."""
        self.transport.close()

    def _prepare(self, request: Request, identity: User) -> SentRequest:
        if self.read_only and request.method.upper() not in SAFE:
            raise ReadOnly(f"{request.method} {request.path}: the examination is read-only")
        self._spend()
        query = urlencode([*request.query, *identity.query], quote_via=quote)
        headers = [*request.headers, *identity.headers, *_cookie(identity)]
        if request.media_type:
            headers.append(("content-type", request.media_type))
        if not any(name.lower() == "accept" for name, _ in headers):
            headers.append(("accept", "*/*"))
        url = self.base_url + request.path + (f"?{query}" if query else "")
        # White space around a value is not part of it (RFC 9110 section 5.5), and clients refuse to send it.
        return SentRequest(request.method.upper(), url, tuple((n, v.strip()) for n, v in headers), _encoded(request))

    def _spend(self) -> None:
        self.safe_point()
        with self._counting:
            if self.budget is not None and self.requests >= self.budget:
                raise Exhausted(f"the budget of {self.budget} requests is spent")
            now = time.monotonic()
            if self.deadline is not None and now >= self.deadline:
                raise Exhausted("the time is over")
            self.requests += 1
            turn = max(now, self._next)
            self._next = turn + 1 / self.rate if self.rate else now
        self._rest(turn - now)

    def pause(self, seconds: float) -> None:
        """Let time pass at the target, because the next request is about time."""
        self._mine.waited += max(0.0, seconds)
        self._rest(seconds)

    def _rest(self, seconds: float) -> None:
        if seconds > 0:
            self._sleep(seconds)

    def _record(self, sent: SentRequest, received: ReceivedResponse) -> RecordedExchange:
        exchange, self._mine.waited = replace(self._mask(sent, received), waited=self._mine.waited), 0.0
        self.log.append(exchange)
        for listener in self.on_exchange:
            listener(exchange)
        return exchange


def _nothing() -> None:
    """Nobody wants to interrupt."""


def _cookie(identity: User) -> Headers:
    pairs = "; ".join(f"{name}={value}" for name, value in identity.cookies)
    return (("cookie", pairs),) if pairs else ()


def _encoded(request: Request) -> bytes | None:
    if request.body is None and not request.media_type:
        return None
    return request.body if isinstance(request.body, bytes) else json_codec.write(request.body)


def retry_after(received: ReceivedResponse) -> float | None:
    """The seconds that a 429 or 503 asks to wait (RFC 9110 section 10.2.3), or None."""
    if received.status not in (429, 503):
        return None
    found = next((value for name, value in received.headers if name.lower() == "retry-after"), "")
    return float(found) if found.isdigit() else None


SCHEMED = re.compile(r"(?i)(?:basic|bearer|token|apikey|digest|jwt)\s+(\S+)")
"""A credential after the name of its scheme (RFC 9110 section 11.4)."""


OPEN = frozenset({"accept", "accept-language", "content-type", "prefer", "user-agent"})
"""Headers that are no secrets. Their values stand in replies too, where hiding them would change what is examined."""

SHORT = 6
"""A shorter value of a header is hidden in that header only: elsewhere it may well be something else."""


def secrets_of(headers: Headers) -> tuple[str, ...]:
    """What is secret in headers: a whole value, or what follows the name of an authentication scheme."""
    values = [value.strip() for name, value in headers if name.lower() not in OPEN]
    found = [SCHEMED.fullmatch(value) for value in values]
    bare = [match[1] if match else value for match, value in zip(found, values, strict=True)]
    return tuple(value for value in bare if len(value) >= SHORT)


def masking(users: Sequence[User]) -> Callable[[SentRequest, ReceivedResponse], RecordedExchange]:
    """A function that writes an exchange down with every secret of `identities` as the variable that stands for it."""
    secrets = {value: name for identity in reversed(users) for value, name in identity.placeholders.items()}
    pattern = re.compile("|".join(re.escape(s) for s in sorted(secrets, key=len, reverse=True))) if secrets else None
    needles = [secret.encode() for secret in secrets]

    short = {
        pair: "${" + each.variable + "}"
        for each in users
        for pair in each.headers
        if pair[0].lower() not in OPEN and len(pair[1].strip()) < SHORT
    }

    def masked(text: str) -> str:
        return pattern.sub(lambda match: secrets[match.group()], text) if pattern else text

    def masked_bytes(body: bytes) -> bytes:
        if not any(needle in body for needle in needles):
            return body
        return masked(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

    def write(sent: SentRequest, received: ReceivedResponse) -> RecordedExchange:
        return RecordedExchange(
            method=sent.method,
            url=masked(sent.url),
            status=received.status,
            headers=tuple((name, short.get((name, value)) or masked(value)) for name, value in sent.headers),
            body=masked_bytes(sent.body) if sent.body is not None else None,
            reply_headers=tuple((name, masked(value)) for name, value in received.headers),
            reply_body=masked_bytes(received.body),
        )

    return write
