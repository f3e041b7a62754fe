"""Piper against a simple model: two organizations, their servers, and the servers of their agents."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

import mockserver
from tests.judge import JudgedClient

KEYS = {
    "3c90c3cc-0d44-4b50-8888-8dd25736052a": "pat_sandbox_editor",
    "a3f1c2d4-6b58-4e7f-8a90-1b2c3d4e5f60": "pat_sandbox_other_admin",
}
AGENTS = ["7d1e2c64-3b0a-4d55-9a0f-2f8f0a6f9e31", "c2b8e5f1-0d97-4a36-b8e4-3f6a1d7c9b52"]
ORGANIZATIONS = st.sampled_from(sorted(KEYS))
WELL, GUARDED, BROKEN = "https://mcp.example.com/mcp", "https://bearer.mcp.example", "https://error.mcp.example"
ADDRESSES = st.sampled_from([WELL, GUARDED, BROKEN])
TOKENS = st.none() | st.just("s3cret")
FIELDS = {
    "name": st.text(min_size=1, max_size=255),
    "url": ADDRESSES,
    "description": st.none() | st.text(max_size=50),
    "auth_token": TOKENS,
    "tool_prefix": st.none() | st.sampled_from(["docs", "x"]),
    "timeout_seconds": st.integers(1, 300),
    "is_active": st.booleans(),
}
DEFAULTS = {"description": None, "auth_token": None, "tool_prefix": None, "timeout_seconds": 30, "is_active": True}
BODIES = st.fixed_dictionaries(
    {name: FIELDS[name] for name in ("name", "url")},
    optional={name: FIELDS[name] for name in FIELDS if name not in ("name", "url")},
)
CHANGES = st.fixed_dictionaries({}, optional=FIELDS)
Server = tuple[str, str]


class Organizations(RuleBasedStateMachine):
    """The model is a map of id to fields for each organization, oldest first, and the lists of the agents."""

    servers = Bundle("servers")

    @initialize()
    def open(self) -> None:
        app = mockserver.create_app("piper")
        self.clients = {
            tenant: JudgedClient(app, "piper", {"Authorization": f"Bearer {key}"}) for tenant, key in KEYS.items()
        }
        self.model: dict[str, dict[str, dict[str, Any]]] = {tenant: {} for tenant in KEYS}
        self.agents: dict[tuple[str, str], dict[str, bool]] = {(t, agent): {} for t in KEYS for agent in AGENTS}

    def teardown(self) -> None:
        for client in getattr(self, "clients", {}).values():
            client.__exit__(None, None, None)

    @rule(target=servers, tenant=ORGANIZATIONS, body=BODIES)
    def create(self, tenant: str, body: dict[str, Any]) -> Server:
        reply = self.clients[tenant].post(servers_of(tenant), json=body)
        assert 201 == reply.status_code
        id = str(reply.json()["id"])
        self.model[tenant][id] = DEFAULTS | body
        return tenant, id

    @rule(server=servers, change=CHANGES)
    def update(self, server: Server, change: dict[str, Any]) -> None:
        tenant, id = server
        reply = self.clients[tenant].put(servers_of(tenant, id), json=change)
        assert 200 == reply.status_code
        self.model[tenant][id] |= change
        assert seen(self.model[tenant][id]) == {name: reply.json()[name] for name in seen(self.model[tenant][id])}

    @rule(server=consumes(servers))
    def remove(self, server: Server) -> None:
        tenant, id = server
        path = servers_of(tenant, id)
        assert [204, 404] == [self.clients[tenant].delete(path).status_code for _ in range(2)]
        assert 404 == self.clients[tenant].get(path).status_code
        del self.model[tenant][id]
        for (owner, _), assigned in self.agents.items():
            if owner == tenant:
                assigned.pop(id, None)

    @rule(server=servers, tenant=ORGANIZATIONS)
    def read(self, server: Server, tenant: str) -> None:
        owner, id = server
        assert (200 if owner == tenant else 403) == self.clients[tenant].get(servers_of(owner, id)).status_code
        assert (200 if owner == tenant else 404) == self.clients[tenant].get(servers_of(tenant, id)).status_code

    @rule(server=servers)
    def test_saved(self, server: Server) -> None:
        tenant, id = server
        item = self.model[tenant][id]
        reply = self.clients[tenant].post(servers_of(tenant, id) + ":test")
        assert expected_status(item["url"], item["auth_token"]) == reply.status_code
        if item["tool_prefix"] and reply.is_success:
            assert all(tool["name"].startswith(item["tool_prefix"] + "_") for tool in reply.json()["tools"])

    @rule(server=servers, url=ADDRESSES, token=TOKENS)
    def test_inline(self, server: Server, url: str, token: str | None) -> None:
        tenant, id = server
        body = {"url": url, "server_id": id, "auth_token": token}
        reply = self.clients[tenant].post(servers_of(tenant, "test"), json=body)
        assert expected_status(url, token or self.model[tenant][id]["auth_token"]) == reply.status_code

    @rule(
        tenant=ORGANIZATIONS, agent=st.sampled_from(AGENTS), chosen=st.lists(servers, max_size=3), enabled=st.booleans()
    )
    def assign(self, tenant: str, agent: str, chosen: list[Server], enabled: bool) -> None:
        body = {"servers": [{"server_id": id, "is_enabled": enabled} for _, id in chosen]}
        reply = self.clients[tenant].put(servers_of_agent(tenant, agent), json=body)
        if all(owner == tenant for owner, _ in chosen):
            self.agents[tenant, agent] = {id: enabled for _, id in chosen}
            assert 200 == reply.status_code
        else:
            assert 404 == reply.status_code

    @rule(tenant=ORGANIZATIONS, limit=st.integers(1, 4), inactive=st.booleans())
    def walk(self, tenant: str, limit: int, inactive: bool) -> None:
        expected = [id for id, item in self.model[tenant].items() if inactive or item["is_active"]]
        found: list[str] = []
        for offset in range(0, len(expected) + 1, limit):
            query = {"limit": limit, "offset": offset, "include_inactive": str(inactive).lower()}
            page = self.clients[tenant].get(servers_of(tenant), params=query).json()
            assert len(expected) == page["total"]
            found += [server["id"] for server in page["servers"]]
        assert expected == found

    @invariant()
    def the_servers_are_what_the_model_says(self) -> None:
        for tenant, expected in getattr(self, "model", {}).items():
            query = {"include_inactive": "true"}
            listed = self.clients[tenant].get(servers_of(tenant), params=query).json()["servers"]
            found = {server["id"]: {name: server[name] for name in seen(expected[server["id"]])} for server in listed}
            assert {id: seen(item) for id, item in expected.items()} == found

    @invariant()
    def the_agents_have_what_was_assigned(self) -> None:
        for (tenant, agent), expected in getattr(self, "agents", {}).items():
            listed = self.clients[tenant].get(servers_of_agent(tenant, agent)).json()["servers"]
            assert list(expected.items()) == [(entry["server"]["id"], entry["is_enabled"]) for entry in listed]


def seen(item: dict[str, Any]) -> dict[str, Any]:
    """What a reader sees of an item of the model: whether there is a token, and not which."""
    shown = {name: value for name, value in item.items() if name != "auth_token"}
    return shown | {"has_auth": item["auth_token"] is not None}


def expected_status(url: str, token: str | None) -> int:
    return {WELL: 200, GUARDED: 200 if token else 502, BROKEN: 502}[url]


def servers_of(tenant: str, id: str = "") -> str:
    return f"/piper/v1/orgs/{tenant}/mcp-servers/{id}"


def servers_of_agent(tenant: str, agent: str) -> str:
    return f"/piper/v1/orgs/{tenant}/agents/{agent}/mcp-servers"


TestOrganizations = Organizations.TestCase
TestOrganizations.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
