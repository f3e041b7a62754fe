"""A thousand namespaces and fifty clients at once, over a socket: none sees another one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.process import READY, Processes, address

SHOP = Path(__file__).parents[2] / "docs/shop.yaml"
NAMESPACES, CLIENTS, STEPS = 1_000, 50, 2
OPERATIONS = ("create", "create", "create", "list", "change", "delete", "reset")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with Processes() as processes:
        _, lines = processes.start("serve", str(SHOP), "--seed", "1", "--port", "0", until=READY)
        yield address(lines)


class Tenant:
    """Who works in one namespace: what it must see there, and the requests that it sends.

    Every third one names the namespace by the header, by baggage, or by the path.
    """

    def __init__(self, number: int, run: int, chance: Random) -> None:
        self.name, self.chance = f"run-{run}.{number}", chance
        self.items: dict[str, str] = {}
        self.headers = [{"Mock-Namespace": self.name}, {"baggage": f"a=1,mock-namespace={self.name}"}, {}][number % 3]
        self.prefix = f"/_mock/ns/{self.name}" if number % 3 == 2 else ""

    async def step(self, client: httpx.AsyncClient) -> None:
        """One request, whose response must fit what this namespace has."""
        operation = self.chance.choice(OPERATIONS)
        if operation == "reset":
            assert (await client.post(f"/_mock/reset?namespace={self.name}")).is_success
            self.items.clear()
        elif operation == "create":
            made = (await self.send(client, "POST", "/customers", {"name": f"{self.name} {len(self.items)}"})).json()
            self.items[made["id"]] = made["name"]
        elif operation != "list" and self.items:
            id = self.chance.choice(list(self.items))
            by_hand = f"/_mock/state/shop/customer/{id}?namespace={self.name}"
            if operation == "change":
                self.items[id] = f"{self.name} changed"
                assert (await client.patch(by_hand, json={"name": self.items[id]})).is_success
            else:
                del self.items[id]
                assert (await client.delete(by_hand)).is_success
        await self.look(client)

    async def look(self, client: httpx.AsyncClient) -> None:
        found = (await self.send(client, "GET", "/customers")).json()
        assert self.items == {item["id"]: item["name"] for item in found}

    async def send(self, client: httpx.AsyncClient, method: str, path: str, body: Any = None) -> httpx.Response:
        return await client.request(method, self.prefix + path, json=body, headers=self.headers)


@asynccontextmanager
async def clients(base: str) -> AsyncIterator[list[httpx.AsyncClient]]:
    made = [httpx.AsyncClient(base_url=base, timeout=60, verify=False) for _ in range(CLIENTS)]
    yield made
    await asyncio.gather(*(each.aclose() for each in made))


async def work(base: str, tenants: list[Tenant], chance: Random) -> None:
    """Each client works in its own namespaces, in any order, while the others work in theirs."""

    async def one(client: httpx.AsyncClient, own: list[Tenant]) -> None:
        turns = own * STEPS
        chance.shuffle(turns)
        for tenant in turns:
            await tenant.step(client)

    async with clients(base) as made:
        await asyncio.gather(*(one(client, tenants[n::CLIENTS]) for n, client in enumerate(made)))
        default = (await made[0].get("/customers")).json()
        listed = (await made[0].get("/_mock/namespaces")).json()
        await asyncio.gather(*(made[0].delete(f"/_mock/namespaces/{tenant.name}") for tenant in tenants))
    assert [] == default
    assert {tenant.name: len(tenant.items) for tenant in tenants}.items() <= {
        n["name"]: n["items"] for n in listed
    }.items()


@settings(max_examples=1, phases=[Phase.generate])
@given(seed=st.integers(0, 1_000_000))
def test_a_thousand_namespaces_that_fifty_clients_use_at_once_do_not_see_each_other(server: str, seed: int) -> None:
    chance = Random(seed)
    tenants = [Tenant(number, seed, Random(chance.random())) for number in range(NAMESPACES)]

    asyncio.run(work(server, tenants, chance))


@settings(max_examples=2, phases=[Phase.generate])
@given(seed=st.integers(0, 1_000_000))
def test_the_same_requests_get_the_same_bytes_in_each_namespace_at_whatever_time_they_come(
    server: str, seed: int
) -> None:
    script = [f"name {Random(seed + n).randrange(1000)}" for n in range(4)]

    async def told(client: httpx.AsyncClient, name: str) -> list[bytes]:
        headers = {"Mock-Namespace": name}
        replies = [await client.post("/customers", json={"name": each}, headers=headers) for each in script]
        return [reply.content for reply in replies]

    async def all_told() -> list[list[bytes]]:
        async with clients(server) as made:
            return await asyncio.gather(*(told(client, f"same-{seed}-{n}") for n, client in enumerate(made)))

    first, *others = asyncio.run(all_told())

    assert [first] * (CLIENTS - 1) == others
