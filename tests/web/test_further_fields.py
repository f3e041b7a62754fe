"""What a client sends under names that the document leaves open is kept, or the request is refused with the reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.inference.pets import NUMBER, TEXT
from tests.web.document import Node, answers, document, served, takes


def users(asked: Node, shown: Node, **schemas: Node) -> Node:
    """A document about `/users`: what a client sends, and what replies show."""
    own = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    paths: Node = {
        "/users": {
            "get": {"responses": answers({"type": "array", "items": shown})},
            "post": {"requestBody": takes(asked), "responses": answers(shown, "201") | answers(None, "400")},
        },
        "/users/{id}": {
            "parameters": [own],
            "get": {"responses": answers(shown)},
            "put": {"requestBody": takes(asked), "responses": answers(shown)},
            "patch": {"requestBody": takes(asked), "responses": answers(shown)},
        },
    }
    return document(paths, components={"schemas": schemas})


def objects(*required: str, **properties: Node) -> Node:
    return {"type": "object", "required": list(required), "properties": properties}


OPEN = objects(mail=TEXT) | {"additionalProperties": TEXT}
BY_PATTERN = objects(mail=TEXT) | {"patternProperties": {"^x-": TEXT}, "additionalProperties": False}
SHOWN = objects("id", id=TEXT, mail=TEXT)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (OPEN, SHOWN | {"additionalProperties": TEXT}),
        (OPEN, SHOWN),
        (objects(mail=TEXT) | {"additionalProperties": True}, SHOWN),
        (BY_PATTERN, SHOWN | {"patternProperties": {"^x-": TEXT}, "additionalProperties": False}),
        (BY_PATTERN, {"allOf": [SHOWN, {"patternProperties": {"^x-": TEXT}}], "unevaluatedProperties": False}),
    ],
)
def test_a_property_that_the_request_leaves_open_is_kept(tmp_path: Path, asked: Node, shown: Node) -> None:
    with Client(served(tmp_path, users(asked, shown))) as client:
        user = client.post("/users", json={"mail": "a@b.example", "x-team": "blue"}).json()
        path = f"/users/{user['id']}"

        assert user == client.get(path).json() == client.get("/users").json()[0]
        assert ("a@b.example", "blue") == (user["mail"], user["x-team"])
        assert "red" == client.patch(path, json={"x-team": "red"}).json()["x-team"]
        assert {"id": user["id"], "mail": "c@d.example"} == client.put(path, json={"mail": "c@d.example"}).json()


@pytest.mark.parametrize("extra", [{}, {"additionalProperties": False}])
def test_a_property_that_the_request_does_not_speak_of_is_left_out(tmp_path: Path, extra: Node) -> None:
    shown = SHOWN | {"additionalProperties": TEXT}
    with Client(served(tmp_path, users(objects(mail=TEXT) | extra, shown))) as client:
        response = client.post("/users", json={"mail": "a@b.example", "team": "blue"})

        assert (400 if extra else 201) == response.status_code
        assert "team" not in response.json()


def test_a_property_that_no_reply_can_show_is_refused_with_the_reason(tmp_path: Path) -> None:
    asked = objects(mail=TEXT) | {"additionalProperties": True}
    with Client(served(tmp_path, users(asked, SHOWN | {"additionalProperties": TEXT}))) as client:
        refused = client.post("/users", json={"mail": "a@b.example", "level": 3})
        user = client.post("/users", json={"mail": "a@b.example"}).json()
        patched = client.patch(f"/users/{user['id']}", json={"level": 3})

        assert [400, 400] == [refused.status_code, patched.status_code]
        assert 'body level: no reply can show it: 3 is not of type "string"' == refused.json()["detail"]
        assert [user] == client.get("/users").json()


BASE = {"$ref": "#/components/schemas/Base"}


@pytest.mark.parametrize(
    "further", [False, {"type": "object"}, {"type": "number"}], ids=["nothing else", "objects", "numbers"]
)
def test_a_part_of_all_of_does_not_forbid_what_another_part_declares(tmp_path: Path, further: Any) -> None:
    base = SHOWN | {"additionalProperties": further}
    shown = {"allOf": [BASE, objects(team=TEXT, mail=TEXT)], "properties": {"note": TEXT}}
    sent = {"mail": "a@b.example", "team": "blue", "note": "hello"}
    with Client(served(tmp_path, users(objects(mail=TEXT, team=TEXT, note=TEXT), shown, Base=base))) as client:
        user = client.post("/users", json=sent).json()

        assert sent == {name: user[name] for name in sent}
        assert user == client.get(f"/users/{user['id']}").json()


def test_a_required_property_of_another_type_than_further_ones_is_accepted(tmp_path: Path) -> None:
    base = objects(mail=TEXT) | {"additionalProperties": {"type": "object"}}
    asked = {"allOf": [BASE, objects("active", active={"type": "boolean"})]}
    with Client(
        served(tmp_path, users(asked, objects("id", id=TEXT, active={"type": "boolean"}), Base=base))
    ) as client:
        assert True is client.post("/users", json={"active": True}).json()["active"]
        assert 400 == client.post("/users", json={"active": "yes"}).status_code


def test_a_closed_part_still_forbids_what_no_part_declares(tmp_path: Path) -> None:
    asked = {"allOf": [objects(mail=TEXT) | {"additionalProperties": False}, objects(team=TEXT)]}
    with Client(served(tmp_path, users(asked, SHOWN))) as client:
        assert 201 == client.post("/users", json={"mail": "a@b.example", "team": "blue"}).status_code
        assert 400 == client.post("/users", json={"mail": "a@b.example", "colour": "blue"}).status_code


def test_a_type_that_both_parts_allow_stays_as_it_is(tmp_path: Path) -> None:
    asked = {"allOf": [objects(mail=TEXT) | {"additionalProperties": {"type": "string", "maxLength": 3}},
                       objects(team=TEXT)]}  # fmt: skip
    with Client(served(tmp_path, users(asked, SHOWN))) as client:
        assert 400 == client.post("/users", json={"team": "long name"}).status_code


def test_an_alternative_that_lacks_one_property_keeps_the_others(tmp_path: Path) -> None:
    kinds = [
        objects("id", "kind", "paid", id=TEXT, kind={"const": "paid"}, paid=NUMBER) | {"additionalProperties": False},
        objects("id", "kind", "free", id=TEXT, kind={"const": "free"}, free=TEXT) | {"additionalProperties": False},
    ]
    asked = objects("kind", kind=TEXT, paid=NUMBER, free=TEXT)
    with Client(served(tmp_path, users(asked, {"oneOf": kinds}))) as client:
        user = client.post("/users", json={"kind": "paid", "paid": 7, "free": "x"}).json()

        assert ("paid", 7) == (user["kind"], user["paid"])
