"""Datagrid against a simple model: two teamspaces of one account, their servers and their secrets."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import mockserver
from tests.judge import JudgedClient

ACCOUNT = "dg_live_SandboxAccount"
TEAMSPACES = ("22222222-2222-4222-8222-222222222222", "33333333-3333-4333-8333-333333333333")
SERVERS, SECRETS = "/datagrid/v1/organization/mcp-servers", "/datagrid/v1/secrets"
ROOM = 3

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=255)
ADDRESSES = st.sampled_from(
    ["https://mcp.example.com/mcp", "https://bearer.mcp.example/b", "https://error.mcp.example"]
)
CHOICE = st.integers(0, 50)


@cache
def sandbox() -> Any:
    small = Path(__file__).with_name("datagrid_small.yaml")
    return mockserver.create_app("datagrid", limits=False, behaviour=[small])


@dataclass
class Server:
    """What a server must show. `managed` says that its secret was made from a raw credential."""

    shown: dict[str, Any]
    managed: bool = False


@dataclass
class Teamspace:
    """The model: servers by id and the caller's own secrets, the oldest first, and every managed secret ever seen."""

    servers: dict[str, Server] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    managed: set[str] = field(default_factory=set)


class Account(RuleBasedStateMachine):
    """Whatever one teamspace does, the other never notices."""

    @initialize()
    def open(self) -> None:
        sandbox().clear()
        headers = {"Authorization": f"Bearer {ACCOUNT}"}
        self.clients = {
            name: JudgedClient(sandbox(), "datagrid", headers | {"Datagrid-Teamspace": name}) for name in TEAMSPACES
        }
        self.model = {name: Teamspace() for name in TEAMSPACES}
        self.turn = TEAMSPACES[0]

    def teardown(self) -> None:
        for client in getattr(self, "clients", {}).values():
            client.__exit__(None, None, None)

    @property
    def here(self) -> Teamspace:
        return self.model[self.turn]

    @property
    def client(self) -> JudgedClient:
        return self.clients[self.turn]

    def pick(self, choice: int) -> str:
        """The id of some server of this teamspace."""
        return list(self.here.servers)[choice % len(self.here.servers)]

    def own_secret(self, choice: int) -> str | None:
        """The id of some secret of the caller's own, or None when there is none."""
        return self.here.secrets[choice % len(self.here.secrets)] if self.here.secrets else None

    @rule()
    def go_to_the_other_teamspace(self) -> None:
        self.turn = TEAMSPACES[1 - TEAMSPACES.index(self.turn)]

    @rule(name=NAMES, url=ADDRESSES, raw=st.none() | st.text("aB 1", max_size=9), choice=CHOICE)
    def create(self, name: str, url: str, raw: str | None, choice: int) -> None:
        own = self.own_secret(choice)
        body = {"name": name, "base_url": url, "authorization": raw, "authorization_secret_id": own}
        reply = self.client.post(SERVERS, json=body)
        if len(self.here.servers) == ROOM:
            assert 409 == reply.status_code
            return
        assert 201 == reply.status_code
        item = reply.json()
        self.here.servers[item["id"]] = Server({"name": name, "base_url": url, "authorization_secret_id": own})
        self.adopt(item, raw)

    @precondition(lambda self: self.here.servers)
    @rule(choice=CHOICE, name=NAMES)
    def rename(self, choice: int, name: str) -> None:
        self.update(self.pick(choice), name=name)

    @precondition(lambda self: self.here.servers)
    @rule(choice=CHOICE, url=ADDRESSES)
    def move(self, choice: int, url: str) -> None:
        self.update(self.pick(choice), base_url=url)

    @precondition(lambda self: self.here.servers)
    @rule(choice=CHOICE, raw=st.text("aB 1", max_size=9))
    def rotate(self, choice: int, raw: str) -> None:
        id = self.pick(choice)
        self.adopt(self.update(id, authorization=raw, authorization_secret_id=self.own_secret(choice)), raw)

    @precondition(lambda self: self.here.servers)
    @rule(choice=CHOICE)
    def clear_the_raw_credential(self, choice: int) -> None:
        server = self.here.servers[id := self.pick(choice)]
        if server.managed:
            server.shown["authorization_secret_id"], server.managed = None, False
        self.update(id, authorization=None)

    @precondition(lambda self: self.here.servers)
    @rule(choice=CHOICE)
    def refer_to_a_secret_of_ones_own_or_none(self, choice: int) -> None:
        id, own = self.pick(choice), self.own_secret(choice)
        self.here.servers[id].managed = False
        self.update(id, authorization_secret_id=own)

    @precondition(lambda self: self.here.servers)
    @rule(choice=CHOICE, owner=CHOICE)
    def refer_to_the_managed_secret_of_another_server(self, choice: int, owner: int) -> None:
        id, lender = self.pick(choice), self.pick(owner)
        if id != lender and self.here.servers[lender].managed:
            self.here.servers[id].managed = False
            self.update(id, authorization_secret_id=self.here.servers[lender].shown["authorization_secret_id"])

    @precondition(lambda self: self.here.servers)
    @rule(choice=CHOICE)
    def remove(self, choice: int) -> None:
        id = self.pick(choice)
        assert 404 == self.other().delete(f"{SERVERS}/{id}").status_code
        assert 204 == self.client.delete(f"{SERVERS}/{id}").status_code
        assert 404 == self.client.delete(f"{SERVERS}/{id}").status_code
        del self.here.servers[id]

    @rule(value=st.text("aB 1", max_size=9))
    def keep_a_secret(self, value: str) -> None:
        reply = self.client.post(SECRETS, json={"name": "mine", "value": value})
        assert 201 == reply.status_code
        self.here.secrets.append(reply.json()["id"])

    @precondition(lambda self: self.here.secrets)
    @rule(choice=CHOICE)
    def delete_a_secret(self, choice: int) -> None:
        own = self.own_secret(choice)
        assert 404 == self.other().get(f"{SECRETS}/{own}").status_code
        assert 204 == self.client.delete(f"{SECRETS}/{own}").status_code
        self.here.secrets.remove(str(own))

    @invariant()
    def the_lists_are_what_the_model_says(self) -> None:
        for name, expected in getattr(self, "model", {}).items():
            servers = self.clients[name].get(SERVERS).json()["data"]
            assert list(expected.servers)[::-1] == [item["id"] for item in servers]
            for item in servers:
                assert expected.servers[item["id"]].shown.items() <= item.items()
            secrets = self.clients[name].get(SECRETS, params={"limit": 100}).json()["data"]
            assert expected.secrets[::-1] == [item["id"] for item in secrets]

    @invariant()
    def a_managed_secret_lives_exactly_as_long_as_its_server_refers_to_it(self) -> None:
        for name, expected in getattr(self, "model", {}).items():
            alive = {server.shown["authorization_secret_id"] for server in expected.servers.values() if server.managed}
            found = {id for id in expected.managed if self.clients[name].get(f"{SECRETS}/{id}").status_code == 200}
            assert alive == found

    def update(self, id: str, **fields: Any) -> dict[str, Any]:
        """Change a server; what was sent shows, but for a raw credential."""
        reply = self.client.patch(f"{SERVERS}/{id}", json=fields)
        assert 200 == reply.status_code
        self.here.servers[id].shown |= {name: value for name, value in fields.items() if name != "authorization"}
        item: dict[str, Any] = reply.json()
        return item

    def adopt(self, item: dict[str, Any], raw: str | None) -> None:
        """A raw credential became a new secret."""
        if raw is None:
            return
        secret, server = item["authorization_secret_id"], self.here.servers[item["id"]]
        assert secret not in self.here.managed | set(self.here.secrets)
        self.here.managed.add(secret)
        server.shown["authorization_secret_id"], server.managed = secret, True

    def other(self) -> JudgedClient:
        """The caller in the other teamspace."""
        return self.clients[TEAMSPACES[1 - TEAMSPACES.index(self.turn)]]


TestAccount = Account.TestCase
TestAccount.settings = settings(max_examples=20, stateful_step_count=30, deadline=None)
