"""Operations that change one entry of a list in an item and show the item."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.errors import BehaviourError
from mockserver.web.service import ServiceSettings
from tests.client import Client
from tests.inference.pets import NUMBER, TEXT
from tests.web.document import Node, answers, document, served, takes

CART: Node = {"$ref": "#/components/schemas/Cart"}
LINE: Node = {
    "type": "object",
    "required": ["id", "sku", "quantity"],
    "properties": {"id": NUMBER, "sku": TEXT, "quantity": NUMBER, "note": TEXT},
}


def shop(key: str = "itemId", line: Node = LINE) -> Node:
    """Carts, whose lines are added, changed and removed by operations that show the cart."""
    cart: Node = {
        "type": "object",
        "required": ["id", "items"],
        "properties": {"id": NUMBER, "owner": TEXT, "items": {"type": "array", "items": line}},
    }
    own = {"name": "id", "in": "path", "required": True, "schema": NUMBER}
    above = own | {"name": "cartId"}
    one = {"name": key, "in": "path", "required": True, "schema": line["properties"].get("id", TEXT)}
    sent: Node = {"type": "object", "properties": {"sku": TEXT, "quantity": NUMBER}}
    shown, gone = answers(CART), {"404": {"description": "not there"}}
    paths: Node = {
        "/carts": {
            "post": {
                "requestBody": takes({"type": "object", "properties": {"owner": TEXT}}),
                "responses": answers(CART, "201"),
            },
        },
        "/carts/{id}": {"parameters": [own], "get": {"responses": shown | gone}},
        "/carts/{cartId}/items": {
            "parameters": [above],
            "post": {"requestBody": takes(sent), "responses": answers(CART, "201") | gone},
        },
        f"/carts/{{cartId}}/items/{{{key}}}": {
            "parameters": [above, one],
            "patch": {"requestBody": takes(sent), "responses": shown | gone},
            "delete": {"responses": {"204": {"description": "removed"}} | gone},
        },
    }
    return document(paths, components={"schemas": {"Cart": cart}})


def one_cart() -> Node:
    """The shop with one cart at a path without an id, which can only be read as a whole."""
    made = shop()
    del made["paths"]["/carts"]
    made["paths"] = {
        re.sub(r"^/carts/\{\w+\}", "/cart", path): node
        | {"parameters": [each for each in node["parameters"] if each["name"] == "itemId"]}
        for path, node in made["paths"].items()
    }
    return made


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    """A client of the shop with one empty cart, number 1."""
    with Client(served(tmp_path, shop())) as client:
        assert {"id": 1, "owner": "Ada", "items": []} == client.post("/carts", json={"owner": "Ada"}).json()
        yield client


def test_an_entry_that_is_added_is_in_the_item_that_the_reply_shows(client: Client) -> None:
    first = client.post("/carts/1/items", json={"sku": "a", "quantity": 2})
    second = client.post("/carts/1/items", json={"sku": "b", "quantity": 1}).json()

    assert (201, 1) == (first.status_code, first.json()["id"])
    assert [(1, "a", 2), (2, "b", 1)] == [(e["id"], e["sku"], e["quantity"]) for e in second["items"]]
    assert second == client.get("/carts/1").json()


def test_an_entry_is_changed_and_removed_at_its_own_path(client: Client) -> None:
    for sku in ("a", "b"):
        client.post("/carts/1/items", json={"sku": sku, "quantity": 1})

    changed = client.patch("/carts/1/items/2", json={"quantity": 7}).json()["items"]
    removed = client.delete("/carts/1/items/1")

    assert [("a", 1), ("b", 7)] == [(entry["sku"], entry["quantity"]) for entry in changed]
    assert (204, changed[1:]) == (removed.status_code, client.get("/carts/1").json()["items"])


@pytest.mark.parametrize("items", [0, 3])
def test_entries_of_a_single_item_are_added_changed_and_removed(tmp_path: Path, items: int) -> None:
    with Client(served(tmp_path, one_cart(), settings=ServiceSettings(items=items))) as client:
        first = client.get("/cart").json()
        added = client.post("/cart/items", json={"sku": "hat", "quantity": 2})
        key = added.json()["items"][0]["id"]
        changed = client.patch(f"/cart/items/{key}", json={"quantity": 3})
        shown = client.get("/cart").json()
        removed = [client.delete(f"/cart/items/{key}").status_code for _ in range(2)]
        after = client.get("/cart").json()

    assert [] == first["items"]
    assert (201, ["hat"]) == (added.status_code, [line["sku"] for line in added.json()["items"]])
    assert {"sku": "hat", "quantity": 3} == {name: shown["items"][0][name] for name in ("sku", "quantity")}
    assert shown == changed.json()
    assert [204, 404] == removed
    assert first == after


def test_a_single_item_whose_list_has_operations_of_its_own_is_answered_by_example(tmp_path: Path) -> None:
    made = one_cart()
    made["paths"]["/cart/items"]["get"] = {"responses": answers({"type": "array", "items": LINE})}
    with Client(served(tmp_path, made)) as client:
        client.post("/cart/items", json={"sku": "hat", "quantity": 2})

        assert "hat" not in client.get("/cart").text


@pytest.mark.parametrize("path", ["/carts/1/items/9", "/carts/7/items/1"])
def test_an_unknown_entry_or_item_is_not_found(client: Client, path: str) -> None:
    client.post("/carts/1/items", json={"sku": "a", "quantity": 1})

    assert [404, 404] == [client.delete(path).status_code, client.patch(path, json={"quantity": 1}).status_code]
    assert 404 == client.post("/carts/7/items", json={"sku": "a", "quantity": 1}).status_code
    assert 1 == len(client.get("/carts/1").json()["items"])


def test_an_entry_may_be_named_by_what_the_client_chose(tmp_path: Path) -> None:
    line: Node = {"type": "object", "required": ["sku"], "properties": {"sku": TEXT, "quantity": NUMBER}}
    with Client(served(tmp_path, shop("sku", line))) as client:
        client.post("/carts", json={})
        client.post("/carts/1/items", json={"sku": "a/b", "quantity": 1})

        assert 204 == client.delete("/carts/1/items/a%2Fb").status_code
        assert [] == client.get("/carts/1").json()["items"]


def test_a_child_of_the_same_kind_is_an_item_of_its_own(tmp_path: Path) -> None:
    folder: Node = {"$ref": "#/components/schemas/Folder"}
    schema: Node = {
        "type": "object",
        "required": ["id"],
        "properties": {"id": NUMBER, "name": TEXT, "folders": {"type": "array", "items": folder}},
    }
    own = [{"name": "id", "in": "path", "required": True, "schema": NUMBER}]
    asked = takes({"type": "object", "properties": {"name": TEXT}})
    paths: Node = {
        "/folders": {"post": {"requestBody": asked, "responses": answers(folder, "201")}},
        "/folders/{id}": {"parameters": own, "get": {"responses": answers(folder)}},
        "/folders/{id}/folders": {
            "parameters": own,
            "post": {"requestBody": asked, "responses": answers(folder, "201")},
        },
    }
    with Client(served(tmp_path, document(paths, components={"schemas": {"Folder": schema}}))) as client:
        client.post("/folders", json={"name": "a"})

        assert "b" == client.post("/folders/1/folders", json={"name": "b"}).json()["name"]
        assert "a" == client.get("/folders/1").json()["name"]


def test_an_entry_of_no_list_is_refused_at_load(tmp_path: Path) -> None:
    stated: dict[str, Any] = shop()
    action = {"does": "update", "of": "cart", "entry": "lines", "evidence": "assumed"}
    stated["paths"]["/carts/{cartId}/items"]["post"]["x-behaviour"] = {"action": action}

    with pytest.raises(
        BehaviourError, match=r"POST /carts/.*/items: `entry` names lines, which no reply of cart shows"
    ):
        served(tmp_path, stated)
