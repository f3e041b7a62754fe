"""The journal: the latest requests with their responses, and how each was decided."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from functools import cached_property
from itertools import count, takewhile
from time import perf_counter, time
from typing import Any

from msgspec import Struct

from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.state.change_log import Commit
from mockserver.web.control.kept_exchange import NEVER_SEEN, KeptExchange, LatestExchanges, next_exchange
from mockserver.web.control.kept_request import RequestParts, parts_in, parts_of
from mockserver.web.control.namespaces import DEFAULT, name_in
from mockserver.web.endpoint import Endpoint
from mockserver.web.request.prefer import CHOOSING, preferences
from mockserver.web.serving.bounded_protocol import RECEIVED
from mockserver.web.serving.recorder import recorded_response
from mockserver.web.serving.response_writer import complete
from mockserver.web.serving.uvicorn_protocol import CompleteResponse
from mockserver.web.trace import NO_REMARKS, STEPS, TRACE, Trace

FOLLOWERS = 100
"""How many clients can follow the journal at once."""

APPLIED = lazy_pattern(rb"(?m)^preference-applied: ([^\r\n]*)")
"""The header line that names the preferences that were applied (RFC 7240 section 3)."""

NO_RESPONSE = (None, b"", b"")
"""What is kept in place of status, header lines and body where no response was sent."""

OWN_FIELD = b"mock-request: %d\r\n"
"""The header line with the number of an entry."""


class KeptEntry(Struct, frozen=True, gc=False):
    """What the journal keeps of one request, at which the garbage collector need not look.

    `moment` is when the response was ready, in seconds since 1970, by the clock of the machine. Requests that are the
    same share their `exchange`.
    """

    number: int
    moment: float
    seconds: float
    exchange: KeptExchange


class JournalRecord:
    """One request and its response, as they were sent: bytes become readable when they are read.

    `trace` has how it was answered. `body` and that of the `response` are cut; `length` and `sent` are their lengths
    before. `response` is None if there was none. With `quiet`, it was sent without the header lines of the journal.
    """

    def __init__(self, kept: KeptEntry, *, quiet: bool = False) -> None:
        self.trace, self._quiet, self.status = kept.exchange, quiet, kept.exchange.status
        self.number, self.moment, self.seconds = kept.number, kept.moment, kept.seconds

    @property
    def response(self) -> CompleteResponse | None:
        """The response as it was sent, its body cut; None if there was none."""
        kept = self.trace
        if kept.status is None:
            return None
        own = b"" if self._quiet else _own_fields(self.number, kept.commits)
        return kept.status, kept.fields + own, kept.content

    @cached_property
    def parts(self) -> RequestParts:
        """The parts of the request."""
        return parts_of(self.trace.request)

    @property
    def method(self) -> str:
        """The method of the request."""
        return self.parts.method

    @property
    def target(self) -> str:
        """The path with the query, as sent."""
        return self.parts.target

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The names and values of the request's header fields."""
        return self.parts.headers

    @property
    def body(self) -> bytes:
        """The body of the request, cut."""
        return self.parts.body

    @property
    def length(self) -> int:
        """The length of the request's body before it was cut."""
        return self.parts.length

    @property
    def sent(self) -> int:
        """The length of the response's body before it was cut."""
        return self.trace.sent or len(self.trace.content)

    @property
    def operation(self) -> Operation | None:
        """The operation that answered; None if none did."""
        return self.trace.operation

    @property
    def is_overridden(self) -> bool:
        """Did an interceptor answer in place of the operation?"""
        return self.operation is not None and self.trace.refusal is None and self.trace.step == STEPS[0]

    @property
    def preference(self) -> str:
        """The preference by which the request chose its response (`code=404`); empty if it chose none."""
        trace = self.trace
        if trace.operation is None or trace.refusal is not None:
            return ""
        found = APPLIED.search(trace.fields)
        text = found[1].decode("latin-1") if found is not None else ""
        return text if any(name in CHOOSING for name, _ in preferences(text)) else ""

    @property
    def service(self) -> str | None:
        """The name of the service that answered; None if none did."""
        return self.trace.label.partition("@")[0] if self.trace.label is not None else None

    @property
    def namespace(self) -> str:
        """The namespace that the request is in."""
        if self.trace.label is not None:
            return self.trace.label.partition("@")[2] or DEFAULT
        return name_in({name.lower(): value for name, value in self.headers}) or DEFAULT


