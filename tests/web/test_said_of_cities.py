"""Offices in cities: a filter that ignores case by its sentence, and a seal that an office takes while it is open."""

from __future__ import annotations

from pathlib import Path

from tests.client import Client
from tests.web.document import Node, answers, document, served, takes

TEXT: Node = {"type": "string"}
NUMBER: Node = {"type": "integer"}
NO: Node = {"description": "no"}
SEAL: Node = {"type": "object", "required": ["motto"], "properties": {"motto": TEXT}}
KIND: Node = {"type": "string", "enum": ["shop", "depot", "all"]}
STATUS: Node = {"type": "string", "enum": ["open", "closed"]}
OFFICE: Node = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": NUMBER, "city": TEXT, "kind": KIND, "status": STATUS},
}
NEW: Node = {"type": "object", "required": ["city"], "properties": {"city": TEXT, "kind": KIND}}


def offices() -> Node:
    city = {
        "name": "city",
        "in": "query",
        "description": "The whole name of the city, case-insensitive.",
        "schema": TEXT,
    }
    kind = {"name": "kind", "in": "query", "schema": KIND}
    at: Node = {"parameters": [{"name": "id", "in": "path", "required": True, "schema": NUMBER}]}
    return {
        "/offices": {
            "get": {"parameters": [city, kind], "responses": answers({"type": "array", "items": OFFICE})},
            "post": {"requestBody": takes(NEW), "responses": answers(OFFICE, "201")},
        },
        "/offices/{id}": {**at, "get": {"responses": answers(OFFICE) | {"404": NO}}},
        "/offices/{id}/close": {**at, "post": {"responses": answers(OFFICE) | {"404": NO}}},
        "/offices/{id}/seal": {
            **at,
            "get": {"responses": answers(SEAL) | {"404": NO}},
            "put": {
                "description": "Sets the seal. 409 if the office is closed.",
                "requestBody": takes(SEAL),
                "responses": answers(SEAL) | {"404": NO, "409": NO},
            },
        },
    }


def test_a_filter_finds_texts_in_any_case_where_its_sentence_says_so(tmp_path: Path) -> None:
    with Client(served(tmp_path, document(offices()))) as client:
        for city in ("Graz", "Grazia", "Linz"):
            client.post("/offices", json={"city": city})
        found = client.get("/offices", params={"city": "gRAZ"}).json()

    assert ["Graz"] == [each["city"] for each in found]


def test_all_is_a_value_like_others_where_items_have_it(tmp_path: Path) -> None:
    with Client(served(tmp_path, document(offices()))) as client:
        for kind in ("shop", "depot", "all"):
            client.post("/offices", json={"city": "Graz", "kind": kind})
        found = client.get("/offices", params={"kind": "all"}).json()

    assert ["all"] == [each["kind"] for each in found]


def test_what_is_set_below_an_item_is_refused_in_the_state_that_a_sentence_names(tmp_path: Path) -> None:
    with Client(served(tmp_path, document(offices()))) as client:
        id = client.post("/offices", json={"city": "Graz"}).json()["id"]
        before = client.put(f"/offices/{id}/seal", json={"motto": "one"})
        client.post(f"/offices/{id}/close")
        after = client.put(f"/offices/{id}/seal", json={"motto": "two"})
        seal = client.get(f"/offices/{id}/seal").json()

    assert [200, 409, "one"] == [before.status_code, after.status_code, seal["motto"]]
