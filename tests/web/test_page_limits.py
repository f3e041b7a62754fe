"""A list never shows more items than its reply's schema allows (`maxItems`), however many there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.web.service import ServiceSettings
from tests.client import Client
from tests.web.document import Node, answers, document, served, takes

NOTE = {
    "type": "object",
    "required": ["id", "text"],
    "properties": {"id": {"type": "integer"}, "text": {"type": "string"}},
}
NOTES = {"type": "array", "maxItems": 2, "items": NOTE}
PAGED = [
    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
    {"name": "offset", "in": "query", "schema": {"type": "integer"}},
]


def notes(reply: Node, parameters: list[Node]) -> Node:
    create = {"requestBody": takes({"type": "object", "properties": {"text": {"type": "string"}}})}
    return {
        "/notes": {
            "get": {"parameters": parameters, "responses": answers(reply)},
            "post": {**create, "responses": answers(NOTE, "201")},
        },
        "/notes/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "get": {"responses": answers(NOTE)},
        },
    }


@pytest.mark.parametrize("parameters", [[], PAGED], ids=["whole", "pages"])
@pytest.mark.parametrize("name", ["", "notes"], ids=["array", "envelope"])
def test_a_list_shows_as_many_items_as_its_schema_allows(tmp_path: Path, name: str, parameters: list[Node]) -> None:
    reply = {"type": "object", "required": [name], "properties": {name: NOTES}} if name else NOTES
    with Client(served(tmp_path, document(notes(reply, parameters)))) as client:
        for text in "abc":
            client.post("/notes", json={"text": text})
        found = client.get("/notes")

    assert 200 == found.status_code
    assert ["a", "b"] == [note["text"] for note in (found.json()[name] if name else found.json())]


def test_the_items_after_the_first_page_are_on_the_next(tmp_path: Path) -> None:
    with Client(served(tmp_path, document(notes(NOTES, PAGED)))) as client:
        for text in "abc":
            client.post("/notes", json={"text": text})

        assert ["c"] == [note["text"] for note in client.get("/notes?offset=2&limit=9").json()]


def test_a_read_only_list_starts_with_no_more_than_its_schema_allows(tmp_path: Path) -> None:
    kinds = {"type": "array", "maxItems": 2, "uniqueItems": True, "items": NOTE}
    model = {"type": "object", "properties": {"kinds": kinds, "name": {"type": "string"}}}
    written = document({"/model": {"get": {"responses": answers(model)}}})
    with Client(served(tmp_path, written, settings=ServiceSettings(items=5))) as client:
        found = client.get("/model")

    assert 200 == found.status_code
    assert 2 == len(found.json()["kinds"])
