"""A hundred registrations at once against slow MCP servers, while clients of another vendor go on working."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

pytest.importorskip("mcp", reason="live sync needs the official MCP SDK: pip install 'mockserver[live]'")

from tests.live.test_journeys import basedash, piper  # only where the SDK is
from tests.sync.live import in_thread
from tests.sync.test_load import Slow

HOW_MANY = 100


@pytest.fixture
def slow() -> Iterator[str]:
    """A real MCP server that thinks before each answer."""
    started: list[Callable[[], None]] = []
    yield in_thread(Slow, started) + "/mcp"
    for stop in started:
        stop()


def test_a_hundred_slow_registrations_end_right_and_other_vendors_go_on(sandbox: str, slow: str) -> None:
    urls = ["http://127.0.0.1:1/mcp" if n % 10 == 0 else slow for n in range(HOW_MANY)]
    with basedash(sandbox) as registering, piper(sandbox) as bystander:
        quiet = asyncio.run(latencies(bystander, asyncio.sleep(1)))
        ids: list[str] = []
        busy = asyncio.run(latencies(bystander, register_all(registering, urls, ids)))
        states = [settled(registering, id) for id in ids]

    print(f"another vendor's list: {told(quiet)} when quiet, {told(busy)} meanwhile")  # noqa: T201  # a measurement
    assert HOW_MANY == len(set(ids))
    assert ["BROKEN" if n % 10 == 0 else "CONNECTED" for n in range(HOW_MANY)] == states
    assert len(busy) > 10


async def register_all(api: httpx.Client, urls: list[str], ids: list[str]) -> None:
    limits = httpx.Limits(max_connections=None)
    options = {"base_url": api.base_url, "headers": api.headers, "timeout": 60}
    async with httpx.AsyncClient(limits=limits, **options) as client:
        bodies = [{"displayName": f"n{n}", "serverUrl": url} for n, url in enumerate(urls)]
        replies = await asyncio.gather(*(client.post("/mcp-servers", json=body) for body in bodies))
    assert {201} == {reply.status_code for reply in replies}
    ids += [reply.json()["data"]["id"] for reply in replies]


async def latencies(api: httpx.Client, work: Any) -> list[float]:
    """How long another vendor's list takes, again and again until the work is done, in milliseconds."""
    found = []
    task = asyncio.ensure_future(work)
    async with httpx.AsyncClient(base_url=api.base_url, headers=api.headers, timeout=60) as client:
        while not task.done():
            begun = time.perf_counter()
            reply = await client.get("/mcp-servers/")
            found.append(1000 * (time.perf_counter() - begun))
            assert 200 == reply.status_code
            await asyncio.sleep(0.01)
    await task
    return found


def settled(api: httpx.Client, id: str) -> str:
    """The state of a registration once its sync has ended."""
    for _ in range(300):
        item = api.get(f"/mcp-servers/{id}").json()["data"]
        if item["lastSyncStatus"] not in ("PENDING", "NEVER_SYNCED"):
            return str(item["setupState"])
        time.sleep(0.1)
    raise AssertionError(f"the sync of {id} never ended: {item}")


def told(times: list[float]) -> str:
    return f"median {statistics.median(times):.1f} ms, longest {max(times):.1f} ms ({len(times)} requests)"
