"""Overrides of operations that cause webhooks, and worlds that are taken back: what is sent, and what is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.webhooks.receiver import Receiver
from tests.webhooks.shop import Shop, shop

CREATED = "order.created"


def override(client: Shop, then: Any, **rest: Any) -> None:
    """Answer creates of orders so."""
    client.send("POST", "/_mock/overrides", 201, json={"when": {"operation": "createOrder"}, "then": then, **rest})


@pytest.mark.parametrize(
    ("then", "invalid", "count"),
    [
        ({"status": 503}, True, 0),
        ({"fault": {"kind": "lost-request"}}, False, 0),
        ({"fault": {"kind": "lost-reply"}}, False, 1),
        ({"fault": {"kind": "cut"}}, False, 1),
        ({"fault": {"kind": "duplicate"}}, False, 2),
        ({"patch": {"product": "sock"}}, False, 1),
        ({"status": 201, "body": {}}, True, 0),
    ],
)
def test_what_the_mock_handles_is_told_of_and_nothing_else(
    tmp_path: Path, receiver: Receiver, then: Any, invalid: bool, count: int
) -> None:
    with shop(tmp_path, webhooks={"*": receiver.url}, journal=10) as client:
        override(client, then, invalid=invalid)
        try:
            client.client.post("/orders", json={"product": "shoe"})
        except ConnectionResetError:
            assert "fault" in then
        [asked] = client.send("GET", "/_mock/requests", 200)
        sent = client.deliveries()

    assert [CREATED] * count == [each["event"] for each in sent]
    assert {asked["number"]} >= {each["request"] for each in sent}
    assert ["shoe"] * count == [each["body"]["data"]["product"] for each in sent]


def test_answers_in_turn_send_what_each_of_them_lets_the_mock_do(tmp_path: Path, receiver: Receiver) -> None:
    with shop(tmp_path, webhooks={"*": receiver.url}) as client:
        turns = [{"status": 503}, {"fault": {"kind": "duplicate-delivery"}}, {"pass": True}]
        override(client, turns, invalid=True)
        for number in range(3):
            client.client.post("/orders", json={"product": f"p{number}"})
        sent = client.deliveries()

    assert ["p1", "p1", "p2"] == [each["body"]["data"]["product"] for each in sent]
    assert sent[0]["id"] == sent[1]["id"] != sent[2]["id"]


def test_an_override_of_one_namespace_leaves_the_deliveries_of_others_alone(tmp_path: Path, receiver: Receiver) -> None:
    with shop(tmp_path, webhooks={"*": receiver.url}) as client:
        override(client, {"fault": {"kind": "duplicate-delivery"}})
        client.headers = {"mock-namespace": "other"}
        client.order()

        assert 1 == len(client.deliveries())


def test_a_restored_checkpoint_takes_items_back_and_no_deliveries(tmp_path: Path, receiver: Receiver) -> None:
    with shop(tmp_path, webhooks={"*": receiver.url}, journal=10) as client:
        client.send("POST", "/_mock/checkpoints/before", 201)
        order = client.order()
        client.send("POST", "/_mock/checkpoints/before/restore", 204)
        client.send("GET", f"/orders/{order['id']}", 404)

        assert [order["id"]] == [each["body"]["data"]["id"] for each in client.deliveries()]


def test_a_read_of_the_past_sends_nothing_and_shows_what_the_webhook_told_of(
    tmp_path: Path, receiver: Receiver
) -> None:
    with shop(tmp_path, webhooks={"*": receiver.url}, journal=10) as client:
        order = client.order()
        client.pay(order)
        client.headers = {"mock-at": "1"}
        then = client.send("GET", f"/orders/{order['id']}", 200)
        client.headers = {}
        created, _ = client.deliveries()

    assert "new" == then["status"] == created["body"]["data"]["status"]
