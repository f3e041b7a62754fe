"""Generates load: with wrk if it is installed, else with the generator in this file."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

CONNECTIONS = 16

Enough = Callable[[int], bool]
"""Takes the number of requests sent so far; returns whether to stop."""


@dataclass(frozen=True)
class Request:
    """One HTTP request that is sent again and again."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def encoded(self) -> bytes:
        """The bytes of the request (RFC 9112)."""
        parts = urlsplit(self.url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        lines = [f"{self.method} {target} HTTP/1.1", f"Host: {parts.netloc}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.body:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(frozen=True)
class Rate:
    """The result of a load: responses per second, and how many were not 2xx or 3xx, which makes the rate worthless.

    `microseconds` are the processor time that the server used for each answer; what else the machine does falls on it
    less than on the rate.
    """

    per_second: float
    refused: int
    microseconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.per_second:,.0f}" if not self.refused else f"({self.refused:,} refused)"


def generator() -> str:
    """The name of the load generator on this machine."""
    return "wrk" if shutil.which("wrk") else "asyncio"


def rate(request: Request, seconds: float, spent: Callable[[], float] = float, connections: int = CONNECTIONS) -> Rate:
    """Repeat `request` over so many connections for `seconds` and count the responses; `spent` is the server's time."""
    before = spent()
    if generator() == "wrk":
        seen = _with_wrk(request, seconds, connections)
    else:
        seen = asyncio.run(_for_seconds(request, seconds, connections))
    answers = max(1.0, seen.per_second * seconds)
    return replace(seen, microseconds=(spent() - before) / answers * 1e6)


def repeat(request: Request, times: int) -> Counter[int]:
    """Send `request` exactly that many times, and count the responses by status."""
    statuses: Counter[int] = Counter()
    asyncio.run(_run(request, statuses, lambda sent: sent >= times, CONNECTIONS))
    return statuses


SCRIPT = """wrk.method = "{method}"
wrk.body = {body}
{headers}
"""


def _with_wrk(request: Request, seconds: float, connections: int) -> Rate:
    headers = "\n".join(f'wrk.headers["{name}"] = "{value}"' for name, value in request.headers)
    body = f"[==[{request.body.decode()}]==]" if request.body else "nil"
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT.format(method=request.method, body=body, headers=headers))
        script.flush()
        duration = f"-d{max(1, round(seconds))}s"
        command = ["wrk", "-t1", f"-c{connections}", duration, "--timeout", "10s", "-s", script.name, request.url]
        printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30).stdout
    per_second = float(_number(r"Requests/sec:\s+([\d.]+)", printed))
    broken = sum(int(count) for count in re.findall(r"(?:connect|read|write|timeout) (\d+)", printed))
    return Rate(per_second, int(_number(r"Non-2xx or 3xx responses: (\d+)", printed)) + broken)


def _number(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found[1] if found else "0"


async def _for_seconds(request: Request, seconds: float, connections: int) -> Rate:
    statuses: Counter[int] = Counter()
    start = time.perf_counter()
    await _run(request, statuses, lambda _: time.perf_counter() - start > seconds, connections)
    refused = sum(count for status, count in statuses.items() if status >= 400)
    return Rate(statuses.total() / (time.perf_counter() - start), refused)


async def _run(request: Request, statuses: Counter[int], enough: Enough, connections: int) -> None:
    count = _Count()
    wire, place = request.encoded(), urlsplit(request.url)
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(_client(place.hostname or "", place.port or 80, wire, statuses, enough, count))


@dataclass
class _Count:
    sent: int = 0


async def _client(host: str, port: int, wire: bytes, statuses: Counter[int], enough: Enough, count: _Count) -> None:
    """One connection, kept open, one request after the other."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        while not enough(count.sent):
            count.sent += 1
            writer.write(wire)
            statuses[await _answer(reader)] += 1
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> int:
    """Read one whole response and return its status; its body has a length or comes in chunks (RFC 9112 section 6)."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = re.search(rb"\r\ncontent-length: *(\d+)", head)
    if length:
        await reader.readexactly(int(length[1]))
    elif b"\r\ntransfer-encoding: chunked" in head:
        while size := int((await reader.readline()).split(b";")[0], 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return int(head[9:12])
