"""A number that a document describes as the number of other items, or their sum, follows from those items."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from contracts.client.builtin_mock import sandbox
from contracts.runner.in_process import check_app, load_contract
from mockserver.web.service import ServiceSettings
from tests.client import Client
from tests.inference.pets import NUMBER, collection, item
from tests.web.document import Node, document, served

MEMBERS: Node = {"type": "integer", "minimum": 0, "description": "The number of members in the channel"}
SPENT: Node = {"type": "number", "description": "The sum of the amounts of all orders."}


def showing(paths: Node, name: str, **further: Node) -> Node:
    """The paths, whose items below `name` show further properties, which no request contains."""
    for path, node in paths.items():
        for method, operation in node.items() if path.startswith(name) else ():
            for response in operation["responses"].values() if isinstance(operation, dict) else ():
                schema = response.get("content", {}).get("application/json", {}).get("schema", {})
                schema = schema.get("items", schema)
                if method in ("get", "post", "put", "patch") and schema:
                    schema["properties"] = {**schema["properties"], **further}
                    schema["required"] = [*schema.get("required", ()), *further]
    return paths


def channels(above: str = "", number: Node = MEMBERS) -> Node:
    """Channels, which show how many members are below them."""
    paths = showing(collection(f"{above}/channels", item()), f"{above}/channels", members_count=number)
    return paths | collection(f"{above}/channels/{{id}}/members", item(), parameter="memberId")


def accounts() -> Node:
    """Accounts, which show the sum of the orders that name them."""
    order = item(("id", "account_id", "amount"), account_id=NUMBER, amount={"type": "number", "minimum": 0})
    paths = showing(collection("/accounts", item()), "/accounts", spent=SPENT, order_count=COUNT)
    return paths | collection("/orders", order)


COUNT: Node = {"type": "integer", "description": "How many orders the account has"}


@pytest.mark.parametrize("above", ["", "/teams/{teamId}"])
def test_the_number_of_items_below_one_changes_with_them(tmp_path: Path, above: str) -> None:
    paths = collection("/teams", item(), parameter="teamId") if above else {}
    with Client(served(tmp_path, document(paths | channels(above)))) as client:
        client.post("/teams", json={"name": "Blue"}) if above else None
        base = above.replace("{teamId}", "1") + "/channels"
        first, second = (client.post(base, json={"name": name}).json() for name in ("news", "jobs"))
        at = f"{base}/{first['id']}"
        made = [client.post(f"{at}/members", json={"name": name}).json() for name in ("Ada", "Bob", "Cleo")]
        client.patch(f"{at}/members/{made[1]['id']}", json={"name": "Bert"})
        client.delete(f"{at}/members/{made[0]['id']}")
        client.patch(at, json={"name": "old news"})

        assert (0, 0) == (first["members_count"], second["members_count"])
        assert 2 == client.get(at).json()["members_count"]
        assert [2, 0] == [one["members_count"] for one in client.get(base).json()]


def test_a_sum_follows_the_items_that_name_the_owner(tmp_path: Path) -> None:
    with Client(served(tmp_path, document(accounts()))) as client:
        ada, bob = (client.post("/accounts", json={"name": name}).json()["id"] for name in ("Ada", "Bob"))
        orders = [client.post("/orders", json={"account_id": ada, "amount": each}).json() for each in (0.1, 0.2, 5)]

        def figures() -> list[tuple[Any, Any]]:
            return [(one["order_count"], one["spent"]) for one in client.get("/accounts").json()]

        assert [(3, 5.3), (0, 0)] == figures()
        client.patch(f"/orders/{orders[2]['id']}", json={"account_id": bob})
        assert [(2, 0.3), (1, 5)] == figures()
        client.patch(f"/orders/{orders[2]['id']}", json={"amount": 7.5})
        client.delete(f"/orders/{orders[0]['id']}")
        assert [(1, 0.2), (1, 7.5)] == figures()


def test_a_refused_request_changes_no_number(tmp_path: Path) -> None:
    with Client(served(tmp_path, document(channels()))) as client:
        at = f"/channels/{client.post('/channels', json={'name': 'news'}).json()['id']}"
        refused = client.post(f"{at}/members", json={"name": 7})

        assert 400 <= refused.status_code < 500
        assert 0 == client.get(at).json()["members_count"]


@pytest.mark.parametrize("paths", [channels(), accounts()], ids=["below", "by-reference"])
def test_generated_items_have_true_numbers(tmp_path: Path, paths: Node) -> None:
    app = served(tmp_path, document(paths), settings=ServiceSettings(items=4))
    with Client(app) as client:
        if "/channels" in paths:
            found = [(one["id"], one["members_count"]) for one in client.get("/channels").json()]
            assert [(id, len(client.get(f"/channels/{id}/members").json())) for id, _ in found] == found
            client.post(f"/channels/{found[0][0]}/members", json={"name": "Ada"})
            assert 5 == client.get(f"/channels/{found[0][0]}").json()["members_count"]
        else:
            orders = client.get("/orders").json()
            own = {
                one["id"]: [o["amount"] for o in orders if o["account_id"] == one["id"]] for one in accounts_of(client)
            }
            shown = {one["id"]: (one["order_count"], one["spent"]) for one in accounts_of(client)}
            assert {id: (len(each), pytest.approx(sum(each))) for id, each in own.items()} == shown
            assert 4 == sum(count for count, _ in shown.values())


def accounts_of(client: Client) -> list[Node]:
    found: list[Node] = client.get("/accounts").json()
    return found


@pytest.mark.parametrize(
    "number",
    [
        {"type": "integer", "description": "The number of active members"},
        {"type": "integer", "description": "The number of guests"},
        {"type": "integer", "minimum": 1, "description": "The number of members"},
        {"type": "string", "description": "The number of members"},
    ],
)
def test_other_numbers_do_not_follow_from_items(tmp_path: Path, number: Node) -> None:
    with Client(served(tmp_path, document(channels(number=number)))) as client:
        made = client.post("/channels", json={"name": "news"}).json()
        client.post(f"/channels/{made['id']}/members", json={"name": "Ada"})

        assert made == client.get(f"/channels/{made['id']}").json()


@pytest.mark.parametrize(
    ("name", "counts"), [("member_count", 1), ("num_members", 1), ("numberOfMembers", 1), ("guest_count", None)]
)
def test_a_number_without_a_description_counts_by_its_name(tmp_path: Path, name: str, counts: int | None) -> None:
    paths = showing(collection("/channels", item()), "/channels", **{name: {"type": "integer"}})
    with Client(
        served(tmp_path, document(paths | collection("/channels/{id}/members", item(), parameter="memberId")))
    ) as client:
        made = client.post("/channels", json={"name": "news"}).json()
        client.post(f"/channels/{made['id']}/members", json={"name": "Ada"})
        shown = client.get(f"/channels/{made['id']}").json()

    assert {**made, name: made[name] if counts is None else counts} == shown


def test_a_number_that_counts_by_its_name_alone_is_a_warning(tmp_path: Path) -> None:
    paths = showing(collection("/channels", item()), "/channels", member_count={"type": "integer"})
    path = tmp_path / "api.json"
    path.write_text(json.dumps(document(paths | collection("/channels/{id}/members", item(), parameter="memberId"))))
    app = sandbox(path, seed=1)
    forgetful = Forgetful(app)

    result = check_app(forgetful, load_contract(path), only=["stated-count"])

    assert {("stated-count", "warning")} == {(each.check, each.verdict) for each in result.findings}


class Forgetful:
    """A service that shows 0 as every `member_count`."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def changed(message: Any) -> None:
            body = message.get("body", b"")
            await send(
                {**message, "body": re.sub(rb'"member_count":\d', b'"member_count":0', body)} if body else message
            )

        await self.app(scope, receive, changed)


def test_a_number_that_clients_send_is_theirs(tmp_path: Path) -> None:
    fields = item(("id", "name", "members_count"), members_count=MEMBERS)
    paths = collection("/channels", fields) | collection("/channels/{id}/members", item(), parameter="memberId")
    with Client(served(tmp_path, document(paths))) as client:
        at = f"/channels/{client.post('/channels', json={'name': 'news', 'members_count': 9}).json()['id']}"
        client.post(f"{at}/members", json={"name": "Ada"})

        assert 9 == client.get(at).json()["members_count"]


@pytest.mark.parametrize("paths", [channels(), accounts()], ids=["below", "by-reference"])
def test_the_check_of_the_mock_finds_each_number_right(tmp_path: Path, paths: Node) -> None:
    path = tmp_path / "api.json"
    path.write_text(json.dumps(document(paths)))
    result = check_app(sandbox(path, seed=1), load_contract(path), only=["stated-count"])

    assert [] == [(each.expected, each.seen) for each in result.findings]
    assert {"passed"} == {outcome for (_, check), outcome in result.outcomes.items() if check == "stated-count"}
