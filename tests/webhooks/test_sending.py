"""What is sent when: callbacks after an operation, webhooks after a change."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from mockserver import create_app
from tests.client import Client
from tests.webhooks.receiver import Receiver
from tests.webhooks.shop import shop

UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
EXAMPLE_ID = "0b989ba4-242f-11e5-81e1-c7b6966d2516"


def test_a_callback_is_sent_to_the_address_in_the_request_with_the_item_in_its_body(
    tmp_path: Path, receiver: Receiver
) -> None:
    with shop(tmp_path) as client:
        order = client.order(notify_url=f"{receiver.url}/called")
        client.deliveries()

    (call,) = receiver.received
    assert f"/called?order={order['id']}" == call.path
    assert order == call.body["data"]


def test_a_client_that_names_no_address_gets_no_callback(tmp_path: Path, receiver: Receiver) -> None:
    with shop(tmp_path) as client:
        client.order()

        assert [] == client.deliveries()


def test_each_change_sends_its_own_webhook(tmp_path: Path, receiver: Receiver) -> None:
    with shop(tmp_path, webhooks={"*": f"{receiver.url}/all"}) as client:
        order = client.order()
        client.pay(order)
        client.send("DELETE", f"/orders/{order['id']}", 204)
        client.deliveries()

    shown = {each.body["type"]: each.body["data"] for each in receiver.received}
    assert {"order.created", "order.updated", "order.deleted"} == shown.keys()
    assert "paid" == shown["order.updated"]["status"] == shown["order.deleted"]["status"]


def test_an_update_that_changes_nothing_sends_nothing(tmp_path: Path, receiver: Receiver) -> None:
    with shop(tmp_path, webhooks={"order.updated": receiver.url}) as client:
        order = client.order()
        client.pay(order, "new")

        assert [] == client.deliveries()


def test_a_request_that_is_refused_sends_nothing(tmp_path: Path, receiver: Receiver) -> None:
    with shop(tmp_path, webhooks={"*": receiver.url}) as client:
        client.send("POST", "/orders", 400, json={"notify_url": receiver.url})

        assert [] == client.deliveries()


def test_a_client_subscribes_by_the_service_s_own_operation_and_ends_that_by_deleting_it(
    tmp_path: Path, receiver: Receiver
) -> None:
    with shop(tmp_path) as client:
        subscription = client.subscribe(f"{receiver.url}/mine", "order.created")
        order = client.order()
        client.pay(order)
        client.send("DELETE", f"/subscriptions/{subscription['id']}", 204)
        client.order()

        assert [("order.created", "delivered", 1)] == client.states()


def test_a_subscription_s_own_secret_signs_its_deliveries(tmp_path: Path, receiver: Receiver) -> None:
    secret = "whsec_" + "c2VjcmV0IHNlY3JldCBzZWNyZXQ="
    with shop(tmp_path) as client:
        client.subscribe(receiver.url, secret=secret)
        client.order()
        client.deliveries()

    (call,) = receiver.received
    assert call.body == Webhook(secret).verify(call.content, call.headers)


def test_each_namespace_has_its_own_subscriptions_and_deliveries(tmp_path: Path, receiver: Receiver) -> None:
    with shop(tmp_path) as client:
        client.headers = {"mock-namespace": "one"}
        client.send("POST", "/_mock/subscriptions", 201, json={"url": receiver.url})
        client.order()
        seen = client.states()
        client.headers = {"mock-namespace": "other"}
        client.order()

        assert [("order.created", "delivered", 1)] == seen
        assert [] == client.deliveries()


def test_a_reset_forgets_deliveries_and_subscriptions(tmp_path: Path, receiver: Receiver) -> None:
    with shop(tmp_path) as client:
        client.send("POST", "/_mock/subscriptions", 201, json={"url": receiver.url})
        client.order()
        client.deliveries()
        client.send("POST", "/_mock/reset", 200)
        client.order()

        assert [] == client.deliveries()


def test_a_delivery_names_the_request_that_caused_it(tmp_path: Path, receiver: Receiver) -> None:
    with shop(tmp_path, webhooks={"*": receiver.url}, journal=10) as client:
        client.order()
        asked = client.send("GET", "/_mock/requests", 200)

        assert [asked[0]["number"]] == [each["request"] for each in client.deliveries()]


def test_the_same_seed_and_requests_send_the_same_ids_and_bodies(tmp_path: Path, receiver: Receiver) -> None:
    runs = []
    for _ in range(2):
        with shop(tmp_path, webhooks={"*": receiver.url}, seed=7) as client:
            client.order()
            client.order()
            runs.append([(each["id"], each["body"]) for each in client.deliveries()])

    assert 2 == len(runs[0])
    assert runs[0] == runs[1]


def test_a_webhook_is_sent_by_hand_to_an_address_and_tells_of_an_item(tmp_path: Path, receiver: Receiver) -> None:
    with shop(tmp_path) as client:
        order = client.order()
        client.order()
        body = {"url": f"{receiver.url}/hand", "item": {"resource": "order", "id": order["id"]}}
        client.send("POST", "/_mock/webhooks/order.deleted/send", 202, json=body)
        client.deliveries()

    (call,) = receiver.at("/hand")
    assert ("order.deleted", order) == (call.body["type"], call.body["data"])


def test_what_nobody_subscribed_to_is_not_sent_by_hand(tmp_path: Path) -> None:
    with shop(tmp_path) as client:
        refused = client.send("POST", "/_mock/webhooks/order.created/send", 409, json={})

    assert "nothing has subscribed to 'order.created'" in refused["detail"]


def test_an_unknown_webhook_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    with shop(tmp_path) as client:
        refused = client.send("POST", "/_mock/webhooks/order.eaten/send", 404, json={})

    assert "did you mean 'order.created', 'order.updated' or 'order.deleted'?" in refused["detail"]


def test_a_document_of_3_0_has_its_webhooks_in_an_extension(tmp_path: Path, receiver: Receiver) -> None:
    (tmp_path / "api.yaml").write_text("""openapi: 3.0.3
