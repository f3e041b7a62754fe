"""Operations below an item do what their names say, and show the item of their path."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.client import Client
from tests.web.document import Node, answers, document, served, takes

ORDER: Node = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "string", "format": "uuid", "readOnly": True},
        "name": {"type": "string"},
        "color": {"type": "string", "enum": ["red", "paid"]},
        "status": {
            "type": "string",
            "enum": ["pending", "paid", "on_hold", "cancelled", "checked-in", "denied"],
            "default": "pending",
            "readOnly": True,
        },
        "cancelledAt": {"type": ["string", "null"], "format": "date-time", "readOnly": True},
        "isLocked": {"type": "boolean", "default": False, "readOnly": True},
        "note": {"type": "string"},
    },
}
SHOWN: Node = {"$ref": "#/components/schemas/Order"}
DONE: Node = {"type": "object", "required": ["done"], "properties": {"done": {"const": True}}}


def orders(path: str, operation: Node, method: str = "post") -> Node:
    """A document about orders with one operation below an order."""
    parameter: Node = {"name": "orderId", "in": "path", "required": True, "schema": {"type": "string"}}
    paths: Node = {
        "/orders": {"post": {"requestBody": takes(SHOWN), "responses": answers(SHOWN, "201")}},
        "/orders/{orderId}": {"parameters": [parameter], "get": {"responses": answers(SHOWN)}},
        path: {"parameters": [parameter], method: operation},
    }
    return document(paths) | {"components": {"schemas": {"Order": ORDER}}}


@pytest.mark.parametrize(
    ("verb", "status"),
    [("/cancel", "cancelled"), (":cancel", "cancelled"), ("/pay", "paid"), ("/mark-as-paid", "paid"),
     ("/hold", "on_hold"), ("/checkIn", "checked-in"), ("/checkin", "checked-in"), ("/deny", "denied"),
     ("/cancelOrder", "cancelled"), ("/frobnicate", "pending")],
)  # fmt: skip
def test_an_action_gives_the_item_the_state_that_its_name_says(tmp_path: Path, verb: str, status: str) -> None:
    with Client(served(tmp_path, orders(f"/orders/{{orderId}}{verb}", {"responses": answers(SHOWN)}))) as client:
        order, other = (client.post("/orders", json={"name": name}).json() for name in ("one", "other"))
        done = client.post(f"/orders/{order['id']}{verb}").json()

        assert (order["id"], status) == (done["id"], done["status"])
        assert done == client.get(f"/orders/{order['id']}").json()
        assert other == client.get(f"/orders/{other['id']}").json()
        assert 404 == client.post(f"/orders/nothing{verb}").status_code


def test_an_action_sets_the_time_at_which_it_was_done(tmp_path: Path) -> None:
    paths = orders("/orders/{orderId}/cancel", {"responses": answers(SHOWN)})
    with Client(served(tmp_path, paths, seed=1)) as client:
        order = client.post("/orders", json={"name": "one"}).json()
        done = client.post(f"/orders/{order['id']}/cancel").json()

    assert "2026-01-01T" == done["cancelledAt"][:11]


@pytest.mark.parametrize(
    ("verb", "method", "before", "after"),
    [("lock", "post", False, True), ("lock", "put", False, True), ("lock", "delete", True, False),
     ("unlock", "post", True, False)],
)  # fmt: skip
def test_an_action_switches_a_boolean_that_is_named_after_it(
    tmp_path: Path, verb: str, method: str, before: bool, after: bool
) -> None:
    operation: Node = {"responses": {"204": {"description": "Done"}}}
    with Client(served(tmp_path, orders(f"/orders/{{orderId}}/{verb}", operation, method))) as client:
        order = client.post("/orders", json={"name": "one"}).json()
        client.put(f"/_mock/state/api/order/{order['id']}", json=order | {"isLocked": before})
        assert 204 == client.request(method, f"/orders/{order['id']}/{verb}").status_code

        assert after is client.get(f"/orders/{order['id']}").json()["isLocked"]


def test_an_action_that_shows_something_else_changes_the_item_too(tmp_path: Path) -> None:
    with Client(served(tmp_path, orders("/orders/{orderId}/cancel", {"responses": answers(DONE)}))) as client:
        order = client.post("/orders", json={"name": "one"}).json()

        assert {"done": True} == client.post(f"/orders/{order['id']}/cancel").json()
        assert "cancelled" == client.get(f"/orders/{order['id']}").json()["status"]


def test_of_the_body_of_an_action_only_properties_of_the_item_are_stored(tmp_path: Path) -> None:
    asked: Node = {"type": "object", "properties": {"note": {"type": "string"}, "reason": {"type": "string"}}}
    operation = {"requestBody": takes(asked), "responses": answers(SHOWN)}
    with Client(served(tmp_path, orders("/orders/{orderId}/cancel", operation))) as client:
        order = client.post("/orders", json={"name": "one"}).json()
        done = client.post(f"/orders/{order['id']}/cancel", json={"note": "too late", "reason": "late"}).json()

    assert ("too late", "cancelled") == (done["note"], done["status"])
    assert "reason" not in done


def test_an_operation_named_after_a_property_changes_that(tmp_path: Path) -> None:
    asked: Node = {"type": "object", "required": ["note"], "properties": {"note": {"type": "string"}}}
    operation = {"requestBody": takes(asked), "responses": answers(SHOWN)}
    with Client(served(tmp_path, orders("/orders/{orderId}/note", operation, "put"))) as client:
        order = client.post("/orders", json={"name": "one"}).json()
        changed = client.put(f"/orders/{order['id']}/note", json={"note": "fragile"}).json()

        assert order | {"note": "fragile"} == changed
        assert changed == client.get(f"/orders/{order['id']}").json()


@pytest.mark.parametrize(("verb", "status"), [("duplicate", 200), ("refund", 201)])
def test_an_operation_that_makes_another_item_does_not_show_the_old_one(tmp_path: Path, verb: str, status: int) -> None:
    operation = {"responses": {str(status): answers(SHOWN)["200"]}}
    with Client(served(tmp_path, orders(f"/orders/{{orderId}}/{verb}", operation))) as client:
        order = client.post("/orders", json={"name": "one"}).json()
        shown = client.post(f"/orders/{order['id']}/{verb}")

    assert status == shown.status_code
    assert order["id"] != shown.json()["id"]


def test_an_action_that_may_take_longer_starts_no_new_item(tmp_path: Path) -> None:
    """A 202 beside the 200 is about the same order, which was put."""
    operation: Node = {"responses": answers(SHOWN) | {"202": {"description": "it goes on"}}}
    written = orders("/orders/{orderId}/pause", operation)
    written["paths"]["/orders"] = {"get": {"responses": answers({"type": "array", "items": SHOWN})}}
    written["paths"]["/orders/{orderId}"]["put"] = {"requestBody": takes(SHOWN), "responses": answers(SHOWN)}
    with Client(served(tmp_path, written)) as client:
        id = "0c1d7a52-6a0e-4b3a-9a37-1f1f0d0a6a11"
        order = client.put(f"/orders/{id}", json={"name": "one"}).json()

        assert order == client.post(f"/orders/{id}/pause").json()
        assert [order] == client.get("/orders").json()


@pytest.mark.parametrize(
    ("text", "status"),
    [("It is `on_hold`.", "on_hold"), ("Takes the money. The order is `paid` afterwards.", "paid"),
     ("Ends it: it is `denied`, and we say so.", "denied"), ("The order is paid until it is refunded.", "paid"),
     ("The invoice is paid.", "pending"), ("If the card is valid, it is paid.", "pending")],
)  # fmt: skip
def test_a_sentence_says_in_which_state_an_item_is_after_an_action(tmp_path: Path, text: str, status: str) -> None:
    paths = orders("/orders/{orderId}/settle", {"description": text, "responses": answers(SHOWN)})
    with Client(served(tmp_path, paths)) as client:
        order = client.post("/orders", json={"name": "one"}).json()
        done = client.post(f"/orders/{order['id']}/settle").json()

        assert ("pending", status) == (order["status"], done["status"])
        assert done == client.get(f"/orders/{order['id']}").json()


def test_the_time_and_the_values_that_come_with_a_state_are_there_afterwards_and_not_before(tmp_path: Path) -> None:
    text = "The order becomes `paid`, then it gets a receipt number and a receipt link."
    document = orders("/orders/{orderId}/settle", {"description": text, "responses": answers(SHOWN)})
    own: Node = {
        "paidUtc": {"type": ["string", "null"], "format": "date-time"},
        "receiptNumber": {"type": "string", "readOnly": True},
        "receiptLink": {"type": ["string", "null"], "format": "uri", "readOnly": True},
    }
    shown = {**ORDER, "properties": {**ORDER["properties"], **own}}
    with Client(served(tmp_path, document | {"components": {"schemas": {"Order": shown}}}, seed=1)) as client:
        order = client.post("/orders", json={"name": "one"}).json()
        done = client.post(f"/orders/{order['id']}/settle").json()

        assert [None, None, None] == [order.get(name) for name in own]
        assert "2026-01-01T" == done["paidUtc"][:11]
        assert done["receiptNumber"]
        assert done["receiptLink"].startswith("https://")
        assert done == client.get(f"/orders/{order['id']}").json()


@pytest.mark.parametrize(("text", "second"), [("The order has already ended", 409), ("The name already exists", 200)])
def test_an_action_that_an_error_calls_done_already_is_refused_the_second_time(
    tmp_path: Path, text: str, second: int
) -> None:
    responses = answers(SHOWN) | {"409": {"description": text}}
    with Client(served(tmp_path, orders("/orders/{orderId}/cancel", {"responses": responses}), seed=1)) as client:
        order = client.post("/orders", json={"name": "one"}).json()
        done = client.post(f"/orders/{order['id']}/cancel")

        assert (200, second) == (done.status_code, client.post(f"/orders/{order['id']}/cancel").status_code)
        assert second == 200 or done.json() == client.get(f"/orders/{order['id']}").json()


@pytest.mark.parametrize(
    ("verb", "others", "status", "is_locked"),
    [
        ("cancel", (), "cancelled", False),  # as in the tutorial of Spring HATEOAS
        ("cancel", ("post",), "pending", False),  # what a POST did is taken back
        ("lock", ("put",), "pending", False),
        ("lock", (), "pending", False),
    ],
)
def test_a_delete_below_an_item_may_end_something(
    tmp_path: Path, verb: str, others: tuple[str, ...], status: str, is_locked: bool
) -> None:
    path, operation = f"/orders/{{orderId}}/{verb}", {"responses": answers(SHOWN)}
    written = orders(path, operation, "delete")
    written["paths"][path] |= dict.fromkeys(others, operation)
    with Client(served(tmp_path, written)) as client:
        order = client.post("/orders", json={"name": "one"}).json()
        for method in (*others, "delete"):
            done = client.request(method, f"/orders/{order['id']}/{verb}")

        assert (200, status, is_locked) == (done.status_code, done.json()["status"], done.json()["isLocked"])
        assert done.json() == client.get(f"/orders/{order['id']}").json()


def test_a_move_gives_an_item_the_list_whose_id_it_sends(tmp_path: Path) -> None:
    number = {"type": "integer", "readOnly": True}
    schemas = {"Card": {"type": "object", "properties": {"id": number, "listId": number, "title": {"type": "string"}}}}
    card = {"$ref": "#/components/schemas/Card"}
    lists = {"type": "object", "properties": {"id": number, "name": {"type": "string"}}}
    list_id = {"name": "listId", "in": "path", "required": True, "schema": {"type": "integer"}}
    target = {"type": "object", "required": ["listId"], "properties": {"listId": {"type": "integer"}}}
    parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    written = document({
        "/lists": {"post": {"requestBody": takes(lists), "responses": answers(lists, "201")}},
        "/lists/{listId}": {"parameters": [list_id], "get": {"responses": answers(lists)}},
        "/lists/{listId}/cards": {
            "parameters": [list_id],
            "post": {"requestBody": takes(card), "responses": answers(card, "201")},
            "get": {"responses": answers({"type": "array", "items": card})},
        },
        "/cards/{id}": {"parameters": [parameter], "get": {"responses": answers(card)}},
        "/cards/{id}/move": {
            "parameters": [parameter],
            "post": {"requestBody": takes(target), "responses": answers(card)},
        },
    }, components={"schemas": schemas})  # fmt: skip
    with Client(served(tmp_path, written)) as client:
        for name in ("one", "two"):
            client.post("/lists", json={"name": name})
        client.post("/lists/1/cards", json={"title": "a"})
        moved = client.post("/cards/1/move", json={"listId": 2}).json()
        shown = [client.get(f"/lists/{each}/cards").json() for each in (1, 2)]

    assert ({"id": 1, "listId": 2, "title": "a"}, [[], [moved]]) == (moved, shown)


def test_a_time_without_a_format_is_set_as_the_other_times_of_the_item(tmp_path: Path) -> None:
    """As Laravel documents them: `published_at` is a text or null."""
    text, shown = {"type": "string"}, {"type": "string", "readOnly": True}
    state = {"type": "string", "enum": ["draft", "published"], "readOnly": True}
    properties = {
        "id": {"type": "integer", "readOnly": True},
        "title": text,
        "status": state,
        "published_at": {"type": ["string", "null"], "readOnly": True},
        "created_at": shown,
        "updated_at": shown,
    }
    whole = {"type": "object", "required": [*properties], "properties": properties}
    post = {"$ref": "#/components/schemas/Post"}
    parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    written = document({
        "/posts": {"post": {"requestBody": takes(post), "responses": answers(post, "201")}},
        "/posts/{id}": {"parameters": [parameter], "get": {"responses": answers(post)}},
        "/posts/{id}/publish": {"parameters": [parameter], "post": {"responses": answers(post)}},
    }, components={"schemas": {"Post": whole}})  # fmt: skip
    with Client(served(tmp_path, written)) as client:
        made = client.post("/posts", json={"title": "a"}).json()
        done = client.post("/posts/1/publish").json()

    assert (None, "published") == (made["published_at"], done["status"])
    assert made["created_at"][:10] == done["published_at"][:10]