class RequestJournal:
    """Keeps the latest `most` requests, except those to the admin API.

    Each response gets `Mock-Request` with the number of its entry, and `Mock-Revision` if it changed something; not
    with `quiet`.
    """

    def __init__(self, most: int, *, quiet: bool = False) -> None:
        self.most, self.quiet, self._forgotten = most, quiet, 0
        self._numbers: Iterator[int] = count(1)
        self._latest: LatestExchanges = {}
        self._kept: deque[KeptEntry] = deque(maxlen=most)
        self._keep: Callable[[KeptEntry], None] = self._kept.append
        self._waiting: set[asyncio.Event] = set()

    # All steps in one function, without a trace: each call and each value between them costs every request.
    async def answer(self, endpoint: Endpoint, scope: Any, body: bytes, values: tuple[str, ...]) -> CompleteResponse:
        """The response of an operation to a request whose body has arrived, recorded."""
        if endpoint.needs_trace:
            return await recorded_response(endpoint, scope, body, values, self)
        began, scope[TRACE] = perf_counter(), None
        try:
            reply, limits, outcome = await endpoint(scope, body, values)
        except BaseException:  # the client left
            self.record_failure(scope, body, Trace(), perf_counter() - began)
            raise
        response = complete(reply, limits, scope["method"])
        seen = (scope.get(RECEIVED) or parts_in(scope, body), response, outcome, NO_REMARKS)
        before, exchange = self._latest.get(id(outcome[0]), NEVER_SEEN)
        if seen != before:
            exchange = next_exchange(self._latest, seen)
        number = next(self._numbers)
        self._keep(KeptEntry(number, time(), perf_counter() - began, exchange))
        if self.quiet:
            return response
        status, fields, content = response
        own = _own_fields(number, exchange.commits) if exchange.commits else OWN_FIELD % number
        return status, fields + own, content

    def record(
        self, scope: Any, body: bytes, trace: Trace, seconds: float, response: CompleteResponse
    ) -> CompleteResponse:
        """Keep a request with its response; the response with the number of the entry."""
        seen = (scope.get(RECEIVED) or parts_in(scope, body), response, trace.outcome, trace.remarks)
        before, exchange = self._latest.get(id(trace.outcome[0]), NEVER_SEEN)
        if seen != before:
            exchange = next_exchange(self._latest, seen)
        trace.number = next(self._numbers)
        self._keep(KeptEntry(trace.number, time(), seconds, exchange))
        if self.quiet:
            return response
        status, fields, content = response
        return status, fields + _own_fields(trace.number, exchange.commits), content

    def record_failure(self, scope: Any, body: bytes, trace: Trace, seconds: float) -> None:
        """Keep a request that gets no response."""
        request = scope.get(RECEIVED) or parts_in(scope, body)
        trace.number = next(self._numbers)
        values: Any = (request, *NO_RESPONSE, 0, *trace.outcome, trace.remarks)
        self._keep(KeptEntry(trace.number, time(), seconds, KeptExchange(*values)))

    def __len__(self) -> int:
        return len(self._kept)

    def __bool__(self) -> bool:
        return True  # an empty one is a journal

    def number_by(self, numbers: Iterator[int]) -> None:
        """Number entries by this iterator from now on."""
        self._numbers = numbers

    @property
    def last(self) -> int:
        """The number of the last entry, also if it is forgotten; 0 before the first."""
        return max(self._forgotten, self._kept[-1].number) if self._kept else self._forgotten

    def _keep_and_wake(self, entry: KeptEntry) -> None:
        self._kept.append(entry)
        for event in self._waiting:
            event.set()

    @property
    def entries(self) -> list[JournalRecord]:
        """What is kept, the oldest first."""
        return list(map(self._shown, self._kept))

    def entry(self, number: int) -> JournalRecord | None:
        """The entry of that number, if it is kept."""
        return next((each for each in self.latest() if each.number == number), None)

    def latest(self) -> Iterator[JournalRecord]:
        """What is kept, the newest first. Requests may come while it is read."""
        return map(self._shown, list(reversed(self._kept)))

    def _shown(self, kept: KeptEntry) -> JournalRecord:
        return JournalRecord(kept, quiet=self.quiet)

    def since(self, number: int) -> list[JournalRecord]:
        """The kept entries with a greater number, the oldest first."""
        return list(takewhile(lambda entry: entry.number > number, self.latest()))[::-1]

    def clear(self, namespace: str | None = None) -> None:
        """Forget everything, or what belongs to a namespace."""
        self._forgotten = self.last
        kept = [each for each in self._kept if namespace is not None and self._shown(each).namespace != namespace]
        self._kept.clear()
        self._kept.extend(kept)
        self._latest.clear()

    async def follow(self, last: int, heartbeat: float, seconds: float | None) -> AsyncIterator[list[JournalRecord]]:
        """The entries after the number `last` as they come; an empty list after `heartbeat` seconds without one.

        It ends after that many seconds, or never.
        """
        event, loop = asyncio.Event(), asyncio.get_running_loop()
        until = loop.time() + seconds if seconds is not None else math.inf
        self._waiting.add(event)
        self._keep = self._keep_and_wake
        try:
            while True:
                event.clear()
                entries = self.since(last)
                if entries:
                    last = entries[-1].number
                    yield entries
                left = min(heartbeat, until - loop.time())
                if left <= 0:
                    return
                if not await _is_set(event, left) and left == heartbeat:
                    yield []
        finally:
            self._waiting.discard(event)
            if not self._waiting:
                self._keep = self._kept.append

    @property
    def followers(self) -> int:
        """How many follow now."""
        return len(self._waiting)


def _own_fields(number: int, commits: Sequence[Commit]) -> bytes:
    """The header lines that the journal adds to a response."""
    if commits:
        return b"mock-request: %d\r\nmock-revision: %d\r\n" % (number, commits[-1].revision)
    return OWN_FIELD % number


async def _is_set(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
