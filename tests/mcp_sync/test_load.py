"""A hundred concurrent registrations of slow servers: few connections, the right outcomes, a free event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from starlette.types import Receive, Scope, Send

from mockserver.mcp_sync.demo_server import Demo
from mockserver.mcp_sync.guarded_http import STANDARD
from mockserver.mcp_sync.live import LiveProber
from mockserver.mcp_sync.prober import McpConnection, Outcome
from tests.mcp_sync.live import with_prober
from tests.mcp_sync.test_misbehaviour import LoopDelay, measured

HOW_MANY = 100
TURNS = replace(STANDARD, probes=10, connections=3)


class Slow:
    """A demo server that waits before each answer and counts concurrent requests."""

    def __init__(self, url: str) -> None:
        self._app = Demo(tools=3).app(url)
        self.most = self._now = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            await asyncio.sleep(0.05)
            return await self._app(scope, receive, send)
        finally:
            self._now -= 1


def test_a_hundred_concurrent_registrations_use_few_connections_and_get_the_right_outcomes(
    serve: Callable[[Callable[[str], Any]], str], demo: Callable[..., str]
) -> None:
    made: list[Slow] = []

    def slow(url: str) -> Slow:
        made.append(Slow(url))
        return made[0]

    good, away = serve(slow) + "/mcp", "http://127.0.0.1:1/mcp"
    delay = LoopDelay()

    async def register(prober: LiveProber) -> list[Outcome]:
        urls = [away if n % 10 == 0 else good for n in range(HOW_MANY)]
        return await asyncio.gather(*(prober.probe(McpConnection(url=url)) for url in urls))

    outcomes = with_prober(lambda prober: measured(delay, register(prober)), limits=TURNS)
    held = f"loop held up {1000 * delay.longest:.0f} ms at most"
    print(f"{held}, {made[0].most} requests at the same time at most")  # noqa: T201 - a measurement, shown with -s

    expected = ["unreachable" if n % 10 == 0 else "ok" for n in range(HOW_MANY)]
    assert expected == [outcome.status for outcome in outcomes]
    assert {3} == {len(outcome.tools) for outcome in outcomes if outcome.status == "ok"}
    assert 1 <= made[0].most <= TURNS.probes * TURNS.connections


def test_a_server_that_hangs_delays_no_other_probe(demo: Callable[..., str]) -> None:
    hanging, good = demo(misbehave="silent") + "/mcp", demo() + "/mcp"

    async def register(prober: LiveProber) -> list[Outcome]:
        connections = [McpConnection(url=hanging, timeout=1)] * (TURNS.probes - 1) + [McpConnection(url=good)] * 5
        return await asyncio.gather(*map(prober.probe, connections))

    outcomes = with_prober(register, limits=TURNS)

    assert ["timeout"] * (TURNS.probes - 1) + ["ok"] * 5 == [outcome.status for outcome in outcomes]
