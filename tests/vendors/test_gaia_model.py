"""GAIA against a simple model: two developers, their projects, and the state of every connection."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

import mockserver
from tests.judge import JudgedClient

KEYS = ["gaia_sandbox_developer", "gaia_sandbox_other"]
PROJECTS = ["proj_123", "proj_456"]
API = "/gaia/api/mcp"
DEVELOPERS = st.sampled_from(KEYS)
NAMES = st.text(min_size=1, max_size=60)
WELL, BROKEN = "https://mcp-server.example.com", "https://unreachable.mcp.example"
ADDRESSES = st.sampled_from([WELL, BROKEN])
STATES = ["connecting", "connected", "disconnected", "error"]
CHANGES = st.fixed_dictionaries({}, optional={
    "name": NAMES, "url": ADDRESSES, "description": st.text(max_size=20), "status": st.sampled_from(STATES),
    "oauthClientSecret": st.just("s3cret"),
})  # fmt: skip
CONTENTS = st.sampled_from(["tools", "resources", "prompts"])
Server = tuple[str, str]


class Developers(RuleBasedStateMachine):
    """The model is a map of id to fields for each developer, oldest first."""

    servers = Bundle("servers")

    @initialize()
    def open(self) -> None:
        app = mockserver.create_app("gaia")
        self.clients = {key: JudgedClient(app, "gaia", {"Authorization": f"Bearer {key}"}) for key in KEYS}
        self.model: dict[str, dict[str, dict[str, Any]]] = {key: {} for key in KEYS}

    def teardown(self) -> None:
        for client in getattr(self, "clients", {}).values():
            client.__exit__(None, None, None)

    @rule(target=servers, developer=DEVELOPERS, project=st.sampled_from(PROJECTS), name=NAMES, url=ADDRESSES)
    def create(self, developer: str, project: str, name: str, url: str) -> Server:
        body = {"projectId": project, "name": name, "transportType": "http", "url": url}
        reply = self.clients[developer].post(f"{API}/servers", json=body)
        assert 200 == reply.status_code
        id = str(reply.json()["serverId"])
        self.model[developer][id] = {**body, "description": None, "status": "connecting", "lastError": None}
        return developer, id

    @rule(server=servers, change=CHANGES)
    def update(self, server: Server, change: dict[str, Any]) -> None:
        developer, id = server
        assert {"success": True} == self.clients[developer].patch(f"{API}/servers/{id}", json=change).json()
        self.model[developer][id] |= {name: value for name, value in change.items() if name != "oauthClientSecret"}

    @rule(server=servers)
    def connect(self, server: Server) -> None:
        developer, id = server
        before = self.model[developer][id]["status"]
        reply = self.clients[developer].post(f"{API}/connect", json={"id": id})
        if before == "connected":
            assert "Already connected" == reply.json()["message"]
        else:
            assert self.asked(developer, id) == reply.status_code

    @rule(server=servers, kind=CONTENTS)
    def contents(self, server: Server, kind: str) -> None:
        developer, id = server
        reply = self.clients[developer].get(f"{API}/{kind}", params={"id": id})
        assert self.asked(developer, id) == reply.status_code
        assert reply.is_success == (kind in reply.json())

    @rule(server=servers)
    def disconnect(self, server: Server) -> None:
        developer, id = server
        assert 200 == self.clients[developer].post(f"{API}/disconnect", json={"id": id}).status_code
        self.model[developer][id]["status"] = "disconnected"

    @rule(server=consumes(servers))
    def remove(self, server: Server) -> None:
        developer, id = server
        path = f"{API}/servers/{id}"
        assert [200, 404] == [self.clients[developer].delete(path).status_code for _ in range(2)]
        assert 404 == self.clients[developer].get(f"{API}/tools", params={"id": id}).status_code
        del self.model[developer][id]

    @rule(server=servers, developer=DEVELOPERS)
    def read(self, server: Server, developer: str) -> None:
        owner, id = server
        reply = self.clients[developer].get(f"{API}/servers/{id}")
        assert (200 if owner == developer else 404) == reply.status_code
        if owner == developer:
            expected = self.model[owner][id]
            assert expected == {name: reply.json()["server"][name] for name in expected}

    @rule(developer=DEVELOPERS, url=ADDRESSES)
    def validate(self, developer: str, url: str) -> None:
        reply = self.clients[developer].post(f"{API}/validate", json={"transportType": "http", "url": url})
        assert (url == WELL) == reply.json()["valid"]

    @invariant()
    def the_projects_list_what_the_model_says(self) -> None:
        for developer, servers in getattr(self, "model", {}).items():
            for project in PROJECTS:
                listed = self.clients[developer].get(f"{API}/servers", params={"projectId": project}).json()["servers"]
                expected = {id: item for id, item in servers.items() if item["projectId"] == project}
                assert list(expected) == [server["id"] for server in listed]
                assert [item["status"] for item in expected.values()] == [server["status"] for server in listed]

    def asked(self, developer: str, id: str) -> int:
        """The status of a reply for which the server had to be asked; its state in the model follows."""
        item = self.model[developer][id]
        if item["url"] == BROKEN:
            item |= {"status": "error", "lastError": "No connection to unreachable.mcp.example: connection refused."}
            return 500
        if item["status"] != "connected":
            item |= {"status": "connected", "lastError": None}
        return 200


TestDevelopers = Developers.TestCase
TestDevelopers.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
