"""How deliveries are sent: signed, again after a failure, in order, and only where they may go."""

from __future__ import annotations

import hashlib
import hmac
import time
from pathlib import Path
from uuid import UUID

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from mockserver.errors import SyncError, WebhookError
from tests.webhooks.receiver import Receiver
from tests.webhooks.shop import shop

SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"


def test_a_delivery_is_tried_again_until_it_succeeds_with_the_same_id(tmp_path: Path, receiver: Receiver) -> None:
    receiver.statuses = [500, 503]
    with shop(tmp_path, webhooks={"*": receiver.url}) as client:
        client.order()
        (delivery,) = client.deliveries()

    assert [500, 503, 204] == [each["status"] for each in delivery["attempts"]]
    assert {delivery["id"]} == {each.headers["webhook-id"] for each in receiver.received}


def test_a_delivery_that_never_succeeds_says_what_came_last(tmp_path: Path, receiver: Receiver) -> None:
    receiver.statuses = [500, 500, 410]
    with shop(tmp_path, webhooks={"*": receiver.url}) as client:
        client.order()
        (delivery,) = client.deliveries()

    assert ("failed", "tried 3 times; the last: status 410") == (delivery["state"], delivery["reason"])


def test_a_receiver_that_does_not_respond_in_time_gets_the_delivery_again(tmp_path: Path, receiver: Receiver) -> None:
    receiver.open.clear()
    with shop(tmp_path, "timeout: 0.3, retries: []", webhooks={"*": receiver.url}) as client:
        client.order()
        (delivery,) = client.deliveries()
        receiver.open.set()

    assert "no response within 0.3 seconds" in delivery["reason"]


def test_a_redirect_is_not_followed(tmp_path: Path, receiver: Receiver) -> None:
    receiver.statuses, receiver.headers = [302], {"location": "/elsewhere"}
    with shop(tmp_path, "retries: []", webhooks={"*": receiver.url}) as client:
        client.order()
        (delivery,) = client.deliveries()

    assert ("failed", []) == (delivery["state"], receiver.at("/elsewhere"))


def test_standard_webhooks_verifies_a_delivery(tmp_path: Path, receiver: Receiver) -> None:
    with shop(tmp_path, f"secret: {SECRET}", webhooks={"*": receiver.url}) as client:
        client.order()
        client.deliveries()

    (call,) = receiver.received
    assert call.body == Webhook(SECRET).verify(call.content, call.headers)


def test_a_delivery_is_signed_as_github_does(tmp_path: Path, receiver: Receiver) -> None:
    with shop(tmp_path, "signature: github", webhooks={"*": receiver.url}, webhook_secret="key") as client:
        client.order()
        client.deliveries()

    (call,) = receiver.received
    expected = "sha256=" + hmac.new(b"key", call.content, hashlib.sha256).hexdigest()
    assert expected == call.headers["x-hub-signature-256"]
    assert "order.created" == call.headers["x-github-event"]
    assert str(UUID(call.headers["x-github-delivery"])) == call.headers["x-github-delivery"]


def test_a_delivery_is_signed_as_stripe_does_under_a_name_of_its_own(tmp_path: Path, receiver: Receiver) -> None:
    stated = "signature: stripe, signature-header: Shop-Signature, id-header: Shop-Id"
    with shop(tmp_path, stated, webhooks={"*": receiver.url}, webhook_secret="key") as client:
        client.order()
        (delivery,) = client.deliveries()

    (call,) = receiver.received
    moment = call.headers["shop-signature"].partition(",")[0].removeprefix("t=")
    signed = hmac.new(b"key", moment.encode() + b"." + call.content, hashlib.sha256).hexdigest()
    assert f"t={moment},v1={signed}" == call.headers["shop-signature"]
    assert delivery["id"] == call.headers["shop-id"]


def test_a_delivery_in_order_holds_up_those_after_it(tmp_path: Path, receiver: Receiver) -> None:
    receiver.statuses = [500]
    with shop(tmp_path, "order: kept, retries: [0.2]", webhooks={"*": receiver.url}) as client:
        order = client.order()
        client.pay(order)
        client.deliveries()

    assert ["order.created", "order.created", "order.updated"] == [each.body["type"] for each in receiver.received]


def test_without_order_a_failing_delivery_holds_up_nothing(tmp_path: Path, receiver: Receiver) -> None:
    receiver.statuses = [500]
    with shop(tmp_path, "retries: [0.4]", webhooks={"*": receiver.url}) as client:
        order = client.order()
        client.deliveries(wait=0.2)
        client.pay(order)
        client.deliveries()

    assert ["order.created", "order.updated", "order.created"] == [each.body["type"] for each in receiver.received]


def test_a_delivery_waits_as_long_as_the_delay_says_by_the_clock_of_the_namespace(
    tmp_path: Path, receiver: Receiver
) -> None:
    with shop(tmp_path, "delay: 3600", webhooks={"*": receiver.url}) as client:
        client.order()
        before = client.deliveries(wait=0.1)
        client.send("POST", "/_mock/clock", 200, json={"advance": 3600})

        assert ["waiting"] == [each["state"] for each in before]
        assert [("order.created", "delivered", 1)] == client.states()


