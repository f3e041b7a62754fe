"""The list in an item and the items below it are one: an order's `lines` are what `/orders/{id}/lines` lists."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.inference.pets import NUMBER, TEXT, collection, given
from tests.web.document import Node, document, served, takes

LINE: Node = {
    "type": "object",
    "required": ["id", "sku"],
    "properties": {"id": NUMBER, "sku": {"type": "string", "minLength": 1}, "quantity": NUMBER},
}
SHOWN: Node = {"$ref": "#/components/schemas/Line"}


def orders(listed: str = "lines", *, sends: bool = True, entry: Node = SHOWN) -> Node:
    """A document about orders, which show a list, and the lines below them."""
    order: Node = {
        "type": "object",
        "required": ["id", listed],
        "properties": {"id": NUMBER, "note": TEXT, listed: {"type": "array", "items": entry}},
    }
    asked: Node = {"type": "object", "properties": {"note": TEXT}}
    if sends:
        asked["properties"][listed] = {"type": "array", "items": given(LINE) | {"required": []}}
        asked["properties"][listed]["items"]["properties"]["id"] = NUMBER
    paths = collection("/orders", order, parameter="orderId")
    for path, method in (("/orders", "post"), ("/orders/{orderId}", "put"), ("/orders/{orderId}", "patch")):
        paths[path][method]["requestBody"] = takes(asked)
    below = collection("/orders/{orderId}/lines", LINE, parameter="lineId")
    paths |= json.loads(json.dumps(below).replace(json.dumps(LINE), json.dumps(SHOWN)))
    return document(paths, components={"schemas": {"Line": LINE}})


def lines(*skus: str) -> list[Node]:
    return [{"sku": sku, "quantity": 1} for sku in skus]


def skus(entries: list[Any]) -> list[tuple[int, str]]:
    return [(entry["id"], entry["sku"]) for entry in entries]


def both(client: Client, order: int = 1) -> list[tuple[int, str]]:
    """The lines of an order: those that it shows, which are those that its list has."""
    shown, listed = (client.get(f"/orders/{order}{path}").json() for path in ("", "/lines"))
    assert skus(shown["lines"]) == skus(listed)
    return skus(listed)


def test_what_a_create_sends_in_its_list_is_below_the_new_item(tmp_path: Path) -> None:
    with Client(served(tmp_path, orders())) as client:
        made = client.post("/orders", json={"lines": lines("a", "b")}).json()
        client.post("/orders", json={"lines": lines("c")})

        assert [(1, "a"), (2, "b")] == skus(made["lines"]) == both(client)
        assert [(1, "c")] == both(client, 2)
        assert "b" == client.get("/orders/1/lines/2").json()["sku"]


@pytest.mark.parametrize("sends", [True, False])
def test_the_list_changes_with_what_is_below(tmp_path: Path, sends: bool) -> None:
    with Client(served(tmp_path, orders(sends=sends))) as client:
        assert [] == client.post("/orders", json={"note": "x"}).json()["lines"]
        for sku in "abc":
            client.post("/orders/1/lines", json={"sku": sku})
        client.patch("/orders/1/lines/2", json={"sku": "B"})
        client.delete("/orders/1/lines/1")
        client.put("/orders/1", json={"note": "y"})

        assert [(2, "B"), (3, "c")] == both(client)


def test_an_update_of_the_list_changes_creates_and_deletes_what_is_below(tmp_path: Path) -> None:
    with Client(served(tmp_path, orders())) as client:
        client.post("/orders", json={"lines": lines("a", "b")})
        client.patch("/orders/1", json={"lines": [{"id": 2, "sku": "B"}, {"sku": "c"}]})

        assert [(2, "B"), (3, "c")] == both(client)
        assert 404 == client.get("/orders/1/lines/1").status_code
        assert 1 == client.get("/orders/1/lines/2").json()["quantity"]


def test_a_refused_request_changes_neither(tmp_path: Path) -> None:
    with Client(served(tmp_path, orders())) as client:
        client.post("/orders", json={"lines": lines("a")})

        assert 400 == client.patch("/orders/1", json={"lines": lines("b", "")}).status_code
        assert [(1, "a")] == both(client)


@pytest.mark.parametrize(
    ("listed", "entry"),
    [("items", SHOWN), ("lines", {"type": "object", "properties": {"at": TEXT, "text": TEXT}}), ("lines", TEXT)],
)
def test_a_list_of_something_else_is_left_alone(tmp_path: Path, listed: str, entry: Node) -> None:
    with Client(served(tmp_path, orders(listed, sends=False, entry=entry))) as client:
        before = client.post("/orders", json={}).json()
        client.post("/orders/1/lines", json={"sku": "a"})

        assert before == client.get("/orders/1").json()


def test_a_behaviour_file_names_the_list_or_says_that_there_is_none(tmp_path: Path) -> None:
    parent = {"resource": "order", "parameter": "orderId", "evidence": "assumed"}
    for written, shown in (("items", "items"), ("lines", "")):
        stated: Node = {"x-resources": {"line": {"parent": parent | {"shown-in": shown}}}}
        with Client(served(tmp_path, orders(written, sends=False) | stated)) as client:
            client.post("/orders", json={})
            client.post("/orders/1/lines", json={"sku": "a"})

            assert ((1, "a") in skus(client.get("/orders/1").json()[written])) is bool(shown)


@pytest.mark.parametrize(("entry", "kept"), [(SHOWN, True), (LINE | {"title": "another schema"}, False)])
def test_a_list_shows_what_is_only_made_below_it_by_the_very_schema(tmp_path: Path, entry: Node, *, kept: bool) -> None:
    written = orders(sends=False, entry=entry)
    written["paths"]["/orders/{orderId}/lines"].pop("get")
    del written["paths"]["/orders/{orderId}/lines/{lineId}"]
    with Client(served(tmp_path, written)) as client:
        client.post("/orders", json={})
        made = client.post("/orders/1/lines", json={"sku": "a", "quantity": 1}).json()

        assert ([made] if kept else []) == client.get("/orders/1").json()["lines"]
