"""Basedash's MCP servers behave as Basedash documents."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import httpx
import pytest

import mockserver
from tests.judge import JudgedClient
from tests.vendors.conftest import Connect

ADMIN = "bd_key_SandboxAdmin00000000000000000000"
MEMBER = "bd_key_SandboxMember0000000000000000000"
OTHER = "bd_key_SandboxOther00000000000000000000"
SERVERS = "/basedash/api/public/organizations/org_abc123/mcp-servers"


@pytest.fixture
def admin(connect: Connect) -> JudgedClient:
    return connect("basedash", ADMIN, seed=1)


def register(client: JudgedClient, url: str = "https://mcp.example.com/mcp", **fields: Any) -> dict[str, Any]:
    reply = client.post(SERVERS, json={"displayName": "Linear", "serverUrl": url, **fields})
    assert 201 == reply.status_code, reply.text
    item: dict[str, Any] = reply.json()["data"]
    return item


def test_servers_are_listed_newest_first_in_pages_of_fifty(admin: JudgedClient) -> None:
    made = [register(admin, f"https://mcp.example.com/{n}")["id"] for n in range(52)]

    first = admin.get(SERVERS).json()
    second = admin.get(SERVERS, params={"cursor": first["pagination"]["nextCursor"]}).json()

    assert made[::-1] == [item["id"] for item in first["data"] + second["data"]]
    assert (50, True) == (len(first["data"]), first["pagination"]["hasMore"])
    assert {"nextCursor": None, "hasMore": False} == second["pagination"]


@pytest.mark.parametrize(("limit", "status"), [("0", 400), ("1", 200), ("100", 200), ("101", 400), ("x", 400)])
def test_the_limit_is_from_one_to_a_hundred(admin: JudgedClient, limit: str, status: int) -> None:
    reply = admin.get(SERVERS, params={"limit": limit})

    assert status == reply.status_code
    assert status == 200 or "limit" in reply.json()["error"]["detail"]


def test_a_page_that_ends_with_the_last_item_says_that_there_are_no_more(admin: JudgedClient) -> None:
    for _ in range(2):
        register(admin)

    assert {"nextCursor": None, "hasMore": False} == admin.get(SERVERS, params={"limit": 2}).json()["pagination"]


def test_an_unknown_cursor_gives_an_empty_page(admin: JudgedClient) -> None:
    register(admin)

    reply = admin.get(SERVERS, params={"cursor": "mcp_nobody"}).json()

    assert {"data": [], "pagination": {"nextCursor": None, "hasMore": False}} == reply


@pytest.mark.parametrize("cursor", ["²", "١", "1" * 5000, "-1", ""])  # digits that are no number
def test_a_cursor_of_unusual_digits_is_an_unknown_cursor(admin: JudgedClient, cursor: str) -> None:
    assert [] == admin.get(SERVERS, params={"cursor": cursor}).json()["data"]


def test_paging_continues_after_a_deleted_item(admin: JudgedClient) -> None:
    made = [register(admin)["id"] for _ in range(4)]
    page = admin.get(SERVERS, params={"limit": 2}).json()
    admin.delete(f"{SERVERS}/{page['pagination']['nextCursor']}")

    rest = admin.get(SERVERS, params={"cursor": page["pagination"]["nextCursor"]}).json()

    assert made[1::-1] == [item["id"] for item in rest["data"]]


def test_registering_syncs_the_tools_at_once(admin: JudgedClient) -> None:
    server = register(admin)

    assert ("CONNECTED", "SUCCESS", True) == (
        server["setupState"], server["lastSyncStatus"], server["hasCompletedFirstSync"],
    )  # fmt: skip
    assert "STREAMABLE_HTTP" == server["transportType"]
    assert server["tools"]
    assert all(tool["foundInServer"] for tool in server["tools"])
    assert (False, None) == (server["requiresAuth"], server["authUrl"])


def test_the_same_address_always_has_the_same_tools(connect: Connect) -> None:
    names = [[tool["name"] for tool in register(connect("basedash", ADMIN))["tools"]] for _ in range(2)]

    assert names[0] == names[1]


def test_a_server_with_oauth_is_incomplete_and_shows_the_authorization_url(admin: JudgedClient) -> None:
    server = register(admin, "https://oauth.mcp.example/mcp")

    assert ("INCOMPLETE", "NEVER_SYNCED", False) == (
        server["setupState"], server["lastSyncStatus"], server["hasCompletedFirstSync"],
    )  # fmt: skip
    assert server["requiresAuth"]
    assert server["authUrl"].startswith("https://")
    assert "authUrl" not in admin.get(f"{SERVERS}/{server['id']}").json()["data"]


@pytest.mark.parametrize("host", ["unreachable", "timeout", "error"])
def test_a_server_that_cannot_be_queried_is_registered_as_broken(admin: JudgedClient, host: str) -> None:
    server = register(admin, f"https://{host}.mcp.example/mcp")

    assert ("BROKEN", "FAILED", False) == (
        server["setupState"], server["lastSyncStatus"], server["hasCompletedFirstSync"],
    )  # fmt: skip
    assert server["syncErrorMessage"]
    assert server["lastSyncAttemptAt"] is not None
    assert server["lastSuccessfulSyncAt"] is None


def test_the_transport_that_worked_is_shown(admin: JudgedClient) -> None:
    assert "SSE" == register(admin, "https://sse.mcp.example/mcp")["transportType"]


def test_an_update_changes_only_what_it_names(admin: JudgedClient) -> None:
    server = register(admin)
    renamed = admin.patch(f"{SERVERS}/{server['id']}", json={"displayName": "Renamed"}).json()["data"]

    changed = {name for name in renamed if renamed[name] != server[name]}

    assert {"displayName", "updatedAt"} == changed
    assert server["updatedAt"] < renamed["updatedAt"]
    assert "linear" == renamed["serverLabel"]


def test_a_new_url_is_synced_again_and_missing_tools_are_kept_as_not_found(admin: JudgedClient) -> None:
    server = register(admin, "https://mcp.example.com/mcp?tools=3")
    moved = admin.patch(f"{SERVERS}/{server['id']}", json={"serverUrl": "https://mcp.example.com/mcp?tools=1"})

    kept = {tool["id"]: tool["foundInServer"] for tool in moved.json()["data"]["tools"]}

    assert [tool["id"] for tool in server["tools"]] == list(kept)
    assert [True, False, False] == list(kept.values())


def test_a_broken_server_is_connected_by_a_new_address(admin: JudgedClient) -> None:
    server = register(admin, "https://unreachable.mcp.example/mcp")
    mended = admin.patch(f"{SERVERS}/{server['id']}", json={"serverUrl": "https://mcp.example.com/mcp"}).json()["data"]

    assert ("CONNECTED", "SUCCESS", None) == (
        mended["setupState"], mended["lastSyncStatus"], mended["syncErrorMessage"],
    )  # fmt: skip


def test_headers_and_access_are_never_shown(admin: JudgedClient) -> None:
    server = register(admin, headers=[{"name": "X-Api-Key", "value": "hush-hush"}])
    replies = [
        admin.get(SERVERS), admin.get(f"{SERVERS}/{server['id']}"),
        admin.patch(f"{SERVERS}/{server['id']}", json={"displayName": "x"}), admin.get("/_mock/state"),
    ]  # fmt: skip

    assert not [reply for reply in replies if "hush-hush" in reply.text]
    assert not {"headers", "everyoneInOrganizationCanAccess"} & set(server)


def test_fields_that_the_service_sets_are_not_taken_from_a_client(admin: JudgedClient) -> None:
    server = register(admin, id="mine", createdAt="2000-01-01T00:00:00Z", serverLabel="mine", setupState="BROKEN")

    assert server["id"].startswith("mcp_")
    assert "linear" == server["serverLabel"]
    assert "CONNECTED" == server["setupState"]
    assert not server["createdAt"].startswith("2000")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_an_organization_without_access_is_not_found(connect: Connect, method: str) -> None:
    app = mockserver.create_app("basedash")
    server = register(connect("basedash", ADMIN, app))
    address = f"{SERVERS}/{server['id']}"

    for stranger in (connect("basedash", OTHER, app), connect("basedash", MEMBER, app)):
        reply = stranger.request(method, address, json={} if method == "PATCH" else None)
        assert (404, "NotFound") == (reply.status_code, reply.json()["error"]["title"])
        assert 404 == stranger.get(SERVERS).status_code
    assert 200 == connect("basedash", ADMIN, app).get(address).status_code


def test_organizations_do_not_see_each_others_servers(admin: JudgedClient) -> None:
    server = register(admin)
    elsewhere = SERVERS.replace("org_abc123", "org_2")

    assert [] == admin.get(elsewhere).json()["data"]
    assert 404 == admin.get(f"{elsewhere}/{server['id']}").status_code


def test_too_many_requests_are_refused_with_the_time_to_wait(admin: JudgedClient) -> None:
    replies = [admin.get(SERVERS, params={"limit": 1}) for _ in range(601)]

    assert [200] * 600 + [429] == [reply.status_code for reply in replies]
    error = replies[-1].json()["error"]
    assert "RateLimitExceeded" == error["title"]
    assert 0 < error["retryAfterMs"] <= 60_000


def test_walking_the_pages_while_others_create_and_delete_shows_each_lasting_item_once() -> None:
    async def scenario() -> tuple[list[str], list[str]]:
        app = mockserver.create_app("basedash", limits=False)
        transport = httpx.ASGITransport(app)
        headers = {"Authorization": f"Bearer {ADMIN}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers) as client:

            async def create() -> str:
                reply = await client.post(SERVERS, json={"displayName": "x", "serverUrl": "https://a.example"})
                return str(reply.json()["data"]["id"])

            made = [await create() for _ in range(60)]
            lasting, doomed = made[::2], made[1::2]
            walking = True

            async def disturb() -> None:
                while walking:
                    await create()
                    if doomed:
                        await client.delete(f"{SERVERS}/{doomed.pop()}")
                    await asyncio.sleep(0)

            others = asyncio.create_task(disturb())
            seen: list[str] = []
            cursor: str | None = None
            for _ in itertools.count():
                query = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
                page = (await client.get(SERVERS, params=query)).json()
                seen += [item["id"] for item in page["data"]]
                await asyncio.sleep(0)
                cursor = page["pagination"]["nextCursor"]
                if cursor is None:
                    break
            walking = False
            await others
            return lasting, seen

    lasting, seen = asyncio.run(scenario())

    assert len(seen) == len(set(seen))
    assert lasting[::-1] == [id for id in seen if id in set(lasting)]
