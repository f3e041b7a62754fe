"""What a client sends is kept as far as the replies allow it: also inside of objects and lists."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client import Client
from tests.web.document import Node, answers, document, served, takes

TEXT = {"type": "string"}
SENT = {"phone": "1", "preferred": "home", "since": 7}


def closed(**properties: Node) -> Node:
    return {"type": "object", "additionalProperties": False, "properties": properties}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    contact = closed(phone=TEXT, preferred=TEXT, since={"type": "integer"})
    shown = {**closed(phone=TEXT, kind=TEXT, since=TEXT), "required": ["kind"]}

    def customer(inner: Node) -> dict[str, Node]:
        return {
            "contact": inner,
            "others": {"type": "array", "items": inner},
            "work": {"type": "object", "properties": {"contact": inner, "note": TEXT}},
            "maybe": {"anyOf": [inner, {"type": "null"}]},
        }

    item = {"type": "object", "required": ["id"], "properties": {"id": TEXT, **customer(shown)}}
    asked = {"type": "object", "properties": customer(contact)}
    one = [{"name": "id", "in": "path", "required": True, "schema": TEXT}]
    paths = {
        "/customers": {"post": {"requestBody": takes(asked), "responses": answers(item, "201")}},
        "/customers/{id}": {
            "parameters": one,
            "get": {"responses": answers(item)},
            "patch": {"requestBody": takes(asked), "responses": answers(item)},
        },
    }
    with Client(served(tmp_path_factory.mktemp("api"), document(paths))) as client:
        yield client


def kept(contact: Node) -> Node:
    """The part of a contact that the client sent, in a reply that also must show a `kind`."""
    assert isinstance(contact["since"], str)
    assert contact.keys() == {"phone", "kind", "since"}
    return {"phone": contact["phone"]}


def test_an_object_keeps_the_properties_that_request_and_reply_allow(api: Client) -> None:
    made = api.post("/customers", json={"contact": SENT})

    assert 201 == made.status_code
    assert {"phone": "1"} == kept(made.json()["contact"])
    assert made.json() == api.get(f"/customers/{made.json()['id']}").json()


def test_so_do_the_objects_of_a_list_and_those_deep_inside(api: Client) -> None:
    sent = {"others": [SENT, {**SENT, "phone": "2"}], "work": {"contact": SENT, "note": "n"}, "maybe": SENT}
    made = api.post("/customers", json=sent).json()

    assert [{"phone": "1"}, {"phone": "2"}] == [kept(each) for each in made["others"]]
    assert {"phone": "1"} == kept(made["work"]["contact"])
    assert "n" == made["work"]["note"]
    assert {"phone": "1"} == kept(made["maybe"])


def test_an_update_keeps_them_too(api: Client) -> None:
    made = api.post("/customers", json={"contact": SENT}).json()
    changed = api.patch(f"/customers/{made['id']}", json={"contact": {**SENT, "phone": "3"}}).json()

    assert {"phone": "3"} == kept(changed["contact"])


def test_what_the_request_lacks_and_the_reply_does_not_need_is_not_made_up(api: Client) -> None:
    made = api.post("/customers", json={"contact": {"phone": "1", "preferred": "home"}}).json()

    assert {"phone", "kind"} == made["contact"].keys()


@pytest.mark.parametrize("bound", [{"maxItems": 1}, {"items": {"type": "integer"}}])
def test_a_list_that_the_reply_does_not_allow_costs_nothing_else(tmp_path: Path, bound: Node) -> None:
    sent: Node = {"name": TEXT, "labels": {"type": "array", "items": TEXT}, "note": TEXT}
    shown = {"type": "object", "required": ["id", "labels"], "properties": {"id": TEXT, **sent}}
    shown["properties"]["labels"] = {**sent["labels"], **bound}
    create = {"requestBody": takes({"type": "object", "properties": sent}), "responses": answers(shown, "201")}
    with Client(served(tmp_path, document({"/boxes": {"post": create}}))) as client:
        made = client.post("/boxes", json={"name": "Tea", "labels": ["a", "b"], "note": "fine"}).json()

    assert ("Tea", "fine") == (made["name"], made["note"])
    assert made["labels"] == ["a"] or all(isinstance(each, int) for each in made["labels"])
