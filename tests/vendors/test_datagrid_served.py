"""Datagrid's mock on a real port: its official Python SDK, unpatched, and two hundred concurrent clients."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

import mockserver
from tests.vendors.conftest import Serve

datagrid_ai = pytest.importorskip("datagrid_ai", reason="the official SDK datagrid-ai is not installed")

ORGANIZATION = "dg_live_SandboxOrganization"
ACCOUNT = "dg_live_SandboxAccount"
TEAM_2, TEAM_3 = "22222222-2222-4222-8222-222222222222", "33333333-3333-4333-8333-333333333333"
MINIMAL = {"name": "manhour", "base_url": "https://mcp.example.com/mcp"}


@pytest.fixture
def address(serve: Serve) -> str:
    return serve(mockserver.create_app("datagrid")) + "/datagrid/v1"


@pytest.fixture
def client(address: str) -> Iterator[datagrid_ai.Datagrid]:
    """The SDK as its README sets it up: nothing but key, teamspace and base URL, retries included."""
    with datagrid_ai.Datagrid(api_key=ACCOUNT, teamspace=TEAM_3, base_url=address) as sdk:
        yield sdk


def test_the_sdk_creates_lists_retrieves_updates_and_deletes(client: datagrid_ai.Datagrid) -> None:
    servers = client.organization.mcp_servers

    made = servers.create(**MINIMAL, transport="http", authorization="Bearer external-api-token")
    assert ("mcp_server", "manhour", "http") == (made.object, made.name, made.transport)
    assert made.metadata is not None
    assert (made.metadata.requires_oauth, made.metadata.oauth_configured) == (False, False)
    assert made.metadata.tool_count
    assert made.created_at.tzinfo is not None

    assert ("list", [made]) == ((found := servers.list()).object, found.data)
    assert made == servers.retrieve(made.id)
    assert "other" == servers.update(made.id, name="other").name
    assert servers.update(made.id, authorization=None).authorization_secret_id is None
    assert "other" == servers.update(made.id).name
    assert servers.delete(made.id) is None
    with pytest.raises(datagrid_ai.NotFoundError):
        servers.retrieve(made.id)


def test_the_sdk_keeps_secrets_and_walks_their_pages(client: datagrid_ai.Datagrid) -> None:
    made = [client.secrets.create(name=str(n), value="Bearer x") for n in range(7)]

    assert made[::-1] == list(client.secrets.list(limit=3))
    assert made[0] == client.secrets.retrieve(made[0].id)
    client.secrets.delete(made[0].id)
    server = client.organization.mcp_servers.create(**MINIMAL, authorization_secret_id=made[1].id)
    assert made[1].id == server.authorization_secret_id


def test_the_teamspace_of_the_sdk_decides_what_it_sees(client: datagrid_ai.Datagrid) -> None:
    client.organization.mcp_servers.create(**MINIMAL)
    elsewhere = client.with_options(teamspace=TEAM_2)

    assert TEAM_3 == client.identity.retrieve().current_teamspace_id
    assert TEAM_2 == elsewhere.identity.retrieve().current_teamspace_id
    assert (1, 0) == (
        len(client.organization.mcp_servers.list().data),
        len(elsewhere.organization.mcp_servers.list().data),
    )


def test_the_sdk_sends_a_refused_thirty_first_create_three_times_and_then_raises(client: datagrid_ai.Datagrid) -> None:
    made = [client.organization.mcp_servers.create(**MINIMAL).id for _ in range(30)]

    with pytest.raises(datagrid_ai.ConflictError) as refused:
        client.organization.mcp_servers.create(**MINIMAL)

    assert (409, "conflict") == (refused.value.status_code, refused.value.body["error"])
    assert str(200 - 33) == refused.value.response.headers["x-ratelimit-remaining"]
    client.organization.mcp_servers.delete(made[0])
    client.organization.mcp_servers.create(**MINIMAL)


def test_the_sdk_raises_the_error_of_an_exceeded_rate_limit(client: datagrid_ai.Datagrid) -> None:
    hasty = client.with_options(max_retries=0)
    for _ in range(200):
        hasty.organization.mcp_servers.list()

    with pytest.raises(datagrid_ai.RateLimitError) as refused:
        hasty.organization.mcp_servers.list()

    assert (429, 429, "rate_limit_exceeded") == tuple(
        refused.value.body[name] for name in ("status_code", "statusCode", "error")
    )
    assert 1 <= int(refused.value.response.headers["retry-after"]) <= 60


@pytest.mark.parametrize(("key", "error"), [("nonsense", "AuthenticationError"), (ORGANIZATION, "BadRequestError")])
def test_the_sdk_raises_the_error_of_each_status(address: str, key: str, error: str) -> None:
    with datagrid_ai.Datagrid(api_key=key, base_url=address) as sdk, pytest.raises(getattr(datagrid_ai, error)):
        sdk.organization.mcp_servers.create(name="manhour", base_url="http://mcp.example.com")


def test_exactly_thirty_of_two_hundred_concurrent_creates_are_accepted(address: str) -> None:
    async def race() -> tuple[list[httpx.Response], list[str]]:
        limits = httpx.Limits(max_connections=200)
        headers = {"Authorization": f"Bearer {ORGANIZATION}"}
        async with httpx.AsyncClient(base_url=address, headers=headers, limits=limits, timeout=60) as client:
            creates = [
                client.post(
                    "/organization/mcp-servers", json=MINIMAL | {"name": str(n), "authorization": f"Bearer {n}"}
                )
                for n in range(200)
            ]
            replies = await asyncio.gather(*creates)
            listed = (await client.get("/organization/mcp-servers")).json()["data"]
            kept = [(await client.get(f"/secrets/{item['authorization_secret_id']}")).status_code for item in listed]
        assert [200] * 30 == kept
        return replies, [item["id"] for item in listed]

    replies, listed = asyncio.run(race())

    assert {201: 30, 409: 170} == Counter(reply.status_code for reply in replies)
    made = [reply.json()["id"] for reply in replies if reply.status_code == 201]
    assert 30 == len(set(made)) == len(listed)
    assert set(made) == set(listed)
    remaining = [int(reply.headers["x-ratelimit-remaining"]) for reply in replies]
    assert list(range(200)) == sorted(remaining)
