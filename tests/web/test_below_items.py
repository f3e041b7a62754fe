"""What is below an item and is answered by example is there as long as the item is."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.web.service import ServiceSettings
from tests.client import Client
from tests.inference.pets import NUMBER, TEXT, collection, item
from tests.web.document import Node, answers, document, served

SUMMARY = answers({"type": "object", "required": ["visits"], "properties": {"visits": NUMBER}})
NONE: Node = {"404": {"description": "There is no such pet."}}


def summaries(responses: Node) -> Node:
    own = {"name": "id", "in": "path", "required": True, "schema": NUMBER}
    below: Node = {"/pets/{id}/summary": {"parameters": [own], "get": {"responses": responses}}}
    return document(collection("/pets", item(kind=TEXT)) | below)


def test_an_example_below_an_item_is_a_404_where_the_item_is_not(tmp_path: Path) -> None:
    with Client(served(tmp_path, summaries(SUMMARY | NONE))) as client:
        pet = client.post("/pets", json={"name": "Rex", "kind": "dog"}).json()["id"]

        before = client.get(f"/pets/{pet}/summary")
        client.delete(f"/pets/{pet}")

        assert (200, int) == (before.status_code, type(before.json()["visits"]))
        assert [404, 404] == [client.get(f"/pets/{id}/summary").status_code for id in (pet, 99)]


def test_without_a_documented_404_it_is_there_for_any_id(tmp_path: Path) -> None:
    with Client(served(tmp_path, summaries(SUMMARY))) as client:
        assert 200 == client.get("/pets/99/summary").status_code


@pytest.mark.parametrize("settings", [ServiceSettings(materialize=True), ServiceSettings(items=2)])
def test_items_that_are_generated_have_it_too(tmp_path: Path, settings: ServiceSettings) -> None:
    with Client(served(tmp_path, summaries(SUMMARY | NONE), settings=settings)) as client:
        pet = client.get("/pets").json()[0]["id"] if settings.items else 99

        assert 200 == client.get(f"/pets/{pet}/summary").status_code
