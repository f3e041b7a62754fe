"""Requests about several items are done to each of them, or to none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.inference.pets import NUMBER, TEXT, collection, given, item, partly, query
from tests.web.document import Node, answers, document, served, takes

PET = item(kind=TEXT)
TWO: list[Node] = [{"name": "Tom", "kind": "cat"}, {"name": "Rex"}]
IDS: Node = {"type": "array", "items": NUMBER}
GONE: Node = {"204": {"description": "gone"}}


def several(schema: Node) -> Node:
    return {"type": "array", "items": schema}


def inside(name: str, schema: Node) -> Node:
    return {"type": "object", "required": [name], "properties": {name: several(schema)}}


def pets(path: str, method: str, operation: Node) -> Node:
    """A document about pets with one operation about several of them."""
    paths = collection("/pets", PET)
    paths.setdefault(path, {})[method] = operation
    return document(paths)


def names(client: Client) -> list[str]:
    return [pet["name"] for pet in client.get("/pets").json()]


@pytest.mark.parametrize(
    ("path", "asked", "sent"),
    [
        ("/pets", several(given(PET)), TWO),
        ("/pets", inside("pets", given(PET)), {"pets": TWO}),
        ("/pets", inside("items", given(PET)), {"items": TWO}),
        ("/pets/batch", several(given(PET)), TWO),
        ("/pets/createWithList", several(partly(PET)), TWO),
        ("/pets:bulkCreate", inside("objects", given(PET)), {"objects": TWO}),
    ],
)
def test_each_item_of_a_list_is_created_in_its_order(tmp_path: Path, path: str, asked: Node, sent: Any) -> None:
    shown = answers(several(PET), "201")
    with Client(served(tmp_path, pets(path, "post", {"requestBody": takes(asked), "responses": shown}))) as client:
        made = client.post(path, json=sent)

        assert (201, ["Tom", "Rex"]) == (made.status_code, [pet["name"] for pet in made.json()])
        assert made.json() == client.get("/pets").json()
        assert made.json()[1] == client.get(f"/pets/{made.json()[1]['id']}").json()


@pytest.mark.parametrize(
    ("shown", "reply"),
    [
        ({"type": "object", "required": ["created"], "properties": {"created": NUMBER, "ids": IDS}},
         {"created": 2, "ids": [1, 2]}),
        (IDS, [1, 2]),
        (NUMBER, 2),
        ({"type": "object", "properties": {"data": several(PET), "total": NUMBER}},
         {"data": [{"id": 1, "name": "Tom", "kind": "cat"}, {"id": 2, "name": "Rex"}], "total": 2}),
    ],
)  # fmt: skip
def test_a_reply_may_show_ids_and_how_many_there_are(tmp_path: Path, shown: Node, reply: Any) -> None:
    written = pets("/pets/batch", "post", {"requestBody": takes(several(given(PET))), "responses": answers(shown)})
    with Client(served(tmp_path, written)) as client:
        made = client.post("/pets/batch", json=TWO).json()
        if isinstance(reply, dict) and "data" in reply:
            made["data"] = [{name: pet[name] for name in pet if pet != made["data"][1] or name != "kind"}
                            for pet in made["data"]]  # fmt: skip

        assert reply == made


def test_a_request_may_have_one_item_or_several(tmp_path: Path) -> None:
    asked, shown = ({"oneOf": [one, several(one)]} for one in (given(PET), PET))
    written = pets("/pets", "post", {"requestBody": takes(asked), "responses": answers(shown, "201")})
    with Client(served(tmp_path, written)) as client:
        alone, both = client.post("/pets", json={"name": "Ada"}), client.post("/pets", json=TWO)

        assert [201, 201] == [alone.status_code, both.status_code]
        assert [alone.json(), *both.json()] == client.get("/pets").json()
        assert ["Ada", "Tom", "Rex"] == names(client)


def test_a_reply_may_show_more_of_the_items_than_others(tmp_path: Path) -> None:
    more = item(kind=TEXT, chip={"type": "string", "format": "uuid"})
    more["required"] = [*more["required"], "chip"]
    operation = {"requestBody": takes(several(given(PET))), "responses": answers(several(more))}
    with Client(served(tmp_path, pets("/pets/batch", "post", operation))) as client:
        made = client.post("/pets/batch", json=TWO)

    assert (200, [36, 36]) == (made.status_code, [len(pet["chip"]) for pet in made.json()])


def test_one_wrong_entry_refuses_all_and_is_named(tmp_path: Path) -> None:
    unique: Node = {"x-resources": {"pet": {"unique": {"fields": ["name"], "evidence": "documented", "source": "us"}}}}
    written = pets("/pets/batch", "post", {"requestBody": takes(several(given(PET))), "responses": answers()})
    with Client(served(tmp_path, written | unique)) as client:
        invalid = client.post("/pets/batch", json=[{"name": "Tom"}, {"name": ""}])
        taken = client.post("/pets/batch", json=[{"name": "Tom"}, {"name": "Rex"}, {"name": "Tom"}])

        assert (400, "1.name") == (invalid.status_code, invalid.json()["errors"][0]["field"])
        assert (409, "2.name") == (taken.status_code, taken.json()["errors"][0]["field"])
        assert [] == names(client)


@pytest.mark.parametrize(
    ("path", "method", "operation", "sent"),
    [
        ("/pets", "delete", {"parameters": [query("ids", IDS)]}, {"params": {"ids": [1, 3]}}),
        ("/pets", "delete", {"parameters": [query("petIds", TEXT)]}, {"params": {"petIds": "1,3"}}),
        ("/pets", "delete", {"requestBody": takes(IDS)}, {"json": [1, 3]}),
        ("/pets/batch-delete", "post", {"requestBody": takes(inside("ids", NUMBER))}, {"json": {"ids": [1, 3]}}),
        ("/pets/bulkDelete", "post", {"requestBody": takes(inside("id", TEXT))}, {"json": {"id": ["1", "3"]}}),
        ("/pets/remove", "post", {"requestBody": takes(several(
            {"type": "object", "properties": {"id": NUMBER}}))}, {"json": [{"id": 1}, {"id": 3}]}),
    ],
)  # fmt: skip
def test_items_whose_ids_are_sent_are_deleted(
    tmp_path: Path, path: str, method: str, operation: Node, sent: Node
) -> None:
    with Client(served(tmp_path, pets(path, method, operation | {"responses": GONE}))) as client:
        for name in ("Tom", "Rex", "Ada"):
            client.post("/pets", json={"name": name})

        assert 204 == client.request(method, path, **sent).status_code
        assert ["Rex"] == names(client)
        assert 204 == client.request(method, path, **sent).status_code, "what is gone needs not be deleted"


@pytest.mark.parametrize(
    ("path", "method"), [("/pets", "patch"), ("/pets/batch", "patch"), ("/pets/bulk-update", "post")]
)
def test_each_item_is_changed_by_the_id_in_its_entry(tmp_path: Path, path: str, method: str) -> None:
    operation = {"requestBody": takes(several(partly(PET))), "responses": answers(several(PET))}
    with Client(served(tmp_path, pets(path, method, operation))) as client:
        for one in TWO:
            client.post("/pets", json=one)
        changed = client.request(method, path, json=[{"id": 2, "name": "Max"}, {"id": 1, "name": "Tim"}]).json()

        assert [(2, "Max"), (1, "Tim")] == [(pet["id"], pet["name"]) for pet in changed]
        assert "cat" == client.get("/pets/1").json()["kind"]
        assert 404 == client.request(method, path, json=[{"id": 1, "name": "Al"}, {"id": 9}]).status_code
        assert ["Tim", "Max"] == names(client)


@pytest.mark.parametrize(
    ("path", "method", "asked"),
    [
        ("/pets", "put", several(PET)),  # it may replace the whole collection
        ("/pets/import", "post", several(given(PET))),
        ("/pets/batch", "post", several({"type": "object", "properties": {"method": TEXT, "url": TEXT}})),
        ("/pets/batch", "patch", several(given(PET))),  # no entry says which pet it is
    ],
)
def test_what_is_not_clearly_about_several_items_is_answered_by_example(
    tmp_path: Path, path: str, method: str, asked: Node
) -> None:
    operation = {"requestBody": takes(asked), "responses": answers(several(PET))}
    with Client(served(tmp_path, pets(path, method, operation))) as client:
        client.post("/pets", json={"name": "Ada"})

        assert 200 == client.request(method, path, json=[]).status_code
        assert ["Ada"] == names(client)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"type": "object", "properties": {"pet": given(PET), "pets": several(given(PET))}}, PET),  # one or several
        (several(given(PET)), PET),
        ({"$ref": "#/components/schemas/Menu"}, {"$ref": "#/components/schemas/Menu"}),  # it may be the whole menu
    ],
)
def test_a_list_that_may_mean_something_else_creates_nothing(tmp_path: Path, asked: Node, shown: Node) -> None:
    menu = inside("items", PET)
    post = {"requestBody": takes(asked), "responses": answers(shown)}
    paths = {"/menu": {"get": {"responses": answers({"$ref": "#/components/schemas/Menu"})}, "post": post}}
    paths |= collection("/pets", PET)
    paths["/pets"]["post"] = post if "$ref" not in asked else paths["/pets"]["post"]
    app = served(tmp_path, document(paths, components={"schemas": {"Menu": menu}}))

    stated = app.services["test"].contract.behaviour.operations
    assert "create-many" not in {
        stated[place, "post"].action.does for place in ("/menu", "/pets") if (place, "post") in stated
    }


def test_a_behaviour_file_says_it_of_a_path_with_another_name(tmp_path: Path) -> None:
    stated = {"action": {"does": "create-many", "of": "pet", "envelope": ["new"], "evidence": "assumed"}}
    operation = {
        "requestBody": takes(inside("new", given(PET))),
        "responses": answers(several(PET)),
        "x-behaviour": stated,
    }
    with Client(served(tmp_path, pets("/import", "post", operation))) as client:
        client.post("/import", json={"new": TWO})

        assert ["Tom", "Rex"] == names(client)


@pytest.mark.parametrize(
    ("said", "parameters", "left"),
    [
        ("Deletes all toys", [], 0),
        ("", [], 0),
        ("Removes every toy that is not in use", [], 0),
        ("Leave a group of toys", [], 2),
        ("Delete the specified toy", [], 2),
        ("Delete a toy", [query("toyId", required=True)], 1),
    ],
)
def test_a_delete_of_a_collection_does_what_its_description_says(
    tmp_path: Path, said: str, parameters: list[Node], left: int
) -> None:
    toy = item(("id", "name"), toyId=NUMBER)
    paths = collection("/toys", toy, parameter="toy")
    paths["/toys"]["delete"] = {
        "summary": said, "parameters": parameters, "responses": {"204": {"description": "gone"}},
    }  # fmt: skip
    with Client(served(tmp_path, document(paths))) as client:
        for number in (1, 2):
            client.post("/toys", json={"name": "ball", "toyId": number})
        assert 204 == client.delete("/toys" + ("?toyId=2" if parameters else "")).status_code

        assert left == len(client.get("/toys").json())
