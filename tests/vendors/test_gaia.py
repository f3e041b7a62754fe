"""GAIA's MCP servers behave as GAIA documents."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import mockserver
from mockserver.mcp_sync.prober import McpConnection, Outcome
from mockserver.mcp_sync.simulated import SimulatedProber
from mockserver.mcp_sync.sync import McpSync
from tests.judge import JudgedClient
from tests.vendors.conftest import Attentive, Connect, Overlay

DEVELOPER = "gaia_sandbox_developer"
OTHER = "gaia_sandbox_other"
API = "/gaia/api/mcp"
SERVERS = f"{API}/servers"
EXAMPLE = {
    "projectId": "proj_123", "name": "My MCP Server", "description": "Production MCP server", "transportType": "http",
    "url": "https://mcp-server.example.com", "connectionType": "proxy",
}  # fmt: skip
LISTED = {
    "id", "projectId", "name", "description", "transportType", "url", "connectionType", "status", "capabilities",
    "lastConnectedAt", "createdAt", "updatedAt",
}  # fmt: skip
DETAILS = {"command", "args", "serverImplementation", "lastError"}
NOT_FOUND = {"success": False, "message": "Server not found"}

TOLD = {
    "unreachable": "No connection to unreachable.mcp.example: connection refused.",
    "timeout": "timeout.mcp.example did not answer within 60 seconds.",
    "error": "The server answered 500 Internal Server Error.",
    "oauth": "The server asks for OAuth authorization.",
    "bearer": "The server answered 401 Unauthorized and asks for a bearer token.",
    "sse": "The server speaks SSE only.",
}


@pytest.fixture
def developer(connect: Connect) -> JudgedClient:
    return connect("gaia", DEVELOPER, seed=1)


def register(client: JudgedClient, url: str = "https://mcp-server.example.com", **fields: Any) -> str:
    reply = client.post(SERVERS, json={**EXAMPLE, "url": url, **fields})
    assert 200 == reply.status_code, reply.text
    return str(reply.json()["serverId"])


def shown(client: JudgedClient, id: str) -> dict[str, Any]:
    server: dict[str, Any] = client.get(f"{SERVERS}/{id}").json()["server"]
    return server


CREATE = "$.paths['/api/mcp/servers'].post['x-behaviour']"


def test_the_example_of_the_documentation_is_accepted_with_its_own_key(connect: Connect) -> None:
    reply = connect("gaia", "YOUR_API_KEY").post(SERVERS, json=EXAMPLE)

    created = reply.json()
    assert 200 == reply.status_code
    assert {"success", "message", "serverId"} == set(created)
    assert (True, "MCP server created successfully") == (created["success"], created["message"])
    assert created["serverId"].startswith("mcp_")


def test_a_new_server_is_connecting_although_nothing_connects(developer: JudgedClient) -> None:
    server = shown(developer, register(developer))

    assert LISTED | DETAILS == set(server)
    assert EXAMPLE == {name: server[name] for name in EXAMPLE}
    assert "connecting" == server["status"]
    unknown = ("capabilities", "lastConnectedAt", "lastError", "command", "args", "serverImplementation")
    assert [None] * 6 == [server[name] for name in unknown]


def test_creating_queries_no_server(connect: Connect) -> None:
    class Silent(SimulatedProber):
        def probe(self, connection: McpConnection) -> Outcome:
            raise AssertionError("create must not connect")

    register(connect("gaia", DEVELOPER, outside=McpSync(Silent())))


def test_the_connection_is_by_proxy_by_default(developer: JudgedClient) -> None:
    body = {name: value for name, value in EXAMPLE.items() if name != "connectionType"}

    id = developer.post(SERVERS, json=body).json()["serverId"]

    assert "proxy" == shown(developer, id)["connectionType"]


STDIO = {"projectId": "p", "name": "n", "transportType": "stdio", "command": "npx", "connectionType": "proxy"}
HTTP = {"projectId": "p", "name": "n", "transportType": "http", "url": "https://mcp.example.com"}


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({**STDIO, "command": ""}, "Command is required for STDIO transport"),
        ({k: v for k, v in STDIO.items() if k != "command"}, "Command is required for STDIO transport"),
        ({**STDIO, "connectionType": "direct"}, "STDIO transport requires proxy connection"),
        ({**HTTP, "url": ""}, "URL is required for SSE and HTTP transports"),
        ({"projectId": "p", "name": "n", "transportType": "sse"}, "URL is required for SSE and HTTP transports"),
        ({**HTTP, "customHeaders": [{"key": "", "value": "v"}]}, "Header 1: Name is required"),
        (
            {**HTTP, "customHeaders": [{"key": "a", "value": "b"}, {"key": "k", "value": ""}]},
            "Header 2: Value is required",
        ),
        (
            {**HTTP, "customHeaders": [{"key": "authorization", "value": "Bearer "}]},
            "Header 1: Authorization needs a token after Bearer",
        ),
        (
            {"projectId": "p", "name": "n", "transportType": "stdio", "connectionType": "direct"},
            "Command is required for STDIO transport, STDIO transport requires proxy connection",
        ),
    ],
)
def test_a_configuration_that_cannot_connect_is_refused_as_in_the_code(
    developer: JudgedClient, body: dict[str, Any], complaint: str
) -> None:
    reply = developer.post(SERVERS, json=body)

    assert 400 == reply.status_code
    assert {"success": False, "message": "Invalid server configuration"} == {
        name: reply.json()[name] for name in ("success", "message")
    }
    assert sorted(complaint.split(", ")) == sorted(reply.json()["error"].split(", "))
    assert [] == developer.get(SERVERS, params={"projectId": "p"}).json()["servers"]


@pytest.mark.parametrize("body", [STDIO, HTTP, {**HTTP, "transportType": "sse"}])
def test_each_transport_has_a_configuration_that_is_accepted(developer: JudgedClient, body: dict[str, Any]) -> None:
    assert 200 == developer.post(SERVERS, json=body).status_code


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"transportType": "streamable-http"}, "transportType"),
        ({"connectionType": "tunnel"}, "connectionType"),
        ({"projectId": None}, "projectId"),
        ({"env": {"LOG": 1}}, "env.LOG"),
        ({"requestTimeout": "30"}, "requestTimeout"),
    ],
)
def test_the_error_names_a_value_that_breaks_the_document(
    developer: JudgedClient, change: dict[str, Any], field: str
) -> None:
    reply = developer.post(SERVERS, json=EXAMPLE | change)

    assert 400 == reply.status_code
    assert field in reply.json()["error"]


def test_an_overlay_can_require_the_proxy_url_as_the_code_does(connect: Connect, overlay: Overlay) -> None:
    rule = {"name": "require-proxy-url", "says": "as the code", "evidence": "inferred", "source": "CODE"}
    strict = overlay({"target": CREATE, "update": {"rules": [rule]}})
    client = connect("gaia", DEVELOPER, behaviour=strict)

    reply = client.post(SERVERS, json=EXAMPLE)

    assert (400, "Proxy URL is required for proxy connection") == (reply.status_code, reply.json()["error"])
    assert 200 == client.post(SERVERS, json={**EXAMPLE, "proxyUrl": "https://proxy.example.com"}).status_code
    assert 200 == client.post(SERVERS, json={**EXAMPLE, "connectionType": "direct"}).status_code


def test_a_removed_rule_has_no_effect(connect: Connect, overlay: Overlay) -> None:
    without = overlay({"target": CREATE + ".rules[?@.name=='check-configuration']", "remove": True})
    client = connect("gaia", DEVELOPER, behaviour=without)

    register(client, customHeaders=[{"key": "Authorization", "value": "Bearer"}])


def test_a_project_lists_its_own_servers_in_the_order_of_their_creation(developer: JudgedClient) -> None:
    mine = [register(developer, name=f"server {n}") for n in range(3)]
    register(developer, projectId="proj_456")

    listed = developer.get(SERVERS, params={"projectId": "proj_123"}).json()

    assert (True, mine) == (listed["success"], [server["id"] for server in listed["servers"]])
    assert [LISTED] * 3 == [set(server) for server in listed["servers"]]
    empty = developer.get(SERVERS, params={"projectId": "proj_nobody"}).json()
    assert {"success": True, "servers": []} == empty


def test_a_list_requires_a_project(developer: JudgedClient) -> None:
    reply = developer.get(SERVERS)

    assert (400, False) == (reply.status_code, reply.json()["success"])
    assert "projectId" in reply.json()["message"]


def test_an_update_changes_what_it_names_and_answers_without_the_server(developer: JudgedClient) -> None:
    id = register(developer)
    before = shown(developer, id)

    reply = developer.patch(f"{SERVERS}/{id}", json={"name": "Renamed", "status": "disconnected"})

    assert {"success": True} == reply.json()
    after = shown(developer, id)
    assert {"name": "Renamed", "status": "disconnected"} == {k: after[k] for k in after if after[k] != before[k]}


def test_what_cannot_be_updated_stays(developer: JudgedClient) -> None:
    id = register(developer, command="npx")
    before = shown(developer, id)
    fixed = {"transportType": "sse", "connectionType": "direct", "command": "sh", "args": "-c", "projectId": "other"}

    assert 200 == developer.patch(f"{SERVERS}/{id}", json=fixed | {"id": "mcp_mine"}).status_code

    assert before == shown(developer, id)


def test_an_empty_name_is_allowed_in_an_update_because_the_documentation_does_not_forbid_it(
    developer: JudgedClient,
) -> None:
    assert 200 == developer.patch(f"{SERVERS}/{register(developer)}", json={"name": ""}).status_code


def test_a_deleted_server_is_gone(developer: JudgedClient) -> None:
    id = register(developer)

    assert {"success": True} == developer.delete(f"{SERVERS}/{id}").json()

    for method in ("GET", "DELETE", "PATCH"):
        reply = developer.request(method, f"{SERVERS}/{id}", json={} if method == "PATCH" else None)
        assert (404, {"success": False, "message": "MCP server not found"}) == (reply.status_code, reply.json())
    assert (404, NOT_FOUND) == (
        (reply := developer.post(f"{API}/connect", json={"id": id})).status_code, reply.json()
    )  # fmt: skip


def test_secrets_are_in_no_reply_and_masked_in_the_state_view(developer: JudgedClient) -> None:
    secrets = {
        "oauthClientSecret": "s3cret-oauth", "proxyAuthToken": "s3cret-proxy", "env": {"TOKEN": "s3cret-env"},
        "customHeaders": [{"key": "X-Key", "value": "s3cret-header"}],
    }  # fmt: skip
    id = register(developer, proxyUrl="https://proxy.example.com", **secrets)
    developer.patch(f"{SERVERS}/{id}", json={"oauthClientSecret": "s3cret-new"})

    replies = [
        developer.get(f"{SERVERS}/{id}"), developer.get(SERVERS, params={"projectId": "proj_123"}),
        developer.post(f"{API}/connect", json={"id": id}), developer.get(f"{API}/tools", params={"id": id}),
        developer.get("/_mock/state"),
    ]  # fmt: skip

    assert [] == [reply.text for reply in replies if "s3cret" in reply.text]


def test_the_connection_goes_through_its_states(developer: JudgedClient) -> None:
    id = register(developer)

    connected = developer.post(f"{API}/connect", json={"id": id}).json()
    capabilities = {"tools": True, "resources": True, "prompts": True}
    assert {"success": True, "message": "Connected successfully", "capabilities": capabilities} == connected
    server = shown(developer, id)
    assert ("connected", capabilities, None) == (server["status"], server["capabilities"], server["lastError"])
    assert server["lastConnectedAt"] is not None
    assert {"name", "version"} <= set(server["serverImplementation"])

    again = developer.post(f"{API}/connect", json={"id": id}).json()
    assert {"success": True, "message": "Already connected", "capabilities": capabilities} == again

    for _ in range(2):
        assert {"success": True} == developer.post(f"{API}/disconnect", json={"id": id}).json()
        assert "disconnected" == shown(developer, id)["status"]
    assert "Connected successfully" == developer.post(f"{API}/connect", json={"id": id}).json()["message"]


@pytest.mark.parametrize("marker", sorted(TOLD))
def test_a_connection_that_fails_is_a_500_and_the_server_keeps_the_reason(developer: JudgedClient, marker: str) -> None:
    id = register(developer, f"https://{marker}.mcp.example/mcp")

    reply = developer.post(f"{API}/connect", json={"id": id})

    assert 500 == reply.status_code
    assert {"success": False, "message": "Connection failed", "error": TOLD[marker]} == reply.json()
    server = shown(developer, id)
    assert ("error", TOLD[marker], None) == (server["status"], server["lastError"], server["lastConnectedAt"])


def test_a_repaired_server_connects_and_clears_the_error(developer: JudgedClient) -> None:
    id = register(developer, "https://unreachable.mcp.example")
    developer.post(f"{API}/connect", json={"id": id})

    developer.patch(f"{SERVERS}/{id}", json={"url": "https://ok.mcp.example"})

    assert 200 == developer.post(f"{API}/connect", json={"id": id}).status_code
    assert ("connected", None) == (shown(developer, id)["status"], shown(developer, id)["lastError"])


@pytest.mark.parametrize("kind", ["tools", "resources", "prompts"])
def test_contents_are_listed_on_demand(developer: JudgedClient, kind: str) -> None:
    id = register(developer)

    listed = developer.get(f"{API}/{kind}", params={"id": id}).json()

    assert {"success", kind} == set(listed)
    assert listed["success"]
    assert len(listed[kind]) > 0
    assert "connected" == shown(developer, id)["status"]
    assert listed == developer.get(f"{API}/{kind}", params={"id": id}).json()


def test_tools_have_the_members_of_the_model_context_protocol(developer: JudgedClient) -> None:
    tools = developer.get(f"{API}/tools", params={"id": register(developer)}).json()["tools"]

    assert [{"name", "description", "inputSchema"}] * len(tools) == [set(tool) for tool in tools]


@pytest.mark.parametrize("kind", ["tools", "resources", "prompts"])
def test_contents_of_an_unknown_server_are_an_empty_list_with_404(developer: JudgedClient, kind: str) -> None:
    reply = developer.get(f"{API}/{kind}", params={"id": "mcp_nobody"})

    assert (404, {**NOT_FOUND, kind: []}) == (reply.status_code, reply.json())


@pytest.mark.parametrize("kind", ["tools", "resources", "prompts"])
def test_contents_of_an_unreachable_server_are_a_failed_connection(developer: JudgedClient, kind: str) -> None:
    id = register(developer, "https://unreachable.mcp.example")

    reply = developer.get(f"{API}/{kind}", params={"id": id})

    assert (500, "Connection failed") == (reply.status_code, reply.json()["message"])
    assert ("error", TOLD["unreachable"]) == (shown(developer, id)["status"], shown(developer, id)["lastError"])


def test_a_listed_resource_can_be_read(developer: JudgedClient) -> None:
    id = register(developer)
    uri = developer.get(f"{API}/resources", params={"id": id}).json()["resources"][0]["uri"]

    reply = developer.post(f"{API}/resources/read", params={"id": id, "uri": uri}).json()

    assert (True, [uri]) == (reply["success"], [content["uri"] for content in reply["result"]["contents"]])


def test_a_listed_prompt_can_be_filled_in(developer: JudgedClient) -> None:
    id = register(developer)
    name = developer.get(f"{API}/prompts", params={"id": id}).json()["prompts"][0]["name"]

    reply = developer.post(f"{API}/prompts/get", json={"id": id, "promptName": name, "args": {"id": "seventeen"}})

    assert reply.json()["success"]
    assert "seventeen" in str(reply.json()["result"]["messages"])


def test_what_a_server_does_not_have_is_not_found(developer: JudgedClient) -> None:
    id = register(developer)

    read = developer.post(f"{API}/resources/read", params={"id": id, "uri": "file:///nowhere"})
    filled = developer.post(f"{API}/prompts/get", json={"id": id, "promptName": "nothing"})
    unknown = developer.post(f"{API}/resources/read", params={"id": "mcp_nobody", "uri": "file:///readme.md"})

    assert (404, "Resource not found") == (read.status_code, read.json()["message"])
    assert (404, "Prompt not found") == (filled.status_code, filled.json()["message"])
    assert (404, NOT_FOUND) == (unknown.status_code, unknown.json())


VERDICTS = {
    "ok": "ok", "empty": "ok", "timeout": "timeout", "unreachable": "error", "error": "error", "oauth": "error",
    "bearer": "error", "sse": "error",
}  # fmt: skip


@pytest.mark.parametrize(("marker", "status"), sorted(VERDICTS.items()))
def test_validate_connects_and_returns_the_outcome(developer: JudgedClient, marker: str, status: str) -> None:
    body = {"transportType": "http", "url": f"https://{marker}.mcp.example/mcp"}

    verdict = developer.post(f"{API}/validate", json=body).json()

    assert (status == "ok", status) == (verdict["valid"], verdict["status"])
    assert (status == "ok") == (verdict["capabilities"] is not None) == (verdict["serverInfo"] is not None)
    assert TOLD.get(marker, "Connection successful") == verdict["message"]


def test_validate_shows_what_the_server_has(developer: JudgedClient) -> None:
    body = {"transportType": "http", "url": "https://empty.mcp.example"}

    verdict = developer.post(f"{API}/validate", json=body).json()

    assert {"tools": False, "resources": True, "prompts": True} == verdict["capabilities"]


def test_validate_stores_nothing(developer: JudgedClient) -> None:
    developer.post(f"{API}/validate", json={"transportType": "http", "url": "https://ok.mcp.example"})

    assert {} == developer.get("/_mock/state").json()["gaia"]


def test_validate_finds_a_configuration_invalid_that_create_refuses(developer: JudgedClient) -> None:
    reply = developer.post(f"{API}/validate", json={"transportType": "stdio", "connectionType": "direct"})

    told = "Command is required for STDIO transport, STDIO transport requires proxy connection"
    assert (200, False, "error", told) == (
        reply.status_code, reply.json()["valid"], reply.json()["status"], reply.json()["message"]
    )  # fmt: skip


def test_validate_refuses_in_its_own_shape(connect: Connect, developer: JudgedClient) -> None:
    unknown = connect("gaia", "nobody's key").post(f"{API}/validate", json={"transportType": "http"})
    invalid = developer.post(f"{API}/validate", json={})
    broken = developer.post(f"{API}/validate", content=b"{", headers={"content-type": "application/json"})
    foreign = developer.post(f"{API}/validate", content=b"x", headers={"content-type": "text/plain"})

    assert (401, {"valid": False, "message": "Unauthorized", "status": "error"}) == (
        unknown.status_code, unknown.json()
    )  # fmt: skip
    assert [400, 400, 415] == [reply.status_code for reply in (invalid, broken, foreign)]
    for reply in (invalid, broken, foreign):
        assert (False, "error") == (reply.json()["valid"], reply.json()["status"])


@pytest.mark.parametrize(
    ("marker", "kind", "usable"),
    [
        ("ok", "none", True), ("oauth", "oauth", False), ("bearer", "bearer", False), ("custom", "custom", False),
        ("sse", "none", True),
    ],
)  # fmt: skip
def test_detect_auth_shows_which_authentication_a_server_requires(
    developer: JudgedClient, marker: str, kind: str, usable: bool
) -> None:
    found = developer.post(f"{API}/detect-auth", json={"url": f"https://{marker}.mcp.example"}).json()

    expected = {"success": True, "isAuthenticated": usable, "authType": kind, "requiresAuth": not usable, "error": None}
    assert expected == found


@pytest.mark.parametrize("marker", ["unreachable", "error", "timeout"])
def test_detect_auth_says_why_it_failed(developer: JudgedClient, marker: str) -> None:
    found = developer.post(f"{API}/detect-auth", json={"url": f"https://{marker}.mcp.example"}).json()

    assert (False, "none") == (found["success"], found["authType"])
    assert found["error"]


@pytest.mark.parametrize(("marker", "transport"), [("ok", "http"), ("sse", "sse")])
def test_detect_transport_recommends_what_worked(developer: JudgedClient, marker: str, transport: str) -> None:
    found = developer.post(f"{API}/detect-transport", json={"url": f"https://{marker}.mcp.example"}).json()

    assert (True, transport) == (found["success"], found["recommended"])
    assert transport in found["supportedTypes"]


def test_detect_transport_says_why_it_failed(developer: JudgedClient) -> None:
    found = developer.post(f"{API}/detect-transport", json={"url": "https://unreachable.mcp.example"}).json()

    assert {
        "success": False, "message": TOLD["unreachable"], "supportedTypes": [], "recommended": None
    } == found  # fmt: skip


@pytest.mark.parametrize("operation", ["detect-auth", "detect-transport"])
def test_detection_requires_an_absolute_url(developer: JudgedClient, operation: str) -> None:
    reply = developer.post(f"{API}/{operation}", json={"url": "not a url"})

    assert (400, False) == (reply.status_code, reply.json()["success"])
    assert "url" in reply.json()["message"]


def test_a_server_is_reached_as_its_registration_says(connect: Connect) -> None:
    prober = Attentive()
    client = connect("gaia", DEVELOPER, outside=McpSync(prober))
    remote = register(
        client, transportType="sse", customHeaders=[{"key": "X-Key", "value": "v"}], maxTotalTimeout=5000,
        proxyUrl="https://proxy.example.com", proxyAuthToken="t", oauthClientId="c", oauthClientSecret="s",
        oauthScope="read",
    )  # fmt: skip
    local = register(client, transportType="stdio", command="npx", args="-y  server", env={"A": "b"})
    direct = register(client, connectionType="direct", proxyUrl="https://proxy.example.com", proxyAuthToken="t")
    for id in (remote, local, direct):
        client.post(f"{API}/connect", json={"id": id})

    everything = frozenset({"tools", "resources", "prompts"})
    url = "https://mcp-server.example.com"
    assert prober.asked == [
        McpConnection(
            url=url, transport="sse", headers=(("X-Key", "v"),), timeout=5.0, proxy_url="https://proxy.example.com",
            proxy_headers=(("Authorization", "Bearer t"),), oauth_client_id="c", oauth_client_secret="s",
            oauth_scope="read", owner=f"gaia/developer/{remote}", want=everything,
        ),
        McpConnection(
            url=url, transport="stdio", timeout=60.0, command="npx", args=("-y", "server"), env=(("A", "b"),),
            owner=f"gaia/developer/{local}", want=everything,
        ),
        McpConnection(url=url, transport="http", timeout=60.0, owner=f"gaia/developer/{direct}", want=everything),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("marker", "fields"),
    [
        ("bearer", {"customHeaders": [{"key": "Authorization", "value": "Bearer token"}]}),
        ("custom", {"customHeaders": [{"key": "X-Key", "value": "value"}]}),
        ("sse", {"transportType": "sse"}),
    ],
)
def test_the_required_credential_connects(developer: JudgedClient, marker: str, fields: dict[str, Any]) -> None:
    bare = register(developer, f"https://{marker}.mcp.example")
    suited = register(developer, f"https://{marker}.mcp.example", **fields)

    assert [500, 200] == [developer.post(f"{API}/connect", json={"id": id}).status_code for id in (bare, suited)]


@pytest.mark.parametrize(("marker", "count"), [("empty", 0), ("many", 250)])
def test_a_server_may_have_no_tools_or_many(developer: JudgedClient, marker: str, count: int) -> None:
    id = register(developer, f"https://{marker}.mcp.example")

    assert count == len(developer.get(f"{API}/tools", params={"id": id}).json()["tools"])


def test_a_server_that_never_answers_is_still_connecting(developer: JudgedClient) -> None:
    id = register(developer, "https://pending.mcp.example")

    for _ in range(2):
        reply = developer.post(f"{API}/connect", json={"id": id})
        assert (200, {"success": False, "message": "Still connecting"}) == (reply.status_code, reply.json())
    assert "connecting" == shown(developer, id)["status"]


def test_an_unreachable_proxy_is_a_failed_connection(developer: JudgedClient) -> None:
    id = register(developer, proxyUrl="https://unreachable.mcp.example")

    assert 500 == developer.post(f"{API}/connect", json={"id": id}).status_code


def test_a_slow_server_is_still_connecting_and_connected_later(connect: Connect) -> None:
    class Slow(SimulatedProber):
        def __init__(self) -> None:
            super().__init__()
            self.may_answer = asyncio.Event()

        async def probe(self, connection: McpConnection) -> Outcome:  # type: ignore[override]
            await self.may_answer.wait()
            return super().probe(connection)

    prober = Slow()
    client = connect("gaia", DEVELOPER, outside=McpSync(prober, deadline=0.01))
    id = register(client)
    client.post(f"{API}/disconnect", json={"id": id})

    assert {"success": False, "message": "Still connecting"} == client.post(f"{API}/connect", json={"id": id}).json()
    assert "connecting" == shown(client, id)["status"]
    prober.may_answer.set()
    # Every request lets the waiting task go on for a few steps.
    assert any("connected" == shown(client, id)["status"] for _ in range(20))


def test_developers_never_see_each_others_servers(connect: Connect) -> None:
    app = mockserver.create_app("gaia")
    mine, theirs = connect("gaia", DEVELOPER, app), connect("gaia", OTHER, app)
    id = register(mine)

    assert [] == theirs.get(SERVERS, params={"projectId": "proj_123"}).json()["servers"]
    for reply in (
        theirs.get(f"{SERVERS}/{id}"), theirs.patch(f"{SERVERS}/{id}", json={"name": "taken"}),
        theirs.delete(f"{SERVERS}/{id}"), theirs.post(f"{API}/connect", json={"id": id}),
        theirs.post(f"{API}/disconnect", json={"id": id}), theirs.get(f"{API}/tools", params={"id": id}),
        theirs.post(f"{API}/resources/read", params={"id": id, "uri": "schema://note"}),
    ):  # fmt: skip
        assert 404 == reply.status_code
    assert "My MCP Server" == shown(mine, id)["name"]


@pytest.mark.parametrize("credential", ["", "Bearer", "Bearer ", "Basic gaia_sandbox_developer", "Bearer other_key"])
def test_no_key_or_a_wrong_one_is_unauthorized(developer: JudgedClient, credential: str) -> None:
    for method, path in (("GET", SERVERS), ("POST", f"{API}/connect"), ("DELETE", f"{SERVERS}/mcp_1")):
        reply = developer.request(method, path, headers={"authorization": credential})
        assert (401, {"success": False, "message": "Unauthorized"}) == (reply.status_code, reply.json())


def test_an_unknown_path_is_refused_as_in_the_code(developer: JudgedClient) -> None:
    reply = developer.get(f"{API}/nothing")

    assert (404, {"error": "Route not found", "path": "/api/mcp/nothing"}) == (reply.status_code, reply.json())


def test_the_same_seed_gives_the_same_bytes(connect: Connect) -> None:
    def run() -> list[str]:
        client = connect("gaia", DEVELOPER, seed=5)
        id = register(client)
        client.post(f"{API}/connect", json={"id": id})
        return [client.get(f"{SERVERS}/{id}").text, client.get(f"{API}/tools", params={"id": id}).text]

    assert run() == run()