info: {title: T, version: '1'}
paths: {}
x-webhooks:
  shipped:
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Shipped'}}}}
      responses: {'204': {description: taken}}
components: {schemas: {Shipped: {type: object, required: [weight], properties: {weight: {type: integer, nullable: true, enum: [7]}}}}}
""")  # noqa: E501

    with Client(create_app(tmp_path / "api.yaml", seed=1)) as client:
        sent = client.post("/_mock/webhooks/shipped/send", json={"url": receiver.url})
        client.get("/_mock/deliveries?wait=10")

    assert sent.is_success
    assert [{"weight": 7}] == [each.body for each in receiver.received]


def test_documented_headers_and_names_are_sent_as_their_examples_say(tmp_path: Path, receiver: Receiver) -> None:
    """The id of the delivery is that of the message, and not of the things in it."""
    (tmp_path / "api.yaml").write_text("""openapi: 3.1.0
info: {title: T, version: '1'}
paths: {}
webhooks:
  /ACCOUNT_CLOSED:
    post:
      parameters:
        - {name: User-Agent, in: header, schema: {type: string}, example: Hook/1}
        - {name: X-Hook-Id, in: header, schema: {type: string}, example: 123}
        - {name: X-Kind, in: header, required: true, schema: {type: string}, examples: {one: {$ref: '#/components/examples/Kind'}}}
        - {name: X-Other, in: header, schema: {type: string}}
        - {name: Webhook-Id, in: header, schema: {type: string}, example: shown}
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Event'}}}}
      responses: {'204': {description: taken}}
components:
  examples: {Kind: {value: account}}
  schemas:
    Event:
      type: object
      required: [id, eventType, message, account]
      properties:
        id: {type: string}
        eventType: {type: string}
        message: {type: object, required: [id], properties: {id: {type: string}}}
        account: {type: object, required: [id, owner], properties: {id: {type: string}, owner: {type: object, required: [id], properties: {id: {type: string}}}}}
