"""The client with `await`, against a sandbox in this process; it has what the other one has."""

from __future__ import annotations

import asyncio
import inspect
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver import create_app
from mockserver.client import (
    AsyncSandbox,
    SandboxError,
    async_client,
    async_connection,
    async_items,
    async_namespace,
    async_overrides,
    sync_client,
    sync_connection,
    sync_items,
    sync_namespace,
    sync_overrides,
)
from mockserver.web.service import ServiceSettings

SHOP = Path(__file__).parents[2] / "docs/shop.yaml"
PAIRS = [
    (sync_client.SandboxClient, async_client.AsyncSandboxClient),
    (sync_namespace.NamespaceClient, async_namespace.AsyncNamespaceClient),
    (sync_connection.SyncConnection, async_connection.AsyncConnection),
    (sync_overrides.OverridesClient, async_overrides.AsyncOverridesClient),
    (sync_items.ItemsClient, async_items.AsyncItemsClient),
    (sync_items.ClockClient, async_items.AsyncClockClient),
]


async def steered() -> dict[str, Any]:
    """What a test of a user might do."""
    app = create_app(SHOP, seed=1, journal=100, settings=ServiceSettings(items=3))
    sandbox = AsyncSandbox("http://mock", transport=lambda: httpx.ASGITransport(app))
    async with sandbox.namespace("mine") as ns, await ns.client() as shop:
        await ns.fail("createCustomer", status=503, times=1)
        statuses = [(await shop.post("/customers", json={"name": "Ada"})).status_code for _ in range(2)]
        await ns.verify("createCustomer", count=2)
        customers = await ns.state(None, "customer")
        added = await customers.add({"name": "Grace"})
        frozen = await ns.clock.freeze()
        events = [entry.number async for entry in ns.follow(seconds=0)]
        with pytest.raises(AssertionError):
            await ns.verify("createCustomer", count=3)
        with pytest.raises(SandboxError):
            await customers.get("nobody")
        return {
            "statuses": statuses,
            "requests": [entry.status for entry in await ns.requests()],
            "added": added["name"],
            "frozen": frozen.is_frozen,
            "events": events,
            "base": await ns.base_url(),
            "why": (await ns.why((await ns.requests())[0])).sentences,
            "why of the latest": await ns.why() == await ns.why((await ns.requests())[-1]),
        }


def test_the_async_client_steers_a_sandbox() -> None:
    seen = asyncio.run(steered())

    assert [503, 201] == seen["statuses"] == seen["requests"]
    assert ("Grace", True, []) == (seen["added"], seen["frozen"], seen["events"])
    assert "http://mock/_mock/ns/mine/shop" == seen["base"]
    assert "503" in " ".join(seen["why"])
    assert seen["why of the latest"]


def signatures(kind: type) -> dict[str, str]:
    """The public methods and properties of a class, without what differs by `async`."""
    found = {}
    for name, member in inspect.getmembers(kind):
        if not name.startswith("_") and not isinstance(member, str):
            function = member.fget if isinstance(member, property) else member
            found[name] = re.sub("Async|Sync|await ", "", str(inspect.signature(function)))
    return found


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=lambda kind: kind.__name__)
def test_both_clients_have_the_same_methods(one: type, other: type) -> None:
    assert signatures(one) == signatures(other)
