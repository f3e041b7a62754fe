"""Answers of MCP servers that arrive late: the URL has changed, the item is deleted, or a later sync was started."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

import mockserver
from mockserver.mcp_sync.prober import McpConnection, Outcome, Tool
from mockserver.mcp_sync.simulated import SimulatedProber
from mockserver.mcp_sync.sync import McpSync

CREDENTIALS = {
    "basedash": "bd_key_SandboxAdmin00000000000000000000",
    "datagrid": "dg_live_SandboxOrganization",
    "gaia": "gaia_sandbox_developer",
}
BASEDASH = "/basedash/api/public/organizations/org_abc123/mcp-servers"
DATAGRID = "/datagrid/v1/organization/mcp-servers"
GAIA = "/gaia/api/mcp"
SLOW, OTHER = "http://127.0.0.1:1/slow", "http://127.0.0.1:1/other"

Journey = Callable[[httpx.AsyncClient, "Directed"], Awaitable[Any]]


class Directed(SimulatedProber):
    """Answers when the test releases it: a question about a slow server waits in `waiting`."""

    mode = "live"

    def __init__(self) -> None:
        super().__init__()
        self.waiting: deque[asyncio.Future[Outcome]] = deque()
        self.asked: list[str] = []
        self.owner = ""

    async def probe(self, connection: McpConnection) -> Outcome:  # type: ignore[override]
        self.asked.append(connection.url)
        if "slow" not in connection.url:
            return listing(5)
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self.waiting.append(answer)
        return await answer

    def complete(self, state: str, code: str, *, issuer: str | None = None) -> str:
        return self.owner


def listing(count: int) -> Outcome:
    return Outcome("ok", transport="http", tools=tuple(Tool(f"tool_{n}") for n in range(count)))


def travel(vendor: str, journey: Journey, *, deadline: float) -> Any:
    """The result of a coroutine with a Basedash client, on a mock that waits that many seconds for an MCP server."""

    async def within() -> Any:
        prober = Directed()
        app = mockserver.create_app(vendor, outside=McpSync(prober, deadline))
        headers = {"Authorization": f"Bearer {CREDENTIALS[vendor]}"}
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers) as api:
            return await journey(api, prober)

    return asyncio.run(within())


async def a_few_steps() -> None:
    """Let all tasks run until they wait."""
    for _ in range(50):
        await asyncio.sleep(0)


@pytest.mark.parametrize("late", [listing(2), Outcome("error", "The server answered 500 Internal Server Error.")])
def test_a_late_answer_is_ignored_when_the_url_has_changed(late: Outcome) -> None:
    async def journey(api: httpx.AsyncClient, prober: Directed) -> Any:
        created = (await api.post(BASEDASH, json={"displayName": "a", "serverUrl": SLOW})).json()["data"]
        item = f"{BASEDASH}/{created['id']}"
        changed = (await api.patch(item, json={"serverUrl": OTHER})).json()["data"]
        prober.waiting.popleft().set_result(late)
        await a_few_steps()
        return created, changed, (await api.get(item)).json()["data"]

    created, changed, later = travel("basedash", journey, deadline=0.01)
    assert ("PENDING", "SUCCESS", 5) == (created["lastSyncStatus"], changed["lastSyncStatus"], len(changed["tools"]))
    assert changed == later


def test_the_server_is_asked_again_when_the_url_changes_during_the_wait() -> None:
    async def journey(api: httpx.AsyncClient, prober: Directed) -> Any:
        created = (await api.post(BASEDASH, json={"displayName": "a", "serverUrl": OTHER})).json()["data"]
        item = f"{BASEDASH}/{created['id']}"
        first = asyncio.create_task(api.patch(item, json={"serverUrl": SLOW}))
        await a_few_steps()
        second = (await api.patch(item, json={"serverUrl": OTHER + "/2"})).json()["data"]
        prober.waiting.popleft().set_result(Outcome("unreachable", "gone"))
        return (await first).json()["data"], second, (await api.get(item)).json()["data"], prober.asked

    first, second, now, asked = travel("basedash", journey, deadline=10)
    assert {(OTHER + "/2", "CONNECTED")} == {(each["serverUrl"], each["setupState"]) for each in (first, second, now)}
    assert [OTHER, SLOW, OTHER + "/2", OTHER + "/2"] == asked


@pytest.mark.parametrize("deadline", [0.01, 10.0])
def test_the_later_of_two_syncs_of_one_server_counts(deadline: float) -> None:
    async def journey(api: httpx.AsyncClient, prober: Directed) -> Any:
        created = (await api.post(DATAGRID, json={"name": "a", "base_url": OTHER})).json()
        item = f"{DATAGRID}/{created['id']}"
        first = asyncio.create_task(api.patch(item, json={"base_url": SLOW}))
        await a_few_steps()
        second = asyncio.create_task(api.patch(item, json={"base_url": SLOW}))
        await a_few_steps()
        for waiting, count in zip(reversed(prober.waiting), (7, 2), strict=True):
            waiting.set_result(listing(count))
            await a_few_steps()
        if len(prober.waiting) > 2:
            prober.waiting[-1].set_result(listing(7))
        await asyncio.gather(first, second)
        await a_few_steps()
        return (await api.get(item)).json()

    assert 7 == travel("datagrid", journey, deadline=deadline)["metadata"]["tool_count"]


def test_an_oauth_callback_for_an_item_that_is_deleted_meanwhile_succeeds() -> None:
    async def journey(api: httpx.AsyncClient, prober: Directed) -> Any:
        created = (await api.post(BASEDASH, json={"displayName": "a", "serverUrl": OTHER})).json()["data"]
        await api.patch(f"{BASEDASH}/{created['id']}", json={"serverUrl": SLOW})
        prober.owner = f"basedash/org_abc123/{created['id']}"
        back = asyncio.create_task(api.get("/_mock/oauth/callback", params={"state": "s", "code": "c"}))
        await a_few_steps()
        deleted = await api.delete(f"{BASEDASH}/{created['id']}")
        prober.waiting[-1].set_result(listing(1))
        return deleted.status_code, await back

    deleted, back = travel("basedash", journey, deadline=0.2)
    assert (204, 200, True) == (deleted, back.status_code, "Authorized." in back.text)


def test_a_late_answer_for_the_old_url_starts_a_sync_of_the_new_one() -> None:
    async def journey(api: httpx.AsyncClient, prober: Directed) -> Any:
        body = {"projectId": "proj_123", "name": "a", "transportType": "http", "connectionType": "direct", "url": SLOW}
        created = (await api.post(f"{GAIA}/servers", json=body)).json()["serverId"]
        item = f"{GAIA}/servers/{created}"
        if not prober.waiting:
            await api.post(f"{GAIA}/connect", json={"id": created})
        await api.patch(item, json={"url": OTHER})
        prober.waiting.popleft().set_result(Outcome("unreachable", "gone"))
        await a_few_steps()
        return (await api.get(item)).json()["server"], prober.asked

    server, asked = travel("gaia", journey, deadline=0.01)
    assert ("connected", [SLOW, OTHER]) == (server["status"], asked)