""")  # noqa: E501

    with Client(create_app(tmp_path / "api.yaml", seed=1)) as client:
        client.post("/_mock/webhooks/%2FACCOUNT_CLOSED/send", json={"url": receiver.url})
        client.get("/_mock/deliveries?wait=10")

    (sent,) = receiver.received
    names = ("user-agent", "x-hook-id", "x-kind", "x-other")
    assert ["Hook/1", "123", "account", None] == [sent.headers.get(name) for name in names]
    id, body = sent.headers["webhook-id"], sent.body
    assert (id, id, "ACCOUNT_CLOSED") == (body["id"], body["message"]["id"], body["eventType"])
    assert "shown" != id
    assert id not in (body["account"]["id"], body["account"]["owner"]["id"])


@pytest.mark.parametrize(("shown", "example", "header", "body"), [
    ({"schema": {"type": "string", "format": "uuid"}}, "x", UUID, UUID),
    ({"schema": {"type": "string"}, "example": EXAMPLE_ID}, EXAMPLE_ID, UUID, UUID),
    ({"schema": {"type": "string"}}, "evt_1NG8Du2eZvKYlo2C", r"msg_\w{24}", r"evt_\w{24}"),
    ({"schema": {"type": "string"}}, "x", r"msg_\w{24}", r"msg_\w{24}"),
])  # fmt: skip
def test_the_id_of_a_message_has_the_form_that_the_document_shows(
    tmp_path: Path, receiver: Receiver, shown: dict[str, Any], example: str, header: str, body: str
) -> None:
    schema = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "example": example}}}
    named = {"name": "Webhook-Id", "in": "header", **shown}
    content = {"content": {"application/json": {"schema": schema}}}
    operation = {"parameters": [named], "requestBody": content, "responses": {"204": {"description": "taken"}}}
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "webhooks": {"made": {"post": operation}}}
    (tmp_path / "api.json").write_text(json.dumps(document))

    with Client(create_app(tmp_path / "api.json")) as client:
        client.post("/_mock/webhooks/made/send", json={"url": receiver.url})
        client.get("/_mock/deliveries?wait=10")

    (sent,) = receiver.received
    id = sent.headers["webhook-id"]
    assert re.fullmatch(header, id)
    assert re.fullmatch(body, sent.body["id"])
    assert (id == sent.body["id"]) is (header == body)


@pytest.mark.parametrize(("name", "action", "event"), [
    ("check-run-completed", "completed", "check_run"), ("alert-closed-by-user", "closed_by_user", "alert"),
    ("page-build", None, "page_build"), ("completed", "completed", "completed"),
    ("order.created", None, "order.created"),
])  # fmt: skip
def test_the_event_of_github_is_named_without_its_action(
    tmp_path: Path, receiver: Receiver, name: str, action: str | None, event: str
) -> None:
    properties = {"action": {"const": action}} if action else {"n": {"const": 1}}
    schema = {"type": "object", "required": [*properties], "properties": properties}
    signed = {"name": "X-Hub-Signature-256", "in": "header", "schema": {"type": "string"}}
    body = {"content": {"application/json": {"schema": schema}}}
    operation = {"parameters": [signed], "requestBody": body, "responses": {"204": {"description": "taken"}}}
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "webhooks": {name: {"post": operation}}}
    (tmp_path / "api.json").write_text(json.dumps(document))

    with Client(create_app(tmp_path / "api.json", seed=1)) as client:
        client.post(f"/_mock/webhooks/{name}/send", json={"url": receiver.url})
        client.get("/_mock/deliveries?wait=10")

    assert [event] == [each.headers["x-github-event"] for each in receiver.received]


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        ({"id": 4711}, {"id": 1}),
        ({"pet": {"id": 4711}}, {"pet": {"id": 1}}),
        ({"data": {"id": 4711, "href": "x"}}, {"data": {"id": 1, "href": "x"}}),
        ({"owner": {"id": 4711}}, {"owner": {"id": 4711}}),
        ({"at": "2020-01-01T00:00:00Z"}, {"at": "2026-01-01T00:00:00Z"}),
        ({"eventTimestamp": "2020-01-01T00:00:00Z"}, {"eventTimestamp": "2026-01-01T00:00:00Z"}),
        ({"expires_at": "2020-01-01T00:00:00Z"}, {"expires_at": "2020-01-01T00:00:00Z"}),
        ({"format": "flat"}, {"format": "flat"}),
    ],
)
def test_ids_of_items_and_times_of_events_are_those_of_what_happened(
    tmp_path: Path, receiver: Receiver, shown: dict[str, Any], told: dict[str, Any]
) -> None:
    pet = {
        "type": "object",
        "required": ["name"],
        "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
    }
    body, event = ({"content": {"application/json": {"schema": each}}} for each in (pet, described(shown)))
    made = {"post": {"requestBody": body, "responses": {"201": {"description": "a pet", **body}}}}
    own = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    read = {"get": {"parameters": [own], "responses": {"200": {"description": "a pet", **body}}}}
    hook = {"post": {"requestBody": event, "responses": {"204": {"description": "taken"}}}}
    info = {"title": "T", "version": "1"}
    document = {"openapi": "3.1.0", "info": info, "paths": {"/pets": made, "/pets/{id}": read}}
    (tmp_path / "api.json").write_text(json.dumps(document | {"webhooks": {"petCreated": hook}}))
    with shop(tmp_path, document=tmp_path / "api.json", webhooks={"*": receiver.url}, seed=1) as client:
        client.send("POST", "/pets", 201, json={"name": "Rex"})
        assert ["delivered"] == [each["state"] for each in client.deliveries()]

    (sent,) = receiver.received
    assert told == json.loads(re.sub(r"(2026-01-01T00:00:00)[.\d]*Z", r"\1Z", sent.content.decode()))


def described(value: Any) -> dict[str, Any]:
    """A schema whose only example is the value."""
    if isinstance(value, dict):
        properties = {name: described(each) for name, each in value.items()}
        return {"type": "object", "required": [*value], "properties": properties}
    return {"type": "integer" if isinstance(value, int) else "string", "example": value}
