"""Misbehaving servers: each has a clear message in time and does not block the event loop."""

from __future__ import annotations

import asyncio
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from mockserver.errors import SyncError
from mockserver.mcp_sync.demo_server import Demo
from mockserver.mcp_sync.guarded_http import STANDARD
from mockserver.mcp_sync.live import LiveProber
from mockserver.mcp_sync.misbehaviour import MISBEHAVIOURS
from mockserver.mcp_sync.prober import McpConnection, Outcome
from tests.mcp_sync.live import IMPATIENT, with_prober

EXPECTED: dict[str, tuple[str, str]] = {
    "silent": ("timeout", "did not answer in time"),
    "hang": ("timeout", "did not answer in time"),
    "drip": ("timeout", "was not done within 3 seconds"),
    "huge": ("error", "longer than 1 MiB"),
    "announced": ("error", "longer than 1 MiB"),
    "bomb": ("error", "compressed its answer"),
    "noise": ("timeout", "was not done within 3 seconds"),
    "reconnect": ("error", "more than 250 requests"),
    "rubbish": ("error", "is not JSON-RPC"),
    "html": ("error", "answered with text/html, which is not MCP"),
    "headers": ("error", "is not HTTP"),
    "error": ("error", "500 Internal Server Error"),
    "drop": ("error", "is not HTTP"),
    "redirect": ("error", "redirects to http://169.254.169.254/"),
    "redirects": ("error", "redirects to /mcp"),
    "endless-pages": ("error", "more than 100 pages"),
    "cursor-loop": ("error", "its list of tools has no end"),
    "too-many": ("error", "more than 2000 tools"),
    "countless": ("error", "more than 25000 values"),
    "malformed": ("error", "is not what MCP describes: tools.0."),
    "refusal": ("error", "an MCP error: Not today"),
}

RESET = {"drop": ("unreachable", "The connection to the server broke")}
"""What is said if a connection is reset because it was closed before all of the request was read (RFC 9293)."""


class LoopDelay:
    """Wakes up regularly in an event loop and records the longest delay."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def measure(self) -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.002)
            now = time.perf_counter()
            self.longest, last = max(self.longest, now - last), now


async def measured(delay: LoopDelay, work: Any) -> Any:
    """The result of work, while delays are measured in the same loop."""
    measuring = asyncio.create_task(delay.measure())
    try:
        return await work
    finally:
        measuring.cancel()


def test_every_misbehaviour_has_an_expectation_here() -> None:
    assert list(MISBEHAVIOURS) == list(EXPECTED)


@pytest.mark.parametrize("kind", MISBEHAVIOURS)
def test_a_misbehaving_server_has_a_clear_message(kind: str, demo: Callable[..., str]) -> None:
    connection, delay = McpConnection(url=demo(misbehave=kind) + "/mcp"), LoopDelay()
    limits = IMPATIENT if EXPECTED[kind][0] == "timeout" else STANDARD
    tracemalloc.start()
    try:
        outcome: Outcome = with_prober(lambda prober: measured(delay, prober.probe(connection)), limits=limits)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    held = f"{kind}: loop held up {1000 * delay.longest:.0f} ms at most"
    print(f"{held}, {most / 1e6:.1f} MB at most")  # noqa: T201 - a measurement, shown with -s

    told = [pair for pair in (EXPECTED[kind], RESET.get(kind)) if pair is not None and pair[0] == outcome.status]
    assert told
    assert told[0][1] in str(outcome.message)
    assert len(str(outcome.message)) <= 300
    assert outcome.tools == ()
    # `bomb` is compressed in this process. All else is limited to a few messages of the allowed size.
    assert most < 200e6 if kind == "bomb" else most < 60e6


@pytest.mark.parametrize("kind", ["hang", "huge", "rubbish", "drip"])
def test_a_misbehaving_sse_server_has_a_clear_message(kind: str, demo: Callable[..., str]) -> None:
    connection = McpConnection(url=demo(transport="sse", misbehave=kind) + "/sse", transport="sse")
    outcome: Outcome = with_prober(lambda prober: prober.probe(connection), limits=IMPATIENT)

    assert outcome.status in {"timeout", "error"}
    assert outcome.message


def test_misbehaving_servers_do_not_disturb_probes_of_others(demo: Callable[..., str]) -> None:
    good, bad = demo() + "/mcp", [demo(misbehave=kind) + "/mcp" for kind in ("silent", "drip", "noise", "huge")]

    async def together(prober: LiveProber) -> list[Outcome]:
        asked = asyncio.gather(*(prober.probe(McpConnection(url=url)) for url in bad))
        well = [await prober.probe(McpConnection(url=good)) for _ in range(5)]
        await asked
        return well

    assert {"ok"} == {outcome.status for outcome in with_prober(together, limits=IMPATIENT)}


def test_an_error_names_an_unknown_misbehaviour() -> None:
    with pytest.raises(SyncError, match="there is no misbehaviour 'sulk'; there is silent, "):
        Demo(misbehave="sulk").app("http://127.0.0.1:1")
