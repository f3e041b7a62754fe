"""Requests that say in their query or body which item they mean: procedures, and JSON:API.

A GET of the address in `Location` has the header that a GET of such an item requires.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

TEXT: Node = {"type": "string", "minLength": 1, "maxLength": 60}
NO: Node = {"description": "no"}
REFUSED: Node = {"400": NO, "404": NO}
KITE: Node = {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "string"}, "name": TEXT}}
ONE: Node = {"type": "object", "required": ["kite"], "properties": {"kite": KITE}}


def body(*required: str) -> Node:
    kite: Node = {"type": "string", "description": "Id of the kite"}
    return takes({"type": "object", "required": [*required], "properties": {"kite": kite, "name": TEXT}})


def named(name: str, where: str, schema: Node) -> Node:
    return {"name": name, "in": where, "required": True, "schema": schema}


PROCEDURES: Node = {
    "/kites.create": {"post": {"requestBody": body("name"), "responses": answers(ONE) | REFUSED}},
    "/kites.info": {
        "get": {"parameters": [named("kite", "query", {"type": "string"})], "responses": answers(ONE) | REFUSED}
    },
    "/kites.update": {"post": {"requestBody": body("kite"), "responses": answers(ONE) | REFUSED}},
    "/kites.delete": {
        "post": {
            "requestBody": takes({"type": "object", "required": ["kite"], "properties": {"kite": {"type": "string"}}}),
            "responses": answers({"type": "object", "properties": {"done": {"type": "boolean"}}}) | REFUSED,
        }
    },
}


def procedures(flaw: str) -> Callable[[Ask], Answer]:
    """Kites by procedures. With the flaw `update` a name is not kept, with `delete` a deleted kite is still there."""
    numbers = count(1)
    kites: dict[str, Node] = {}

    def handle(ask: Ask) -> Answer:
        does, asked = ask.path.removeprefix("/kites."), sent(ask)
        id = ask.query.get("kite") if does == "info" else asked.get("kite")
        if ask.method == "POST" and ask.headers.get("content-type") != "application/json":
            return Answer(415)
        name = asked.get("name", "" if does == "create" else "x")
        if not isinstance(name, str) or not 0 < len(name) <= 60 or not isinstance(id, str | None):
            return Answer(400)
        if does == "create":
            id = f"K{next(numbers)}"
            kites[id] = {"id": id, "name": name}
        if id not in kites:
            return Answer(400 if id is None else 404)
        if does == "delete":
            return Answer(200, {"done": True}) if flaw == "delete" or kites.pop(id) else Answer(500)
        if does == "update" and "name" in asked and flaw != "update":
            kites[id]["name"] = name
        return Answer(200, {"kite": kites[id]})

    return handle


def test_procedures_get_the_id_of_an_item_that_exists(tmp_path: Path) -> None:
    only = ["read-back", "update", "delete", "lifecycle", "reply"]
    assert set() == verdicts(tmp_path, PROCEDURES, procedures(""), *only)


@pytest.mark.parametrize("flaw", ["update", "delete"])
def test_a_procedure_that_does_nothing_is_found(tmp_path: Path, flaw: str) -> None:
    assert (flaw, "failure") in verdicts(tmp_path, PROCEDURES, procedures(flaw), flaw)


KIND: Node = {"const": "kites"}
ATTRIBUTES: Node = {"type": "object", "required": ["name"], "properties": {"name": TEXT, "colour": TEXT}}


def data(*required: str, needed: tuple[str, ...] = ("name",)) -> Node:
    attributes = ATTRIBUTES | {"required": [*needed]}
    shown: Node = {"type": KIND, "id": {"type": "string"}, "attributes": attributes}
    wanted: Node = {"type": "object", "required": [*required], "properties": {each: shown[each] for each in required}}
    return {"type": "object", "required": ["data"], "properties": {"data": wanted}}


WHOLE = data("type", "id", "attributes")
PART = data("type", "id", "attributes", needed=())
JSON_API: Node = {
    "/kites": {
        "post": {"requestBody": takes(data("type", "attributes")), "responses": answers(WHOLE, "201") | REFUSED},
    },
    "/kites/{id}": {
        "parameters": [path_parameter("id")],
        "get": {"responses": answers(WHOLE) | {"404": NO}},
        "patch": {
            "requestBody": takes(PART, "application/vnd.api+json"),
            "responses": answers(WHOLE) | REFUSED | {"409": NO},
        },
    },
}


def resources(flaw: str) -> Callable[[Ask], Answer]:
    """Kites by JSON:API. With the flaw `update` a PATCH changes nothing, with `part` it
    loses what it does not send, and with `id` it takes any id.
    """
    kites: dict[str, Node] = {}

    def handle(ask: Ask) -> Answer:
        id = ask.path.removeprefix("/kites").strip("/")
        if id and id not in kites:
            return Answer(404)
        if ask.method == "GET":
            return Answer(200, {"data": kites[id]})
        asked = sent(ask).get("data")
        given = asked.get("attributes") if isinstance(asked, dict) else None
        if not isinstance(asked, dict) or asked.get("type") != "kites" or not isinstance(given, dict):
            return Answer(400)
        texts = (given[each] for each in ("name", "colour") if each in given)
        if (not id and "name" not in given) or not all(isinstance(each, str) and 0 < len(each) <= 60 for each in texts):
            return Answer(400)
        if id and asked.get("id") != id and flaw != "id":
            return Answer(409 if isinstance(asked.get("id"), str) else 400)
        made = id or str(len(kites) + 1)
        if not id or flaw != "update":
            before = kites[id]["attributes"] if id and flaw != "part" else {}
            kites[made] = {"type": "kites", "id": made, "attributes": before | given}
        return Answer(200 if id else 201, {"data": kites[made]})

    return handle


def test_a_body_that_must_repeat_the_id_repeats_that_of_the_path(tmp_path: Path) -> None:
    assert set() == verdicts(tmp_path, JSON_API, resources(""), "read-back", "update", "lifecycle")
    assert ("update", "failure") in verdicts(tmp_path, JSON_API, resources("update"), "update")


def test_a_patch_of_one_attribute_keeps_the_others(tmp_path: Path) -> None:
    assert set() == verdicts(tmp_path, JSON_API, resources(""), "partial-object")
    assert ("partial-object", "failure") in verdicts(tmp_path, JSON_API, resources("part"), "partial-object")


def test_another_id_in_a_body_than_in_the_path_is_refused(tmp_path: Path) -> None:
    assert set() == verdicts(tmp_path, JSON_API, resources(""), "other-id")
    assert ("other-id", "failure") in verdicts(tmp_path, JSON_API, resources("id"), "other-id")


def test_location_is_followed_with_the_header_that_a_read_requires(tmp_path: Path) -> None:
    shop = {"name": "Shop", "in": "header", "required": True, "schema": {"type": "string", "pattern": "^[a-z]{3,9}$"}}
    made = answers(KITE, "201")
    made["201"]["headers"] = {"Location": {"schema": {"type": "string"}}}
    asked = takes({"type": "object", "required": ["name"], "properties": {"name": TEXT}})
    paths: Node = {
        "/kites": {"parameters": [shop], "post": {"requestBody": asked, "responses": made | {"400": NO}}},
        "/kites/{id}": {"parameters": [shop, path_parameter("id")], "get": {"responses": answers(KITE) | REFUSED}},
    }

    def shops(*, is_lost: bool) -> Callable[[Ask], Answer]:
        kites: dict[str, Node] = {}

        def handle(ask: Ask) -> Answer:
            name, id = sent(ask).get("name"), ask.path.removeprefix("/kites").strip("/")
            if not ask.headers.get("shop", "").isalpha():
                return Answer(400)
            if id:
                return Answer(200, kites[id]) if id in kites else Answer(404)
            if not isinstance(name, str) or not 0 < len(name) <= 60:
                return Answer(400)
            made = str(len(kites) + 1)
            kites[made] = {"id": made, "name": name}
            return Answer(201, kites[made], (("Location", f"/kites/{'x' if is_lost else ''}{made}"),))

        return handle

    assert set() == verdicts(tmp_path, paths, shops(is_lost=False), "reply")
    assert ("reply", "failure") in verdicts(tmp_path, paths, shops(is_lost=True), "reply")
