"""Basedash against a simple model: two organizations, each with its own administrators."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

import mockserver
from tests.judge import JudgedClient

KEYS = {
    "org_abc123": "bd_key_SandboxAdmin00000000000000000000",
    "org_xyz789": "bd_key_SandboxOther00000000000000000000",
}
ORGANIZATIONS = st.sampled_from(sorted(KEYS))
NAMES = st.text(min_size=1, max_size=120).filter(lambda text: "\ud800" not in text)
ADDRESSES = st.sampled_from(
    ["https://mcp.example.com/mcp", "https://oauth.mcp.example/a", "https://unreachable.mcp.example/b", "any text"]
)


class Organizations(RuleBasedStateMachine):
    """The model is a list of (id, name, address) for each organization, newest first."""

    servers = Bundle("servers")

    @initialize()
    def open(self) -> None:
        self.app = mockserver.create_app("basedash", limits=False)
        self.clients = {
            tenant: JudgedClient(self.app, "basedash", {"Authorization": f"Bearer {key}"})
            for tenant, key in KEYS.items()
        }
        self.model: dict[str, list[dict[str, Any]]] = {tenant: [] for tenant in KEYS}

    def teardown(self) -> None:
        for client in getattr(self, "clients", {}).values():
            client.__exit__(None, None, None)

    @rule(target=servers, tenant=ORGANIZATIONS, name=NAMES, url=ADDRESSES)
    def create(self, tenant: str, name: str, url: str) -> tuple[str, str]:
        reply = self.clients[tenant].post(address(tenant), json={"displayName": name, "serverUrl": url})
        assert 201 == reply.status_code
        self.model[tenant].insert(0, {"id": reply.json()["data"]["id"], "displayName": name, "serverUrl": url})
        return tenant, reply.json()["data"]["id"]

    @rule(server=servers, name=NAMES)
    def rename(self, server: tuple[str, str], name: str) -> None:
        tenant, id = server
        reply = self.clients[tenant].patch(address(tenant, id), json={"displayName": name})
        assert 200 == reply.status_code
        next(item for item in self.model[tenant] if item["id"] == id)["displayName"] = name

    @rule(server=consumes(servers))
    def remove(self, server: tuple[str, str]) -> None:
        tenant, id = server
        assert 204 == self.clients[tenant].delete(address(tenant, id)).status_code
        assert 404 == self.clients[tenant].delete(address(tenant, id)).status_code
        assert 404 == self.clients[tenant].get(address(tenant, id)).status_code
        self.model[tenant] = [item for item in self.model[tenant] if item["id"] != id]

    @rule(server=servers, tenant=ORGANIZATIONS)
    def read(self, server: tuple[str, str], tenant: str) -> None:
        owner, id = server
        reply = self.clients[tenant].get(address(owner, id))
        assert (200 if owner == tenant else 404) == reply.status_code

    @rule(tenant=ORGANIZATIONS, limit=st.integers(1, 5))
    def walk(self, tenant: str, limit: int) -> None:
        seen: list[dict[str, Any]] = []
        query: dict[str, Any] = {"limit": limit}
        while True:
            page = self.clients[tenant].get(address(tenant), params=query).json()
            assert len(page["data"]) <= limit
            seen += page["data"]
            if not page["pagination"]["hasMore"]:
                break
            query["cursor"] = page["pagination"]["nextCursor"]
        assert self.model[tenant] == [
            {name: item[name] for name in ("id", "displayName", "serverUrl")} for item in seen
        ]

    @invariant()
    def the_list_is_what_the_model_says(self) -> None:
        for tenant, expected in getattr(self, "model", {}).items():
            listed = self.clients[tenant].get(address(tenant), params={"limit": 100}).json()["data"]
            assert [item["id"] for item in expected] == [item["id"] for item in listed]


def address(tenant: str, id: str = "") -> str:
    return f"/basedash/api/public/organizations/{tenant}/mcp-servers" + (f"/{id}" if id else "")


TestOrganizations = Organizations.TestCase
TestOrganizations.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
