"""The live prober in a thread of its own: the same answers, without delays for other requests."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

import pytest

from mockserver.errors import SyncError
from mockserver.mcp_sync.guarded_http import STANDARD
from mockserver.mcp_sync.live import LiveProber
from mockserver.mcp_sync.live_thread import ThreadedProber, live
from mockserver.mcp_sync.prober import McpConnection, Outcome
from tests.mcp_sync.test_live import STDIO_SERVER, names


@pytest.fixture(autouse=True)
def switching() -> Iterator[None]:
    """Restore what a prober changes for the whole process."""
    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)


def answer(connection: McpConnection, **options: Any) -> Outcome:
    async def within() -> Outcome:
        async with ThreadedProber(LiveProber(**options)) as prober:
            return await prober.probe(connection)

    return asyncio.run(within())


def test_servers_are_queried_in_a_thread_that_ends_with_the_prober(demo: Callable[..., str]) -> None:
    threads: list[threading.Thread] = []

    async def resolver(host: str, port: int) -> Any:
        threads.append(threading.current_thread())
        return (ip_address("127.0.0.1"),)

    # The SDK's server accepts only known names.
    outcome = answer(McpConnection(url=demo().replace("127.0.0.1", "localhost") + "/mcp"), resolver=resolver)

    assert ("ok", 1) == (outcome.status, len(set(threads)))
    assert (False, False) == (threads[0] is threading.main_thread(), threads[0].is_alive())


def test_a_command_runs_from_that_thread() -> None:
    connection = McpConnection(command=sys.executable, args=("-c", STDIO_SERVER), env=(("TOOL", "from_env"),))
    outcome = answer(connection, allow_stdio=True)

    assert ("ok", ["from_env"]) == (outcome.status, names(outcome))


def test_a_cancelled_question_makes_room_for_the_next(demo: Callable[..., str]) -> None:
    silent, good = demo(misbehave="silent") + "/mcp", demo() + "/mcp"
    patient = replace(STANDARD, probes=1, read_seconds=600, total_seconds=600)

    async def within() -> Outcome:
        async with ThreadedProber(LiveProber(limits=patient)) as prober, asyncio.timeout(60):
            given_up = prober.probe(McpConnection(url=silent, timeout=600))
            await asyncio.sleep(0.2)
            given_up.cancel()
            return await prober.probe(McpConnection(url=good))

    assert "ok" == asyncio.run(within()).status


def test_an_invalid_setting_is_refused_at_once() -> None:
    with pytest.raises(SyncError, match="--sync-allow"):
        live(["no network"])
