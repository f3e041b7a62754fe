"""Servers that misbehave, registered with each vendor: a reply in time, a clear message, and room for other clients.

What it measures is printed: `make test ARGS="-n0 -s tests/live/test_misbehaviour.py"`.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Any

import httpx
import pytest

pytest.importorskip("mcp", reason="live sync needs the official MCP SDK: pip install 'mockserver[live]'")

from tests.live.bystander import bystander
from tests.live.conftest import Watched
from tests.live.test_journeys import basedash, datagrid, gaia, piper  # only where the SDK is
from tests.live.test_load import describe
from tests.mcp_sync.test_misbehaviour import EXPECTED
from tests.process import Processes

pytestmark = pytest.mark.slow

LATE = ("did not answer in time", "was not done within", "longer than 16 MiB")
"""The messages for a server that sends without end: the limit that is reached first."""

SOME = ("silent", "bomb", "reconnect", "html", "drop", "redirect", "malformed", "refusal")
"""What every vendor meets. The first meets all, which is enough: the messages are made in one place."""

LONGEST = 90
"""Seconds after which every sync has ended: 60 for one, and some for waiting."""


@pytest.fixture(scope="module")
def misbehaving() -> Iterator[str]:
    """The address of the misbehaving servers."""
    with Processes() as processes:
        program = (sys.executable, "-m", "tests.live.misbehaving")
        _, lines = processes.start(until="at ", program=program)
        yield lines[-1].removeprefix("at ")


async def of_basedash(api: httpx.AsyncClient, url: str) -> str:
    """What a registration shows in the end."""
    created = (await api.post("/mcp-servers", json={"displayName": "Bad", "serverUrl": url})).json()["data"]

    async def seen() -> str | None:
        item = (await api.get(f"/mcp-servers/{created['id']}")).json()["data"]
        return (
            item["syncErrorMessage"] if (item["setupState"], item["lastSyncStatus"]) == ("BROKEN", "FAILED") else None
        )

    return await at_last(seen)


async def of_datagrid(api: httpx.AsyncClient, url: str) -> str:
    """Datagrid's registration has a status and no message; the server is tried once, over streamable HTTP."""
    created = (await api.post("/organization/mcp-servers", json={"name": "bad", "base_url": url})).json()

    async def seen() -> str | None:
        item = (await api.get(f"/organization/mcp-servers/{created['id']}")).json()
        return item["status"] if item["status"] != "pending" else None

    status = await at_last(seen)
    await api.delete(f"/organization/mcp-servers/{created['id']}")
    return status


async def of_gaia(api: httpx.AsyncClient, url: str) -> str:
    """What the registration shows after an attempt to connect."""
    body = {"projectId": "proj_123", "name": "bad", "transportType": "http", "connectionType": "direct", "url": url}
    created = (await api.post("/servers", json=body)).json()["serverId"]
    reply = (await api.post("/connect", json={"id": created})).json()
    assert (False, True) == (reply["success"], reply["message"] in ("Connection failed", "Still connecting"))

    async def seen() -> str | None:
        item = (await api.get(f"/servers/{created}")).json()["server"]
        return item["lastError"] if item["status"] == "error" else None

    return await at_last(seen)


async def of_piper(api: httpx.AsyncClient, url: str) -> str:
    """The reply to the test of a saved server. One that was too slow is tested again, a few times."""
    created = (await api.post("/mcp-servers/", json={"name": "bad", "url": url})).json()
    for _ in range(4):
        reply = await api.post(f"/mcp-servers/{created['id']}:test")
        assert 502 == reply.status_code
        if LATE[0] not in reply.text:
            break
    return reply.text


async def at_last(seen: Callable[[], Awaitable[str | None]]) -> str:
    async with asyncio.timeout(LONGEST):
        while (value := await seen()) is None:  # noqa: ASYNC110 - another process is waited for
            await asyncio.sleep(0.25)
    return value


@pytest.mark.parametrize(
    ("vendor", "shown", "kinds"),
    [(basedash, of_basedash, EXPECTED), (datagrid, of_datagrid, SOME), (gaia, of_gaia, SOME), (piper, of_piper, SOME)],
    ids=["basedash", "datagrid", "gaia", "piper"],
)
def test_every_misbehaviour_has_a_clear_message_and_delays_no_other_vendor(
    watched: Watched,
    misbehaving: str,
    vendor: Callable[[str], httpx.Client],
    shown: Callable[..., Awaitable[str]],
    kinds: Collection[str],
) -> None:
    replies: dict[str, float] = {}
    other, path = (basedash, "/mcp-servers") if vendor is piper else (piper, "/mcp-servers/")
    watched.seen()
    with vendor(watched.url) as api, other(watched.url) as another, bystander(another, path) as busy:
        of_each = {kind: partial(shown, url=f"{misbehaving}/mcp/{kind}") for kind in kinds}
        messages = asyncio.run(all_of(api, of_each, replies))

    slowest, seen = max(replies, key=lambda each: replies[each]), watched.seen()
    print(  # noqa: T201 - a measurement
        f"\n  slowest reply {replies[slowest]:.1f} s ({slowest}), another vendor's list meanwhile: {describe(busy)}"
        f"\n  its loop: busy for {seen['held']:.0f} ms at most between two looks, {seen['waited']:.0f} ms on the clock"
    )
    assert list(kinds) == list(messages)
    assert {} == {kind: said for kind, said in messages.items() if not is_clear(vendor, kind, said)}


def is_clear(vendor: Callable[..., Any], kind: str, said: str) -> bool:
    """Does a vendor's reply say what happened, if it has a field for it?"""
    status, words = EXPECTED[kind]
    if vendor is datagrid:
        return said == "error"
    if kind == "drop":  # what the network reports depends on which packet comes first
        return words in said or "The connection to the server broke" in said
    return words in said or (status == "timeout" and any(late in said for late in LATE))


async def all_of(
    api: httpx.Client, of_each: Mapping[str, Callable[..., Awaitable[str]]], replies: dict[str, float]
) -> dict[str, str]:
    """What is shown of a server of each kind, all registered at once. `replies` gets the seconds of each reply."""

    async def note(response: httpx.Response) -> None:
        place = f"{response.request.method} {response.request.url.path.rpartition('/')[2]}"
        replies[place] = max(replies.get(place, 0), time.perf_counter() - response.request.extensions["begun"])

    async def begin(request: httpx.Request) -> None:
        request.extensions["begun"] = time.perf_counter()

    options: Any = {"base_url": api.base_url, "headers": api.headers, "timeout": LONGEST}
    hooks = {"request": [begin], "response": [note]}
    async with httpx.AsyncClient(**options, follow_redirects=True, event_hooks=hooks) as client:
        said = await asyncio.gather(*(shown(client) for shown in of_each.values()))
    return dict(zip(of_each, said, strict=True))
