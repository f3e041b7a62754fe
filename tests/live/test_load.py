"""A hundred registrations at once against slow MCP servers, while clients of another vendor go on working.

What it measures is printed: `make test ARGS="-n0 -s tests/live/test_load.py"`.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from uvicorn.protocols.http.h11_impl import H11Protocol

pytest.importorskip("mcp", reason="live sync needs the official MCP SDK: pip install 'mockserver[live]'")

from mockserver.mcp_sync.demo_server import Demo  # only where the SDK is
from mockserver.mcp_sync.guarded_http import STANDARD
from tests.live.bystander import bystander
from tests.live.conftest import Watched
from tests.live.test_journeys import basedash, piper
from tests.mcp_sync.live import in_thread
from tests.mcp_sync.test_load import Slow

HOW_MANY = 100
MANY_TOOLS = 500


class Counted(H11Protocol):
    """A server's side of a connection. Counts concurrent connections."""

    now = most = 0

    def connection_made(self, transport: Any) -> None:
        Counted.now += 1
        Counted.most = max(Counted.most, Counted.now)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        Counted.now -= 1
        super().connection_lost(exc)


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[str], Any]], str]]:
    """A function that serves an ASGI application, made from its own URL, and counts its connections."""
    started: list[Callable[[], None]] = []
    Counted.now = Counted.most = 0
    yield lambda app_at: in_thread(app_at, started, http=Counted)
    for stop in started:
        stop()


def many(url: str) -> Any:
    """A real MCP server with as many tools as the demo can have."""
    return Demo(tools=MANY_TOOLS).app(url)


@pytest.mark.parametrize(("server", "count"), [(Slow, HOW_MANY), (many, HOW_MANY // 4)])
def test_a_hundred_registrations_get_the_right_outcome_without_delaying_other_vendors(
    watched: Watched, serve: Callable[[Callable[[str], Any]], str], server: Callable[[str], Any], count: int
) -> None:
    url = serve(server) + "/mcp"
    urls = ["http://127.0.0.1:1/mcp" if n % 10 == 0 else url for n in range(count)]
    with basedash(watched.url) as registering, piper(watched.url) as another:
        with bystander(another, "/mcp-servers/") as quiet:
            time.sleep(2)
        watched.seen()
        with bystander(another, "/mcp-servers/") as busy:
            ids = asyncio.run(register_all(registering, urls))
        states = [settled(registering, id) for id in ids]
    seen = watched.seen()

    measured = (
        f"{count} registrations, {server.__name__}",
        f"another vendor's list: {describe(quiet)} when quiet, {describe(busy)} meanwhile",
        f"its loop: busy for {seen['held']:.0f} ms at most between two looks, {seen['waited']:.0f} ms on the clock",
        f"{Counted.most} connections at the same time at most",
    )
    print("", *measured, sep="\n  ")  # noqa: T201 - a measurement
    assert count == len(set(ids))
    assert ["BROKEN" if n % 10 == 0 else "CONNECTED" for n in range(count)] == states
    assert 1 <= Counted.most <= STANDARD.probes * STANDARD.connections
    assert [] == seen["imports"], "what is imported during a request holds up the others"
    assert len(busy) > 10


async def register_all(api: httpx.Client, urls: list[str]) -> list[str]:
    limits = httpx.Limits(max_connections=None)
    options = {"base_url": api.base_url, "headers": api.headers, "timeout": 60}
    async with httpx.AsyncClient(limits=limits, **options) as client:
        bodies = [{"displayName": f"n{n}", "serverUrl": url} for n, url in enumerate(urls)]
        replies = await asyncio.gather(*(client.post("/mcp-servers", json=body) for body in bodies))
    assert {201} == {reply.status_code for reply in replies}
    return [reply.json()["data"]["id"] for reply in replies]


def settled(api: httpx.Client, id: str) -> str:
    """The state of a registration after its sync."""
    for _ in range(300):
        item = api.get(f"/mcp-servers/{id}").json()["data"]
        if item["lastSyncStatus"] not in ("PENDING", "NEVER_SYNCED"):
            return str(item["setupState"])
        time.sleep(0.1)
    raise AssertionError(f"the sync of {id} never ended: {item}")


def describe(times: list[float]) -> str:
    return f"median {statistics.median(times):.1f} ms, longest {max(times):.1f} ms ({len(times)} requests)"
