"""Piper's MCP servers behave as Piper documents."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

import mockserver
from mockserver.mcp_sync.prober import McpConnection, Outcome
from mockserver.mcp_sync.simulated import SimulatedProber
from mockserver.mcp_sync.sync import McpSync
from tests.judge import JudgedClient
from tests.vendors.conftest import Attentive, Connect, Overlay

ADMIN, EDITOR, VIEWER = "pat_sandbox_admin", "pat_sandbox_editor", "pat_sandbox_viewer"
OTHER_ADMIN = "pat_sandbox_other_admin"
ORGANIZATION = "/piper/v1/orgs/3c90c3cc-0d44-4b50-8888-8dd25736052a"
OTHER_ORGANIZATION = "/piper/v1/orgs/a3f1c2d4-6b58-4e7f-8a90-1b2c3d4e5f60"
SERVERS = f"{ORGANIZATION}/mcp-servers/"
AGENT = "7d1e2c64-3b0a-4d55-9a0f-2f8f0a6f9e31"
NOBODY = "00000000-0000-4000-8000-000000000000"
BEARER = "https://bearer.mcp.example/mcp"
TESTS = ["inline", "saved"]


@pytest.fixture
def admin(connect: Connect) -> JudgedClient:
    return connect("piper", ADMIN, seed=1)


def register(client: JudgedClient, url: str = "https://mcp.example.com/mcp", **fields: Any) -> dict[str, Any]:
    reply = client.post(SERVERS, json={"name": "Docs search", "url": url, **fields})
    assert 201 == reply.status_code, reply.text
    item: dict[str, Any] = reply.json()
    return item


def at(server: dict[str, Any]) -> str:
    return SERVERS + str(server["id"])


def assigned(agent: str = AGENT, organization: str = ORGANIZATION) -> str:
    return f"{organization}/agents/{agent}/mcp-servers"


def saved_test(client: JudgedClient, server: dict[str, Any]) -> Any:
    return client.post(at(server) + ":test")


def inline_test(client: JudgedClient, **body: Any) -> Any:
    return client.post(SERVERS + "test", json=body)


def names(reply: Any) -> list[str]:
    assert 200 == reply.status_code, reply.text
    return [tool["name"] for tool in reply.json()["tools"]]


def test_a_new_server_has_every_documented_field(admin: JudgedClient) -> None:
    server = register(admin)

    assert "4" == str(UUID(server.pop("id")).version)
    assert server.pop("created_at") == server.pop("updated_at")
    assert {
        "organization_id": "3c90c3cc-0d44-4b50-8888-8dd25736052a",
        "created_by_user_id": "9b2d7f1e-55c3-4e0a-9c54-6a1c2c1b7d20", "name": "Docs search", "description": None,
        "url": "https://mcp.example.com/mcp", "transport": "streamable_http", "auth_type": None,
        "auth_header_name": None, "has_auth": False, "tool_prefix": None, "timeout_seconds": 30, "is_active": True,
    } == server  # fmt: skip


def test_sent_values_are_stored_except_the_token_and_what_the_service_sets(admin: JudgedClient) -> None:
    given = {
        "name": "n", "url": "u", "description": "d", "auth_type": "header", "auth_header_name": "X-Api-Key",
        "tool_prefix": "docs", "timeout_seconds": 300, "is_active": False,
    }  # fmt: skip

    mine = {"id": NOBODY, "transport": "sse", "has_auth": False, "created_at": "never"}
    reply = admin.post(SERVERS, json={**given, "auth_token": "s3cret", **mine}).json()

    assert given == {name: reply[name] for name in given}
    assert ("streamable_http", True) == (reply["transport"], reply["has_auth"])
    assert NOBODY != reply["id"]
    assert reply == admin.get(SERVERS + reply["id"]).json()


def test_the_token_is_in_no_reply_and_masked_in_the_state_view(admin: JudgedClient) -> None:
    server = register(admin, BEARER, auth_token="s3cret")
    admin.put(assigned(), json={"servers": [{"server_id": server["id"]}]})

    replies = [
        admin.get(at(server)), admin.get(SERVERS), admin.put(at(server), json={"auth_token": "s3cret-new"}),
        saved_test(admin, server), inline_test(admin, url=BEARER, server_id=server["id"]),
        inline_test(admin, url="https://error.mcp.example", auth_token="s3cret"), admin.get(assigned()),
        admin.get("/_mock/state"),
    ]  # fmt: skip

    assert [] == [reply.text for reply in replies if "s3cret" in reply.text or "auth_token" in reply.json()]


def test_creating_queries_no_server(connect: Connect) -> None:
    class Silent(SimulatedProber):
        def probe(self, connection: McpConnection) -> Outcome:
            raise AssertionError("create must not connect")

    register(connect("piper", ADMIN, outside=McpSync(Silent())))


@pytest.mark.parametrize(
    ("field", "value", "type", "message"),
    [
        ("name", "", "string_too_short", "String should have at least 1 character"),
        ("name", "x" * 256, "string_too_long", "String should have at most 255 characters"),
        ("name", 7, "string_type", "Input should be a valid string"),
        ("name", None, "string_type", "Input should be a valid string"),
        ("url", "x" * 2049, "string_too_long", "String should have at most 2048 characters"),
        ("description", "x" * 5001, "string_too_long", "String should have at most 5000 characters"),
        ("auth_type", "basic", "string_pattern_mismatch", "String should match pattern '^(bearer|header)$'"),
        ("auth_header_name", "x" * 256, "string_too_long", "String should have at most 255 characters"),
        ("auth_token", "", "string_too_short", "String should have at least 1 character"),
        ("tool_prefix", "x" * 51, "string_too_long", "String should have at most 50 characters"),
        ("timeout_seconds", 0, "greater_than_equal", "Input should be greater than or equal to 1"),
        ("timeout_seconds", 301, "less_than_equal", "Input should be less than or equal to 300"),
        ("timeout_seconds", None, "int_parsing", None),
        ("is_active", "perhaps", "bool_parsing", None),
    ],
)
def test_a_value_out_of_bounds_is_reported_in_fastapis_format(
    admin: JudgedClient, field: str, value: Any, type: str, message: str | None
) -> None:
    reply = admin.post(SERVERS, json={"name": "n", "url": "u", field: value})

    [told] = reply.json()["detail"]
    assert (422, ["body", field], type) == (reply.status_code, told["loc"], told["type"])
    assert message in (None, told["msg"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 255), ("url", "x" * 2048), ("description", "x" * 5000), ("auth_header_name", "x" * 255),
        ("tool_prefix", "x" * 50), ("timeout_seconds", 1), ("timeout_seconds", 300), ("auth_type", "bearer"),
        ("auth_type", None), ("auth_token", None), ("url", ""),
    ],
)  # fmt: skip
def test_a_value_at_its_limit_is_accepted(admin: JudgedClient, field: str, value: Any) -> None:
    assert 201 == admin.post(SERVERS, json={"name": "n", "url": "u", field: value}).status_code


def test_all_invalid_values_are_reported_at_once(admin: JudgedClient) -> None:
    reply = admin.post(SERVERS, json={"timeout_seconds": 0})

    told = {(*fault["loc"], fault["type"]) for fault in reply.json()["detail"]}
    assert {
        ("body", "name", "missing"), ("body", "url", "missing"), ("body", "timeout_seconds", "greater_than_equal")
    } == told  # fmt: skip


def test_a_body_that_is_not_json_is_a_422_too(admin: JudgedClient) -> None:
    reply = admin.post(SERVERS, content=b'{"name": }', headers={"content-type": "application/json"})

    [told] = reply.json()["detail"]
    assert (422, "json_invalid", "JSON decode error") == (reply.status_code, told["type"], told["msg"])
    assert ["body", 9] == told["loc"]


def test_no_body_at_all_is_missing(admin: JudgedClient) -> None:
    reply = admin.post(SERVERS)

    expected = {"detail": [{"loc": ["body"], "msg": "Field required", "type": "missing"}]}
    assert (422, expected) == (reply.status_code, reply.json())


@pytest.mark.parametrize(
    ("path", "parameter"),
    [("/piper/v1/orgs/acme/mcp-servers/", "org_id"), (SERVERS + "docs", "server_id"), (assigned("x"), "agent_id")],
)
def test_the_error_names_the_parameter_that_is_no_uuid(admin: JudgedClient, path: str, parameter: str) -> None:
    reply = admin.get(path)

    expected = {"loc": ["path", parameter], "msg": "Input should be a valid UUID", "type": "uuid_parsing"}
    assert (422, [expected]) == (reply.status_code, reply.json()["detail"])


def test_a_list_counts_all_and_shows_a_page(admin: JudgedClient) -> None:
    made = [register(admin, name=f"server {n}")["id"] for n in range(5)]

    page = admin.get(SERVERS, params={"limit": 2, "offset": 3}).json()

    assert (made[3:5], 5) == ([server["id"] for server in page["servers"]], page["total"])
    assert {"servers": [], "total": 5} == admin.get(SERVERS, params={"offset": 5}).json()
    assert made == [server["id"] for server in admin.get(SERVERS).json()["servers"]]


def test_a_page_has_a_hundred_servers_by_default(admin: JudgedClient) -> None:
    for _ in range(101):
        register(admin)

    page = admin.get(SERVERS).json()

    assert (100, 101) == (len(page["servers"]), page["total"])
    assert 101 == len(admin.get(SERVERS, params={"limit": 500}).json()["servers"])


@pytest.mark.parametrize(
    ("query", "type"),
    [
        ({"limit": 0}, "greater_than_equal"), ({"limit": 501}, "less_than_equal"), ({"limit": "x"}, "int_parsing"),
        ({"offset": -1}, "greater_than_equal"), ({"include_inactive": "perhaps"}, "bool_parsing"),
    ],
)  # fmt: skip
def test_an_impossible_page_is_refused(admin: JudgedClient, query: dict[str, Any], type: str) -> None:
    reply = admin.get(SERVERS, params=query)

    [told] = reply.json()["detail"]
    assert (422, ["query", *query], type) == (reply.status_code, told["loc"], told["type"])


def test_inactive_servers_are_listed_only_on_request(admin: JudgedClient) -> None:
    active, inactive = register(admin), register(admin, is_active=False)

    def listed(**query: Any) -> tuple[list[str], int]:
        page = admin.get(SERVERS, params=query).json()
        return [server["id"] for server in page["servers"]], page["total"]

    assert ([active["id"]], 1) == listed() == listed(include_inactive="false")
    assert ([active["id"], inactive["id"]], 2) == listed(include_inactive="true")
    assert inactive == admin.get(at(inactive)).json()

    admin.put(at(inactive), json={"is_active": True})
    assert ([active["id"], inactive["id"]], 2) == listed()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_collection_without_its_slash_redirects(admin: JudgedClient, method: str) -> None:
    reply = admin.request(method, SERVERS.rstrip("/"), params={"limit": "7"}, json={"name": "n", "url": "u"})

    assert (307, f"{SERVERS}?limit=7") == (reply.status_code, reply.headers["location"])
    followed = admin.request(method, reply.headers["location"], json={"name": "n", "url": "u"})
    assert followed.is_success


@pytest.mark.parametrize("path", [SERVERS + NOBODY, SERVERS + "test", assigned()])
def test_an_item_with_a_slash_redirects_to_the_one_without(admin: JudgedClient, path: str) -> None:
    reply = admin.get(path + "/")

    assert (307, path) == (reply.status_code, reply.headers["location"])


def test_put_changes_the_sent_fields_only(admin: JudgedClient) -> None:
    before = register(admin, description="d", tool_prefix="p", auth_token="t")

    after = admin.put(at(before), json={"name": "Renamed", "description": None}).json()

    assert {"name": "Renamed", "description": None, "updated_at": after["updated_at"]} == {
        name: after[name] for name in after if after[name] != before[name]
    }
    assert before["updated_at"] < after["updated_at"]
    assert after == admin.get(at(before)).json()


def test_an_empty_put_changes_only_the_time(admin: JudgedClient) -> None:
    before = register(admin)

    after = admin.put(at(before), json={}).json()

    assert before | {"updated_at": after["updated_at"]} == after


def test_has_auth_follows_the_token(admin: JudgedClient) -> None:
    server = register(admin)

    seen = [
        admin.put(at(server), json=change).json()["has_auth"]
        for change in ({"auth_token": "t"}, {"name": "n"}, {"auth_token": None}, {"has_auth": True})
    ]

    assert [True, True, False, False] == seen


def test_put_takes_any_auth_type_because_its_page_shows_no_pattern(admin: JudgedClient) -> None:
    assert "basic" == admin.put(at(register(admin)), json={"auth_type": "basic"}).json()["auth_type"]


def test_a_deleted_server_is_gone(admin: JudgedClient) -> None:
    server = register(admin)

    gone = admin.delete(at(server))

    assert (204, b"") == (gone.status_code, gone.content)
    missing = {"detail": "MCP server not found"}
    for method, path in (("GET", at(server)), ("DELETE", at(server)), ("POST", at(server) + ":test")):
        reply = admin.request(method, path)
        assert (404, missing) == (reply.status_code, reply.json())
    assert 404 == admin.put(at(server), json={}).status_code
    assert {"servers": [], "total": 0} == admin.get(SERVERS).json()


ALL, WRITERS = {ADMIN, EDITOR, VIEWER}, {ADMIN, EDITOR}
OPERATIONS: list[tuple[str, str, Any, set[str]]] = [
    ("GET", SERVERS, None, ALL),
    ("POST", SERVERS, {"name": "n", "url": "u"}, WRITERS),
    ("GET", SERVERS + "{id}", None, ALL),
    ("PUT", SERVERS + "{id}", {}, WRITERS),
    ("POST", SERVERS + "{id}:test", None, ALL),
    ("POST", SERVERS + "test", {"url": "u"}, WRITERS),
    ("GET", assigned(), None, ALL),
    ("PUT", assigned(), {"servers": []}, WRITERS),
    ("DELETE", SERVERS + "{id}", None, WRITERS),
]


@pytest.mark.parametrize("token", sorted(ALL))
@pytest.mark.parametrize(("method", "path", "body", "allowed"), OPERATIONS)
def test_a_token_can_do_what_its_permissions_allow(
    connect: Connect, token: str, method: str, path: str, body: Any, allowed: set[str]
) -> None:
    app = mockserver.create_app("piper")
    server = register(connect("piper", ADMIN, app))

    reply = connect("piper", token, app).request(method, path.format(id=server["id"]), json=body)

    if token in allowed:
        assert reply.is_success
    else:
        assert (403, {"detail": "Not enough permissions"}) == (reply.status_code, reply.json())


@pytest.mark.parametrize("credential", ["", "Bearer x", "Basic pat_sandbox_admin", "pat_sandbox_admin"])
def test_no_token_or_a_wrong_one_is_not_authenticated(admin: JudgedClient, credential: str) -> None:
    reply = admin.get(SERVERS, headers={"authorization": credential})

    assert (401, {"detail": "Not authenticated"}) == (reply.status_code, reply.json())


@pytest.mark.parametrize("token", ["pat_anything", "ppat_personal"])
def test_any_token_of_the_documented_form_is_accepted(connect: Connect, token: str) -> None:
    assert 200 == connect("piper", token).get(SERVERS).status_code


def test_another_organization_is_forbidden(connect: Connect) -> None:
    app = mockserver.create_app("piper")
    mine, theirs = connect("piper", ADMIN, app), connect("piper", OTHER_ADMIN, app)
    server = register(mine)

    for method, path, body, _ in OPERATIONS:
        assert 403 == theirs.request(method, path.format(id=server["id"]), json=body).status_code
    assert 403 == mine.get(f"{OTHER_ORGANIZATION}/mcp-servers/").status_code
    assert server == mine.get(at(server)).json()


def test_a_server_is_not_found_in_another_organization(connect: Connect) -> None:
    app = mockserver.create_app("piper")
    server = register(connect("piper", ADMIN, app))
    theirs = connect("piper", OTHER_ADMIN, app)

    own = f"{OTHER_ORGANIZATION}/mcp-servers"
    body = {"url": "u", "server_id": server["id"]}

    assert 404 == theirs.get(f"{own}/{server['id']}").status_code
    assert 404 == theirs.post(f"{own}/{server['id']}:test").status_code
    assert 404 == theirs.post(f"{own}/test", json=body).status_code
    entry = {"servers": [{"server_id": server["id"]}]}
    assert 404 == theirs.put(assigned(organization=OTHER_ORGANIZATION), json=entry).status_code
    assert 0 == theirs.get(f"{own}/").json()["total"]


def test_a_test_lists_the_servers_tools(admin: JudgedClient) -> None:
    server = register(admin)

    tools = saved_test(admin, server).json()["tools"]

    assert [{"name", "description", "input_schema"}] * len(tools) == [set(tool) for tool in tools]
    assert len(tools) > 0
    assert tools == inline_test(admin, url=server["url"]).json()["tools"]


def test_a_test_of_unsaved_values_saves_nothing(admin: JudgedClient) -> None:
    inline_test(admin, url="https://mcp.example.com/mcp", tool_prefix="p")

    assert {} == admin.get("/_mock/state").json()["piper"]


def test_a_test_leaves_the_server_as_it_was(admin: JudgedClient) -> None:
    server = register(admin, is_active=False)

    saved_test(admin, server)
    inline_test(admin, url="https://elsewhere.example.com", server_id=server["id"])

    assert server == admin.get(at(server)).json()


def test_the_tool_prefix_comes_before_the_names(admin: JudgedClient) -> None:
    plain, prefixed = register(admin), register(admin, tool_prefix="docs")
    tools = names(saved_test(admin, plain))

    assert [f"docs_{name}" for name in tools] == names(saved_test(admin, prefixed))
    assert [f"x_{name}" for name in tools] == names(inline_test(admin, url=plain["url"], tool_prefix="x"))


def test_names_have_no_prefix_without_the_rule_that_adds_it(connect: Connect, overlay: Overlay) -> None:
    saved = "$.paths['/v1/orgs/{org_id}/mcp-servers/{server_id}:test'].post['x-behaviour'].rules"
    without = overlay({"target": saved + "[?@.name=='prefix-tools']", "remove": True})
    client = connect("piper", ADMIN, behaviour=without)

    assert names(inline_test(client, url="https://mcp.example.com/mcp")) == names(
        saved_test(client, register(client, tool_prefix="docs"))
    )


def test_a_test_by_the_saved_servers_id_uses_its_token(admin: JudgedClient) -> None:
    server = register(admin, auth_token="t")

    assert 502 == inline_test(admin, url=BEARER).status_code
    assert 200 == inline_test(admin, url=BEARER, server_id=server["id"]).status_code
    admin.put(at(server), json={"auth_token": None})
    assert 502 == inline_test(admin, url=BEARER, server_id=server["id"]).status_code


def test_without_the_rule_the_saved_token_is_not_used(connect: Connect, overlay: Overlay) -> None:
    inline = "$.paths['/v1/orgs/{org_id}/mcp-servers/test'].post['x-behaviour'].rules"
    without = overlay({"target": inline + "[?@.name=='fall-back-on-stored-token']", "remove": True})
    client = connect("piper", ADMIN, behaviour=without)
    server = register(client, auth_token="t")

    assert 502 == inline_test(client, url=BEARER, server_id=server["id"]).status_code


def test_a_test_by_an_unknown_id_is_not_found(admin: JudgedClient) -> None:
    reply = inline_test(admin, url=BEARER, auth_token="t", server_id=NOBODY)

    assert (404, {"detail": "MCP server not found"}) == (reply.status_code, reply.json())


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({}, ()),
        ({"auth_type": "bearer"}, ()),
        ({"auth_token": "t"}, (("Authorization", "Bearer t"),)),
        ({"auth_type": "bearer", "auth_token": "t"}, (("Authorization", "Bearer t"),)),
        ({"auth_type": "header", "auth_header_name": "X-Key", "auth_token": "t"}, (("X-Key", "t"),)),
        ({"auth_type": "header", "auth_token": "t"}, (("Authorization", "t"),)),
    ],
)
@pytest.mark.parametrize("how", TESTS)
def test_the_token_is_sent_as_its_type_says(
    connect: Connect, how: str, fields: dict[str, Any], headers: tuple[tuple[str, str], ...]
) -> None:
    prober = Attentive()
    client = connect("piper", ADMIN, outside=McpSync(prober))
    if how == "saved":
        saved_test(client, register(client, timeout_seconds=7, **fields))
    else:
        inline_test(client, url="https://mcp.example.com/mcp", timeout_seconds=7, **fields)

    [connection] = prober.asked
    assert ("https://mcp.example.com/mcp", headers, 7.0) == (connection.url, connection.headers, connection.timeout)


@pytest.mark.parametrize(
    ("own", "headers"),
    [
        ({}, (("X-Key", "saved"),)),
        ({"auth_type": "bearer"}, (("Authorization", "Bearer saved"),)),
        ({"auth_header_name": "X-Other"}, (("X-Other", "saved"),)),
        ({"auth_token": "mine"}, (("Authorization", "Bearer mine"),)),
    ],
)
def test_the_saved_servers_token_is_sent_as_it_is_saved_unless_the_body_says_otherwise(
    connect: Connect, own: dict[str, str], headers: tuple[tuple[str, str], ...]
) -> None:
    prober = Attentive()
    client = connect("piper", ADMIN, outside=McpSync(prober))
    server = register(client, auth_type="header", auth_header_name="X-Key", auth_token="saved")

    inline_test(client, url="https://elsewhere.example.com", server_id=server["id"], **own)

    assert [("https://elsewhere.example.com", headers)] == [(seen.url, seen.headers) for seen in prober.asked]


@pytest.mark.parametrize("marker", ["bearer", "custom", "oauth"])
@pytest.mark.parametrize("how", TESTS)
def test_the_required_token_connects(admin: JudgedClient, how: str, marker: str) -> None:
    def status(**token: str) -> int:
        url = f"https://{marker}.mcp.example"
        reply = (
            saved_test(admin, register(admin, url, **token)) if how == "saved" else inline_test(admin, url=url, **token)
        )
        return int(reply.status_code)

    assert [502, 200] == [status(), status(auth_token="t")]


@pytest.mark.parametrize(
    ("marker", "told"),
    [
        ("unreachable", "No connection to unreachable.mcp.example: connection refused."),
        ("timeout", "timeout.mcp.example did not answer within 30 seconds."),
        ("error", "The server answered 500 Internal Server Error."),
        ("oauth", "The server asks for OAuth authorization."),
        ("pending", "The server is still being asked."),
    ],
)
@pytest.mark.parametrize("how", TESTS)
def test_a_failed_test_is_a_502_that_says_why(admin: JudgedClient, how: str, marker: str, told: str) -> None:
    url = f"https://{marker}.mcp.example"

    reply = saved_test(admin, register(admin, url)) if how == "saved" else inline_test(admin, url=url)

    assert (502, {"detail": told}) == (reply.status_code, reply.json())


def test_an_overlay_can_change_the_reply_to_a_failed_test(connect: Connect, overlay: Overlay) -> None:
    other = {"status": 422, "body": {"detail": [{"loc": ["body", "url"], "msg": "{message}", "type": "unreachable"}]}}
    mine = overlay({"target": "$['x-service'].errors['bad-gateway']", "update": other})

    reply = inline_test(connect("piper", ADMIN, behaviour=mine), url="https://error.mcp.example")

    assert (422, "unreachable") == (reply.status_code, reply.json()["detail"][0]["type"])


def test_a_server_with_sse_only_is_tested_too(admin: JudgedClient) -> None:
    assert 200 == inline_test(admin, url="https://sse.mcp.example").status_code


def test_an_agent_has_the_servers_that_were_assigned_in_their_order(admin: JudgedClient) -> None:
    first, second = register(admin), register(admin, auth_token="t")
    assert {"servers": []} == admin.get(assigned()).json()

    body = {"servers": [{"server_id": second["id"], "is_enabled": False}, {"server_id": first["id"]}]}
    replaced = admin.put(assigned(), json=body).json()

    expected = [{"server": second, "is_enabled": False}, {"server": first, "is_enabled": True}]
    assert {"servers": expected} == replaced == admin.get(assigned()).json()
    assert {"servers": []} == admin.get(assigned(NOBODY)).json()


def test_an_agents_list_is_replaced_as_a_whole(admin: JudgedClient) -> None:
    first, second = register(admin), register(admin)
    for server in (first, second):
        admin.put(assigned(), json={"servers": [{"server_id": server["id"]}]})

    assert [second] == [entry["server"] for entry in admin.get(assigned()).json()["servers"]]
    assert {"servers": []} == admin.put(assigned(), json={"servers": []}).json()


def test_the_last_entry_for_a_server_counts(admin: JudgedClient) -> None:
    id = register(admin)["id"]

    body = {"servers": [{"server_id": id, "is_enabled": True}, {"server_id": id, "is_enabled": False}]}

    assert [False] == [entry["is_enabled"] for entry in admin.put(assigned(), json=body).json()["servers"]]


def test_an_agent_shows_its_servers_as_they_are_now(admin: JudgedClient) -> None:
    server = register(admin)
    admin.put(assigned(), json={"servers": [{"server_id": server["id"]}]})

    renamed = admin.put(at(server), json={"name": "Renamed"}).json()
    assert [renamed] == [entry["server"] for entry in admin.get(assigned()).json()["servers"]]

    admin.delete(at(server))
    assert {"servers": []} == admin.get(assigned()).json()
    assert "agent-mcp-server" not in str(admin.get("/_mock/state").json())


def test_a_list_with_an_unknown_server_is_refused_and_changes_nothing(admin: JudgedClient) -> None:
    server = register(admin)
    admin.put(assigned(), json={"servers": [{"server_id": server["id"]}]})

    reply = admin.put(assigned(), json={"servers": [{"server_id": NOBODY}]})

    assert (404, {"detail": "MCP server not found"}) == (reply.status_code, reply.json())
    assert [server] == [entry["server"] for entry in admin.get(assigned()).json()["servers"]]


def test_an_agent_has_at_most_fifty_servers(admin: JudgedClient) -> None:
    entries = [{"server_id": register(admin)["id"]} for _ in range(51)]

    over = admin.put(assigned(), json={"servers": entries})

    assert (422, "too_long") == (over.status_code, over.json()["detail"][0]["type"])
    assert 50 == len(admin.put(assigned(), json={"servers": entries[:50]}).json()["servers"])


@pytest.mark.parametrize(
    ("method", "path", "status", "detail"),
    [
        ("GET", "/piper/v1/nothing", 404, "Not Found"),
        ("PATCH", SERVERS, 405, "Method Not Allowed"),
        ("GET", SERVERS + "test", 405, "Method Not Allowed"),
    ],
)
def test_an_unknown_path_or_method_is_refused_in_fastapis_format(
    admin: JudgedClient, method: str, path: str, status: int, detail: str
) -> None:
    reply = admin.request(method, path)

    assert (status, {"detail": detail}) == (reply.status_code, reply.json())


def test_the_same_seed_gives_the_same_bytes(connect: Connect) -> None:
    def run() -> list[str]:
        client = connect("piper", ADMIN, seed=5)
        server = register(client)
        return [client.get(at(server)).text, saved_test(client, server).text]

    assert run() == run()
