"""Datagrid's MCP servers and secrets behave as Datagrid documents, and as the behaviour file assumes."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import mockserver
from mockserver.state.clock import SteppingClock
from tests.judge import JudgedClient
from tests.vendors.conftest import Connect

ORGANIZATION = "dg_live_SandboxOrganization"
OTHER = "dg_live_SandboxOtherOrganization"
ACCOUNT = "dg_live_SandboxAccount"
JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyX21lbWJlciJ9.sandbox"
TEAM_1, TEAM_9 = "11111111-1111-4111-8111-111111111111", "99999999-9999-4999-8999-999999999999"
TEAM_2, TEAM_3 = "22222222-2222-4222-8222-222222222222", "33333333-3333-4333-8333-333333333333"
V1 = "/datagrid/v1"
SERVERS = f"{V1}/organization/mcp-servers"
SECRETS = f"{V1}/secrets"
MINIMAL = {"name": "manhour", "base_url": "https://mcp.example.com/mcp"}


@pytest.fixture
def team(connect: Connect) -> JudgedClient:
    return connect("datagrid", ORGANIZATION, seed=1)


def register(client: JudgedClient, **fields: Any) -> dict[str, Any]:
    reply = client.post(SERVERS, json=MINIMAL | fields)
    assert 201 == reply.status_code, reply.text
    item: dict[str, Any] = reply.json()
    return item


def change(client: JudgedClient, server: dict[str, Any], **fields: Any) -> dict[str, Any]:
    reply = client.patch(f"{SERVERS}/{server['id']}", json=fields)
    assert 200 == reply.status_code, reply.text
    item: dict[str, Any] = reply.json()
    return item


def keep(client: JudgedClient, value: str = "Bearer mine") -> str:
    reply = client.post(SECRETS, json={"name": "mine", "value": value})
    assert 201 == reply.status_code, reply.text
    return str(reply.json()["id"])


def exists(client: JudgedClient, secret: str) -> bool:
    return client.get(f"{SECRETS}/{secret}").status_code == 200


def listed(client: JudgedClient, **headers: str) -> list[str]:
    return [item["id"] for item in client.get(SERVERS, headers=headers).json()["data"]]


def overlay(folder: Path, target: str) -> Path:
    """An overlay that takes one thing out of the contract."""
    file = folder / "overlay.yaml"
    file.write_text(
        f'overlay: 1.0.0\ninfo: {{title: Without, version: "1"}}\nactions: [{{target: "{target}", remove: true}}]'
    )
    return file


# The resource


def test_a_created_server_has_every_field_of_the_documented_response(team: JudgedClient) -> None:
    server = register(team)

    assert {
        "object": "mcp_server", "name": "manhour", "icon_url": None, "base_url": "https://mcp.example.com/mcp",
        "transport": "http", "authorization_secret_id": None, "status": "connected",
    }.items() <= server.items()  # fmt: skip
    assert {"id", "protocol_version", "metadata", "created_at", "updated_at"} <= server.keys()


def test_a_server_is_read_changed_and_deleted(team: JudgedClient) -> None:
    server = register(team, icon_url="https://example.com/i.png")
    address = f"{SERVERS}/{server['id']}"

    assert server == team.get(address).json()
    changed = change(team, server, name="manhour (production)")
    assert server | {"name": "manhour (production)", "updated_at": changed["updated_at"]} == changed
    assert changed["updated_at"] > server["updated_at"]
    assert (204, b"") == ((gone := team.delete(address)).status_code, gone.content)
    assert [404, 404, 404] == [team.get(address).status_code, team.patch(address, json={}).status_code,
                               team.delete(address).status_code]  # fmt: skip


def test_an_empty_update_is_accepted_and_changes_nothing_but_the_time(team: JudgedClient) -> None:
    server = register(team)

    changed = change(team, server)

    assert server == changed | {"updated_at": server["updated_at"]}


def test_null_for_transport_means_http_and_null_clears_the_icon(team: JudgedClient) -> None:
    server = register(team, transport=None, icon_url="https://example.com/i.png")

    assert "http" == server["transport"]
    assert ("http", None) == ((cleared := change(team, server, transport=None, icon_url=None))["transport"],
                              cleared["icon_url"])  # fmt: skip


def test_the_list_has_no_pages_and_is_tagged(team: JudgedClient) -> None:
    made = [register(team, name=str(n))["id"] for n in range(30)]

    reply = team.get(SERVERS, params={"limit": 2}).json()

    assert {"object", "data"} == reply.keys()
    assert ("list", made[::-1]) == (reply["object"], [item["id"] for item in reply["data"]])


def test_the_thirty_first_server_is_a_conflict_until_one_is_deleted(team: JudgedClient) -> None:
    made = [register(team)["id"] for _ in range(30)]

    refused = team.post(SERVERS, json=MINIMAL)
    assert (409, "conflict") == (refused.status_code, refused.json()["error"])
    assert "30" in refused.json()["message"]
    assert made[::-1] == listed(team)

    team.delete(f"{SERVERS}/{made[0]}")
    assert 201 == team.post(SERVERS, json=MINIMAL).status_code
    assert 409 == team.post(SERVERS, json=MINIMAL).status_code


def test_a_refused_create_leaves_no_managed_secret(connect: Connect) -> None:
    app = mockserver.create_app("datagrid", seed=1)
    team = connect("datagrid", ORGANIZATION, app)
    for _ in range(30):
        register(team)

    assert 409 == team.post(SERVERS, json=MINIMAL | {"authorization": "Bearer x"}).status_code
    assert "secret" not in team.get("/_mock/state").json()["datagrid"][TEAM_1]


def test_each_teamspace_has_thirty_of_its_own(connect: Connect) -> None:
    account = connect("datagrid", ACCOUNT, seed=1)
    for _ in range(30):
        register(account)

    assert 201 == account.post(SERVERS, json=MINIMAL, headers={"Datagrid-Teamspace": TEAM_3}).status_code
    assert 409 == account.post(SERVERS, json=MINIMAL).status_code


def test_two_servers_may_have_the_same_name_and_address(team: JudgedClient) -> None:
    assert register(team)["id"] != register(team)["id"]


# What is refused


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", None), ("name", 3), ("name", "n" * 256), ("base_url", None), ("base_url", "no address"),
        ("base_url", "http://mcp.example.com/mcp"), ("transport", "sse"), ("icon_url", "i" * 1025),
        ("protocol_version", "v" * 33), ("authorization", "a" * 64001), ("colour", "red"), ("id", "mine"),
        ("status", "connected"),
    ],
)  # fmt: skip
def test_a_refused_value_is_named(team: JudgedClient, field: str, value: Any) -> None:
    for reply in (
        team.post(SERVERS, json=MINIMAL | {field: value}),
        team.patch(f"{SERVERS}/{register(team)['id']}", json={field: value}),
    ):
        assert (400, "validation_failed") == (reply.status_code, reply.json()["error"])
        assert field in reply.json()["message"]
        assert {field} == {fault["pointer"] for fault in reply.json()["details"]["errors"]}


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "n" * 255), ("icon_url", "i" * 1024), ("protocol_version", "v" * 32), ("authorization", "a" * 64000)],
)
def test_a_value_of_the_documented_maximum_length_is_accepted(team: JudgedClient, field: str, value: str) -> None:
    register(team, **{field: value})


@pytest.mark.parametrize("field", ["name", "base_url"])
def test_name_and_base_url_are_required(team: JudgedClient, field: str) -> None:
    reply = team.post(SERVERS, json={name: value for name, value in MINIMAL.items() if name != field})

    assert 400 == reply.status_code
    assert field in reply.json()["message"]


def test_an_overlay_allows_a_server_on_this_machine(connect: Connect, tmp_path: Path) -> None:
    lenient = overlay(tmp_path, "$.components.schemas.CreateMcpServerRequest.properties.base_url.pattern")
    team = connect("datagrid", ORGANIZATION, seed=1, behaviour=[lenient])

    assert "http://127.0.0.1:9000/mcp" == register(team, base_url="http://127.0.0.1:9000/mcp")["base_url"]


@pytest.mark.parametrize("key", ["nonsense", "dg_", "bd_key_SandboxAdmin00000000000000000000"])
def test_another_credential_is_refused(connect: Connect, key: str) -> None:
    reply = connect("datagrid", key, seed=1).get(SERVERS)

    assert (401, "no_authentication") == (reply.status_code, reply.json()["error"])


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        ("{", "application/json", 400),
        ("{}", "text/plain", 415),
        ('{"name": "' + "n" * 11_000_000, "application/json", 413),
    ],
)
def test_a_body_that_is_no_json_is_refused(team: JudgedClient, content: str, kind: str, status: int) -> None:
    reply = team.post(SERVERS, content=content, headers={"content-type": kind})

    assert (status, status) == (reply.status_code, reply.json()["status_code"])


def test_an_unknown_method_is_refused_with_the_allowed_ones(team: JudgedClient) -> None:
    reply = team.request("PUT", SERVERS)

    assert (405, "GET, HEAD, POST") == (reply.status_code, reply.headers["allow"])


# Managed secrets


def test_a_raw_credential_becomes_an_unlisted_secret_whose_id_is_shown(team: JudgedClient) -> None:
    mine = keep(team)

    server = register(team, authorization="Bearer external-api-token")

    secret = team.get(f"{SECRETS}/{server['authorization_secret_id']}").json()
    assert ("secret", server["authorization_secret_id"]) == (secret["object"], secret["id"])
    assert [mine] == [item["id"] for item in team.get(SECRETS).json()["data"]]


def test_no_reply_and_no_state_shows_a_credential(team: JudgedClient) -> None:
    server = register(team, authorization="Bearer external-api-token")
    mine = keep(team, "Bearer of-my-own")

    told = [
        team.get(address).text
        for address in (SERVERS, f"{SERVERS}/{server['id']}", SECRETS, f"{SECRETS}/{mine}", "/_mock/state",
                        f"{SECRETS}/{server['authorization_secret_id']}")
    ]  # fmt: skip

    assert "authorization_secret_id" in told[0]
    assert not [text for text in told if "external-api-token" in text or "of-my-own" in text]


def test_another_credential_rotates_the_managed_secret(team: JudgedClient) -> None:
    before = register(team, authorization="Bearer 1")

    after = change(team, before, authorization="Bearer 2")

    assert before["authorization_secret_id"] != after["authorization_secret_id"]
    assert not exists(team, before["authorization_secret_id"])
    assert exists(team, after["authorization_secret_id"])


@pytest.mark.parametrize("field", ["authorization", "authorization_secret_id"])
def test_null_clears_the_credential_and_removes_the_managed_secret(team: JudgedClient, field: str) -> None:
    before = register(team, authorization="Bearer 1")

    assert change(team, before, **{field: None})["authorization_secret_id"] is None
    assert not exists(team, before["authorization_secret_id"])


def test_an_update_of_something_else_leaves_the_managed_secret(team: JudgedClient) -> None:
    before = register(team, authorization="Bearer 1")

    after = change(team, before, name="other", authorization_secret_id=before["authorization_secret_id"])

    assert before["authorization_secret_id"] == after["authorization_secret_id"]
    assert exists(team, after["authorization_secret_id"])


def test_the_raw_credential_wins_over_the_callers_own_secret(team: JudgedClient) -> None:
    mine = keep(team)

    server = register(team, authorization="Bearer 1", authorization_secret_id=mine)
    changed = change(team, server, authorization="Bearer 2", authorization_secret_id=mine)

    assert mine not in (server["authorization_secret_id"], changed["authorization_secret_id"])
    assert exists(team, mine)
    assert not exists(team, server["authorization_secret_id"])


def test_with_null_for_the_raw_credential_the_secret_is_used(team: JudgedClient) -> None:
    mine = keep(team)

    assert mine == register(team, authorization=None, authorization_secret_id=mine)["authorization_secret_id"]


def test_the_callers_own_secret_replaces_the_managed_one(team: JudgedClient) -> None:
    mine, before = keep(team), register(team, authorization="Bearer 1")

    assert mine == change(team, before, authorization_secret_id=mine)["authorization_secret_id"]
    assert not exists(team, before["authorization_secret_id"])


def test_the_callers_own_secret_is_never_removed(team: JudgedClient) -> None:
    mine = keep(team)
    servers = [register(team, authorization_secret_id=mine) for _ in range(3)]

    assert mine == change(team, servers[0], authorization=None)["authorization_secret_id"]
    assert change(team, servers[0], authorization_secret_id=None)["authorization_secret_id"] is None
    assert mine != change(team, servers[1], authorization="Bearer 1")["authorization_secret_id"]
    team.delete(f"{SERVERS}/{servers[2]['id']}")

    assert exists(team, mine)


def test_a_managed_secret_is_removed_with_its_own_server_only(team: JudgedClient) -> None:
    owner = register(team, authorization="Bearer 1")
    borrower = register(team, authorization_secret_id=owner["authorization_secret_id"])

    change(team, borrower, authorization_secret_id=None)
    assert exists(team, owner["authorization_secret_id"])

    team.delete(f"{SERVERS}/{owner['id']}")
    assert not exists(team, owner["authorization_secret_id"])


def test_the_managed_secret_is_deleted_with_its_server(team: JudgedClient) -> None:
    server = register(team, authorization="Bearer 1")

    team.delete(f"{SERVERS}/{server['id']}")

    assert not exists(team, server["authorization_secret_id"])


def test_an_unknown_secret_or_one_of_another_teamspace_is_refused(connect: Connect) -> None:
    app = mockserver.create_app("datagrid", seed=1)
    team, other = connect("datagrid", ORGANIZATION, app), connect("datagrid", OTHER, app)
    server = register(team)

    for unknown in ("no-secret", keep(other)):
        for reply in (
            team.post(SERVERS, json=MINIMAL | {"authorization_secret_id": unknown}),
            team.patch(f"{SERVERS}/{server['id']}", json={"name": "x", "authorization_secret_id": unknown}),
        ):
            assert (404, "resource_not_found") == (reply.status_code, reply.json()["error"])
            assert "authorization_secret_id" in reply.json()["message"]
    assert [server] == team.get(SERVERS).json()["data"]


def test_a_deleted_secret_leaves_its_server_without_a_credential(team: JudgedClient) -> None:
    mine = keep(team)
    server = register(team, base_url="https://bearer.mcp.example/mcp", authorization_secret_id=mine)

    assert 204 == team.delete(f"{SECRETS}/{mine}").status_code

    assert server == team.get(f"{SERVERS}/{server['id']}").json()
    assert "auth_required" == change(team, server, base_url=server["base_url"])["status"]


# Secrets


def test_secrets_are_listed_in_pages_forwards_and_backwards(team: JudgedClient) -> None:
    made = [keep(team) for _ in range(5)][::-1]

    def page(**query: Any) -> tuple[list[str], bool]:
        reply = team.get(SECRETS, params=query).json()
        return [item["id"] for item in reply["data"]], reply["has_more"]

    assert (made, False) == page()
    assert (made[:2], True) == page(limit=2)
    assert (made[2:4], True) == page(limit=2, after=made[1])
    assert (made[4:], False) == page(limit=2, after=made[3])
    assert (made[2:4], True) == page(limit=2, before=made[4])
    assert (made[:2], False) == page(limit=2, before=made[2])


def test_a_cursor_works_after_its_secret_is_deleted(team: JudgedClient) -> None:
    made = [keep(team) for _ in range(3)]
    team.delete(f"{SECRETS}/{made[1]}")

    after = team.get(SECRETS, params={"after": made[1]}).json()

    assert [made[0]] == [item["id"] for item in after["data"]]


@pytest.mark.parametrize("name", ["after", "before"])
def test_an_unknown_cursor_is_not_found(team: JudgedClient, name: str) -> None:
    reply = team.get(SECRETS, params={name: "nowhere"})

    assert (404, True) == (reply.status_code, name in reply.json()["message"])


@pytest.mark.parametrize(
    "body", [{"name": "n" * 301, "value": "v"}, {"name": "n"}, {"value": "v"}, {"name": "n", "value": None}]
)
def test_a_secret_needs_a_name_of_at_most_300_characters_and_a_value(team: JudgedClient, body: Any) -> None:
    assert 400 == team.post(SECRETS, json=body).status_code


# Tool sync


@pytest.mark.parametrize(
    ("host", "status", "metadata"),
    [
        ("any.example.com", "connected", {"requires_oauth": False, "oauth_configured": False}),
        ("many.mcp.example", "connected", {"requires_oauth": False, "oauth_configured": False, "tool_count": 250}),
        ("oauth.mcp.example", "auth_required", {"requires_oauth": True, "oauth_configured": False}),
        ("bearer.mcp.example", "auth_required", {"requires_oauth": False, "oauth_configured": False}),
        ("unreachable.mcp.example", "error", {}),
        ("timeout.mcp.example", "error", {}),
        ("sse.mcp.example", "error", {}),
        ("pending.mcp.example", "pending", {}),
    ],
)  # fmt: skip
def test_the_create_shows_its_first_sync_and_never_fails_by_it(
    team: JudgedClient, host: str, status: str, metadata: dict[str, Any]
) -> None:
    server = register(team, base_url=f"https://{host}/mcp")

    assert status == server["status"]
    assert metadata.items() <= server["metadata"].items()
    assert (status == "connected") == ("tool_count" in server["metadata"]) == ("last_synced_at" in server["metadata"])


def test_the_sync_sends_the_secret(team: JudgedClient) -> None:
    server = register(team, base_url="https://bearer.mcp.example/mcp")
    assert "auth_required" == server["status"]

    assert "connected" == change(team, server, authorization="Bearer 1")["status"]
    assert "auth_required" == change(team, server, authorization=None)["status"]
    assert "connected" == change(team, server, authorization_secret_id=keep(team))["status"]


@pytest.mark.parametrize(
    "fields",
    [
        {"base_url": "https://mcp.example.com/mcp"}, {"transport": "http"}, {"protocol_version": "2025-06-18"},
        {"authorization": "Bearer 1"}, {"authorization": None}, {"authorization_secret_id": None},
    ],
)  # fmt: skip
def test_an_update_of_connection_or_credential_syncs_again(team: JudgedClient, fields: dict[str, Any]) -> None:
    server = register(team)

    assert change(team, server, **fields)["metadata"]["last_synced_at"] > server["metadata"]["last_synced_at"]


@pytest.mark.parametrize("fields", [{}, {"name": "other"}, {"icon_url": None}])
def test_an_update_of_anything_else_does_not_sync(team: JudgedClient, fields: dict[str, Any]) -> None:
    server = register(team)

    assert server["metadata"] == change(team, server, **fields)["metadata"]


def test_a_failed_sync_keeps_the_metadata_of_the_same_url_only(team: JudgedClient) -> None:
    server = register(team, base_url="https://bearer.mcp.example/mcp", authorization="Bearer 1")

    locked = change(team, server, authorization=None)
    moved = change(team, server, base_url="https://unreachable.mcp.example/mcp")

    assert server["metadata"]["tool_count"] == locked["metadata"]["tool_count"]
    assert ("error", {}) == (moved["status"], moved["metadata"])


def test_the_sync_sets_the_protocol_version_unless_the_caller_did(team: JudgedClient) -> None:
    assert "2025-06-18" == register(team, protocol_version="2025-06-18")["protocol_version"]
    assert register(team, protocol_version=None)["protocol_version"] is None
    assert register(team)["protocol_version"]


def test_an_overlay_that_removes_the_rule_switches_the_sync_off(connect: Connect, tmp_path: Path) -> None:
    rule = "$.paths['/organization/mcp-servers'].post['x-behaviour'].rules[?@.name == 'sync-tools']"
    team = connect("datagrid", ORGANIZATION, seed=1, behaviour=[overlay(tmp_path, rule)])

    server = register(team, authorization="Bearer 1")

    assert ("pending", {}) == (server["status"], server["metadata"])
    assert exists(team, server["authorization_secret_id"])


# Teamspaces


def test_a_key_of_an_organization_ignores_the_teamspace_header(team: JudgedClient) -> None:
    server = register(team)

    for asked in (TEAM_1, TEAM_2, TEAM_9, "nonsense"):
        assert [server["id"]] == listed(team, **{"Datagrid-Teamspace": asked})
        identity = team.get(f"{V1}/identity", headers={"Datagrid-Teamspace": asked}).json()
        assert ("identity", TEAM_1) == (identity["object"], identity["current_teamspace_id"])


@pytest.mark.parametrize(
    ("credential", "asked", "found"),
    [
        (ACCOUNT, None, TEAM_2), (ACCOUNT, TEAM_2, TEAM_2), (ACCOUNT, TEAM_3, TEAM_3), (ACCOUNT, TEAM_1, TEAM_2),
        (ACCOUNT, TEAM_9, TEAM_2), (ACCOUNT, "", TEAM_2),
        (JWT, None, TEAM_1), (JWT, TEAM_2, TEAM_2), (JWT, TEAM_3, TEAM_1),
    ],
)  # fmt: skip
def test_the_header_selects_a_teamspace_of_the_caller_or_else_the_home(
    connect: Connect, credential: str, asked: str | None, found: str
) -> None:
    caller = connect("datagrid", credential, seed=1)
    headers = {} if asked is None else {"Datagrid-Teamspace": asked}

    assert found == caller.get(f"{V1}/identity", headers=headers).json()["current_teamspace_id"]
    made = caller.post(SERVERS, json=MINIMAL, headers=headers).json()["id"]
    assert [made] == [item["id"] for item in caller.get("/_mock/state").json()["datagrid"][found]["mcp-server"]]


def test_the_identity_lists_every_teamspace_of_the_caller(connect: Connect) -> None:
    identity = connect("datagrid", ACCOUNT, seed=1).get(f"{V1}/identity").json()

    assert [TEAM_2, TEAM_3] == [entry["teamspace_id"] for entry in identity["teamspaces"]]


def test_teamspaces_never_see_each_others_servers_and_secrets(connect: Connect) -> None:
    app = mockserver.create_app("datagrid", seed=1)
    team, other = connect("datagrid", ORGANIZATION, app), connect("datagrid", OTHER, app)
    server = register(team, authorization="Bearer 1")

    assert [] == listed(other)
    for address in (f"{SERVERS}/{server['id']}", f"{SECRETS}/{server['authorization_secret_id']}"):
        assert [404, 404] == [other.get(address).status_code, other.delete(address).status_code]
    assert 404 == other.patch(f"{SERVERS}/{server['id']}", json={"name": "taken"}).status_code
    assert [server] == team.get(SERVERS).json()["data"]


def test_an_unlisted_key_has_a_teamspace_of_its_own(connect: Connect) -> None:
    app = mockserver.create_app("datagrid", seed=1)
    one, two = connect("datagrid", "dg_live_one", app), connect("datagrid", "dg_live_two", app)
    server = register(one)

    assert ([server["id"]], []) == (listed(one), listed(two, **{"Datagrid-Teamspace": TEAM_1}))


# Rate limit


def test_every_reply_but_401_has_the_rate_limit_headers(team: JudgedClient) -> None:
    replies = [
        team.get(SERVERS), team.post(SERVERS, json={}), team.post(SERVERS, json=MINIMAL), team.get(f"{SECRETS}/none"),
        team.post(SERVERS, content="{", headers={"content-type": "text/plain"}),
    ]  # fmt: skip

    assert [200, 400, 201, 404, 415] == [reply.status_code for reply in replies]
    assert ["199", "199", "198", "199", "197"] == [reply.headers["x-ratelimit-remaining"] for reply in replies]
    assert {"200"} == {reply.headers["x-ratelimit-limit"] for reply in replies}
    assert not [reply for reply in replies if "retry-after" in reply.headers]


def test_the_two_hundred_and_first_request_is_refused_as_documented(team: JudgedClient) -> None:
    allowed = [team.get(SERVERS) for _ in range(200)]
    refused = team.get(SERVERS)

    assert Counter({200: 200}) == Counter(reply.status_code for reply in allowed)
    assert [str(n) for n in range(199, -1, -1)] == [reply.headers["x-ratelimit-remaining"] for reply in allowed]
    assert ["retry-after" in reply.headers for reply in allowed] == [False] * 199 + [True]
    assert (429, "0") == (refused.status_code, refused.headers["x-ratelimit-remaining"])
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    body = refused.json()
    assert {
        "status_code": 429, "statusCode": 429, "error": "rate_limit_exceeded", "message": "Rate limit exceeded",
        "retryable": True,
    }.items() <= body.items()  # fmt: skip
    assert body["mitigation"]
    assert body["details"]["reason"]


def test_the_window_slides(connect: Connect) -> None:
    clock = SteppingClock(step=0)
    team = connect("datagrid", ORGANIZATION, seed=1, clock=clock)

    def ask(times: int) -> Counter[int]:
        return Counter(team.get(SERVERS).status_code for _ in range(times))

    assert {200: 100} == ask(100)
    clock.advance(30)
    assert {200: 100, 429: 1} == ask(101)
    clock.advance(29.9)
    assert {429: 1} == ask(1)
    clock.advance(0.1)
    assert {200: 100, 429: 1} == ask(101)


def test_the_reset_header_is_when_the_next_request_is_allowed(connect: Connect) -> None:
    clock = SteppingClock(step=0)
    team = connect("datagrid", ORGANIZATION, seed=1, clock=clock)
    for _ in range(200):
        team.get(SERVERS)

    refused = team.get(SERVERS).headers

    assert int(refused["x-ratelimit-reset"]) == clock.now() + 60 == clock.now() + int(refused["retry-after"])
    clock.advance(int(refused["retry-after"]))
    assert 200 == team.get(SERVERS).status_code


def test_the_limit_is_counted_for_each_teamspace_path_and_method(connect: Connect) -> None:
    account = connect("datagrid", ACCOUNT, seed=1)
    server = register(account)
    for _ in range(200):
        account.get(SERVERS)

    assert 429 == account.get(SERVERS).status_code
    assert 200 == account.get(SERVERS, headers={"Datagrid-Teamspace": TEAM_3}).status_code
    assert 200 == account.get(f"{SERVERS}/{server['id']}").status_code
    assert 201 == account.post(SERVERS, json=MINIMAL).status_code


def test_without_limits_the_headers_stay(connect: Connect) -> None:
    team = connect("datagrid", ORGANIZATION, seed=1, limits=False)

    assert {(200, "200")} == {
        (reply.status_code, reply.headers["x-ratelimit-remaining"]) for reply in (team.get(SERVERS) for _ in range(202))
    }


# Repeatable


def test_the_same_seed_and_requests_give_the_same_bytes(connect: Connect) -> None:
    def journey() -> list[bytes]:
        team = connect("datagrid", ORGANIZATION, seed=7)
        server = register(team, authorization="Bearer 1")
        return [team.get(SERVERS).content, team.patch(f"{SERVERS}/{server['id']}", json={"authorization": "x"}).content]

    assert journey() == journey()


def test_times_are_written_as_in_rfc_3339(team: JudgedClient) -> None:
    server = register(team)

    for written in (server["created_at"], server["updated_at"], server["metadata"]["last_synced_at"]):
        assert datetime.fromisoformat(written).tzinfo is not None
