"""A request changes the state of the item that its own item names, as sentences say: a trip makes its vehicle busy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.inference.pets import TEXT
from tests.web.document import Node, answers, document, served, takes

FLAG: Node = {"type": "boolean", "readOnly": True}
GONE: Node = {"404": {"description": "There is none."}}


def objects(*required: str, **properties: Node) -> Node:
    return {"type": "object", "required": list(required), "properties": properties}


def states(*values: str) -> Node:
    return {"type": "string", "enum": list(values), "readOnly": True}


def uses(thing: Node, use: Node, words: dict[str, str], *, named: str = "thing_id") -> Node:
    """A document about things and the uses that name them; `words` are the descriptions of its operations."""
    shown, made = {"$ref": "#/components/schemas/Thing"}, {"$ref": "#/components/schemas/Use"}
    own = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    refused: Node = {"409": {"description": words.get("refused", "Conflict")}}
    paths: Node = {
        "/things": {
            "get": {"responses": answers({"type": "array", "items": shown})},
            "post": {"requestBody": takes(objects("name", name=TEXT)), "responses": answers(shown, "201")},
        },
        "/things/{id}": {"parameters": [own], "get": {"responses": answers(shown) | GONE}},
        "/uses": {
            "get": {"responses": answers({"type": "array", "items": made})},
            "post": {
                "description": words["create"],
                "requestBody": takes(objects(named, **{named: TEXT})),
                "responses": answers(made, "201") | refused,
            },
        },
        "/uses/{id}": {
            "parameters": [own],
            "get": {"responses": answers(made) | GONE},
            "delete": {"description": words.get("delete", ""), "responses": {"204": {"description": ""}}},
        },
        "/uses/{id}/end": {
            "parameters": [own],
            "post": {"description": words.get("end", ""), "responses": answers(made) | GONE},
        },
    }
    return document(paths, components={"schemas": {"Thing": thing, "Use": use}})


THING = objects("id", "name", "status", id=TEXT, name=TEXT, status=states("available", "in_use", "in_repair"))
FLAGGED = objects("id", "name", "available", id=TEXT, name=TEXT, available=FLAG)
USE = objects("id", "thing_id", id=TEXT, thing_id=TEXT, status=states("active", "ended"))


def used(client: Client) -> tuple[str, str]:
    """The ids of a new thing and of a use of it."""
    thing = client.post("/things", json={"name": "A"}).json()["id"]
    return thing, client.post("/uses", json={"thing_id": thing}).json()["id"]


@pytest.mark.parametrize(
    "words",
    [
        {"create": "Starts a use. The thing becomes `in_use`.", "end": "Ends it. The thing is available again."},
        {"create": "Sets the status of the thing to in_use.", "end": "The status of the thing becomes available."},
        {"create": "Start a use and mark the thing as in use.", "end": "Ends the use and makes the thing available."},
        {"create": "The thing's status becomes in_use.", "end": "Sets the thing's status back to available."},
        {"create": "The thing is in_use until it is given back.", "end": "Returns the thing. It is available again."},
    ],
)
@pytest.mark.parametrize(
    "refused", ["The thing is not available.", "The thing is already in use.", "Thing already taken"]
)
def test_a_thing_is_in_use_until_the_use_ends(tmp_path: Path, words: dict[str, str], refused: str) -> None:
    with Client(served(tmp_path, uses(THING, USE, words | {"refused": refused}))) as client:
        thing, use = used(client)
        again = client.post("/uses", json={"thing_id": thing})

        assert ("in_use", 409) == (client.get(f"/things/{thing}").json()["status"], again.status_code)
        assert "this is not possible while the status of the thing is in_use" == again.json()["detail"]
        assert 201 == client.post("/uses", json={"thing_id": other(client)}).status_code

        client.post(f"/uses/{use}/end")

        assert "available" == client.get(f"/things/{thing}").json()["status"]
        assert 201 == client.post("/uses", json={"thing_id": thing}).status_code


def other(client: Client) -> Any:
    """The id of a thing that nothing uses."""
    return client.post("/things", json={"name": "B"}).json()["id"]


def test_a_flag_is_set_at_first_and_while_nothing_uses_the_thing(tmp_path: Path) -> None:
    words = {
        "create": "Lends a thing. The thing is no longer available until it is returned.",
        "delete": "Deletes the use; the thing is available again.",
        "refused": "The thing is already on loan.",
    }
    with Client(served(tmp_path, uses(FLAGGED, USE, words))) as client:
        assert True is client.get(f"/things/{other(client)}").json()["available"]
        thing, use = used(client)

        assert False is client.get(f"/things/{thing}").json()["available"]
        assert 409 == client.post("/uses", json={"thing_id": thing}).status_code

        client.delete(f"/uses/{use}")

        assert True is client.get(f"/things/{thing}").json()["available"]
        assert 201 == client.post("/uses", json={"thing_id": thing}).status_code


@pytest.mark.parametrize(
    "create",
    [
        "If the thing is in_use, the use waits.",
        "The thing may become in_use.",
        "The last use makes the thing in_use.",
        "The thing must be available.",
    ],
)
def test_a_sentence_with_a_condition_changes_nothing(tmp_path: Path, create: str) -> None:
    with Client(served(tmp_path, uses(THING, USE, {"create": create, "refused": "No."}))) as client:
        thing, _ = used(client)

        assert "available" == client.get(f"/things/{thing}").json()["status"]
        assert 201 == client.post("/uses", json={"thing_id": thing}).status_code


def test_a_refused_use_changes_nothing(tmp_path: Path) -> None:
    words = {"create": "The thing becomes in_use.", "refused": "The thing is not available."}
    with Client(served(tmp_path, uses(THING, USE, words))) as client:
        thing, use = used(client)
        client.post("/uses", json={"thing_id": thing})

        assert [use] == [each["id"] for each in client.get("/uses").json()]