def test_a_subscription_is_disabled_after_failures_and_can_be_enabled(tmp_path: Path, receiver: Receiver) -> None:
    receiver.statuses = [500, 500]
    with shop(tmp_path, "retries: [], disable-after: 2") as client:
        added = client.send(
            "POST", "/_mock/subscriptions", 201, json={"url": receiver.url, "events": ["order.created"]}
        )
        for _ in range(2):
            client.order()
            client.deliveries()
        client.order()
        (shown,) = client.send("GET", "/_mock/subscriptions", 200)
        client.send("POST", "/_mock/enable-subscription", 204, params={"id": added["id"]})
        client.order()

        assert (True, 2) == (shown["is_disabled"], shown["failures"])
        assert ["failed", "failed", "delivered"] == [state for _, state, _ in client.states()]


def test_nothing_is_sent_to_an_address_that_is_not_allowed(tmp_path: Path) -> None:
    with shop(tmp_path) as client:
        for url in ("http://10.1.2.3/hook", "http://169.254.169.254/latest", "http://0x7f000001/", "ftp://127.0.0.1/"):
            client.order(notify_url=url)
        made = client.deliveries()

    assert ["refused"] * 4 == [each["state"] for each in made]
    assert "--callback-allow" in made[0]["reason"]


def test_an_address_is_allowed_by_its_network(tmp_path: Path) -> None:
    with shop(tmp_path, "timeout: 0.2, retries: []", callback_allow=["192.0.2.0/24"]) as client:
        client.order(notify_url="http://192.0.2.1:9/hook")
        (delivery,) = client.deliveries()

    assert "failed" == delivery["state"]


def test_what_cannot_be_allowed_or_sent_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SyncError, match="--callback-allow"), shop(tmp_path, callback_allow=["not a host"]):
        pass
    with pytest.raises(WebhookError, match=r"there is no webhook 'order\.eaten'; did you mean 'order\.created'"):  # noqa: SIM117
        with shop(tmp_path, webhooks={"order.eaten": "http://127.0.0.1:1/"}):
            pass
    with pytest.raises(WebhookError, match="no absolute http or https URL"), shop(tmp_path, webhooks={"*": "/hook"}):
        pass


def test_more_deliveries_than_can_wait_are_dropped_and_say_so(tmp_path: Path, receiver: Receiver) -> None:
    with shop(tmp_path, "delay: 3600") as client:
        client.send("POST", "/_mock/subscriptions", 201, json={"url": receiver.url})
        body = {"url": receiver.url, "body": {}}
        for _ in range(1001):
            client.send("POST", "/_mock/webhooks/order.created/send", 202, json=body)
        (newest,) = client.deliveries(wait=0, limit=1)

    assert ("dropped", "1000 deliveries are waiting already") == (newest["state"], newest["reason"])


def fault(client, kind: str, **more: object) -> None:  # type: ignore[no-untyped-def]
    then = {"fault": {"kind": kind, **more}}
    client.send("POST", "/_mock/overrides", 201, json={"when": {"operation": "createOrder"}, "then": then, "times": 1})


def test_a_duplicate_delivery_comes_twice_with_one_id(tmp_path: Path, receiver: Receiver) -> None:
    with shop(tmp_path, webhooks={"*": receiver.url}) as client:
        fault(client, "duplicate-delivery")
        client.order()
        client.deliveries()

    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


def test_a_replayed_delivery_comes_again_with_a_true_signature_of_an_old_time(
    tmp_path: Path, receiver: Receiver
) -> None:
    with shop(tmp_path, f"secret: {SECRET}", webhooks={"*": receiver.url}) as client:
        fault(client, "replayed-delivery")
        client.order()
        client.deliveries()

    first, second = receiver.received
    Webhook(SECRET).verify(first.content, first.headers)
    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(SECRET).verify(second.content, second.headers)
    assert time.time() - int(second.headers["webhook-timestamp"]) > 500


def test_a_wrong_signature_does_not_verify(tmp_path: Path, receiver: Receiver) -> None:
    with shop(tmp_path, f"secret: {SECRET}", webhooks={"*": receiver.url}) as client:
        fault(client, "wrong-signature")
        client.order()
        client.deliveries()

    (call,) = receiver.received
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(SECRET).verify(call.content, call.headers)


def test_a_delivery_out_of_order_is_overtaken_by_the_next(tmp_path: Path, receiver: Receiver) -> None:
    with shop(tmp_path, webhooks={"*": receiver.url}) as client:
        fault(client, "out-of-order-delivery")
        order = client.order()
        client.pay(order)
        client.deliveries()

    assert ["order.updated", "order.created"] == [each.body["type"] for each in receiver.received]


def test_a_late_delivery_comes_when_the_clock_has_moved(tmp_path: Path, receiver: Receiver) -> None:
    with shop(tmp_path, webhooks={"*": receiver.url}) as client:
        fault(client, "late-delivery", seconds=600)
        client.order()
        early = client.deliveries(wait=0.1)
        client.send("POST", "/_mock/clock", 200, json={"advance": 601})

        assert ("waiting", "late-delivery") == (early[0]["state"], early[0]["fault"])
        assert [("order.created", "delivered", 1)] == client.states()
