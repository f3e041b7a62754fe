"""An open model: requests come at a fixed rate, whether the server keeps up or not, and late answers count in full.

A closed model, as wrk is, sends a request when the one before is answered: a server that stalls gets fewer requests,
and the stall shows in one of them only. Here a request that has to wait for a connection has waited since it was due.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import NamedTuple
from urllib.parse import urlsplit

from uvloop import new_event_loop

from tests.benchmarks.load import Request

CONNECTIONS = 32


class Latencies(NamedTuple):
    """Milliseconds from when a request was due to its response: the median, and what 99 % and 99.9 % stay below.

    `asked` is the rate in requests per second, `sent` how many there were, `refused` how many were not 2xx.
    """

    asked: float
    sent: int
    refused: int
    p50: float
    p99: float
    p999: float


class _Connection(asyncio.Protocol):
    """Sends one request at a time and reads its response, whose head has a content length."""

    def __init__(self, load: _Load) -> None:
        self._load, self._buffer, self._due = load, b"", 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._load.free.append(self)
        self._load.send_waiting()

    def send(self, due: float) -> None:
        self._due = due
        self._transport.write(self._load.encoded)  # type: ignore[attr-defined]  # a socket can be written to

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, body = self._buffer.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        self._buffer = b""
        self._load.answered(self._due, is_accepted=head[9:10] == b"2")
        self._load.free.append(self)
        self._load.send_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        self._load.broken += 1


class _Load:
    def __init__(self, encoded: bytes) -> None:
        self.encoded = encoded
        self.free: deque[_Connection] = deque()
        self.waiting: deque[float] = deque()
        self.milliseconds: list[float] = []
        self.refused = self.broken = 0

    def answered(self, due: float, *, is_accepted: bool) -> None:
        self.milliseconds.append((time.perf_counter() - due) * 1000)
        self.refused += not is_accepted

    def send_waiting(self) -> None:
        while self.free and self.waiting:
            self.free.popleft().send(self.waiting.popleft())

    async def run(self, per_second: float, seconds: float) -> None:
        """Send the requests when they are due, and wait for the last answers."""
        count, begin = int(per_second * seconds), time.perf_counter()
        for number in range(count):
            due = begin + number / per_second
            if (pause := due - time.perf_counter()) > 0:
                await asyncio.sleep(pause)
            elif number % 100 == 0:
                await asyncio.sleep(0)
            self.waiting.append(due)
            self.send_waiting()
        until = time.perf_counter() + 30
        while len(self.milliseconds) < count and time.perf_counter() < until and not self.broken:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def latencies(request: Request, per_second: float, seconds: float) -> Latencies:
    """How long requests take that come at this rate. Raises RuntimeError when the server breaks connections."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(_latencies(request, per_second, seconds))


async def _latencies(request: Request, per_second: float, seconds: float) -> Latencies:
    place, load = urlsplit(request.url), _Load(request.encoded())
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: _Connection(load), place.hostname, place.port) for _ in range(CONNECTIONS)
    ]
    await load.run(per_second, seconds)
    broken = load.broken
    for transport, _ in made:
        transport.close()
    if broken:
        raise RuntimeError(f"{broken} connections were broken")
    found = sorted(load.milliseconds)
    p50, p99, p999 = (found[min(len(found) - 1, int(len(found) * share))] for share in (0.5, 0.99, 0.999))
    return Latencies(per_second, len(found), load.refused, p50, p99, p999)


def _length(head: bytes) -> int:
    """The length of the body (RFC 9110 section 8.6)."""
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    return 0
