"""Requests that choose which properties a reply shows, where the document says that they do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.web.document import answers, document, served, takes

TEXT = {"type": "string"}
PLACE = {"type": "object", "properties": {"city": TEXT, "zip": TEXT}}
SHOP = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "integer", "readOnly": True}, "Name": TEXT, "place": PLACE, "kind": TEXT},
}
SENT = {"Name": "A", "place": {"city": "Bern", "zip": "3000"}, "kind": "x"}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}


def shops(parameter: dict[str, Any], item: dict[str, Any] = SHOP) -> dict[str, Any]:
    """A document of shops, whose GETs have this parameter."""
    listed = {"type": "object", "properties": {"shops": {"type": "array", "items": item}, "total": {"type": "integer"}}}
    asked = {"in": "query", "schema": TEXT, **parameter}
    return document({
        "/shops": {
            "post": {"requestBody": takes(item), "responses": answers(item, "201")},
            "get": {"parameters": [asked], "responses": answers(listed)},
        },
        "/shops/{id}": {"parameters": [ID], "get": {"parameters": [asked], "responses": answers(item)}},
    })  # fmt: skip


CHOSEN = {"name": "fields", "description": "The fields to return, separated by commas."}
ENUM = {"type": "array", "items": {"type": "string", "enum": ["id", "Name", "place", "kind"]}}


@pytest.mark.parametrize(
    ("parameter", "query", "shown"),
    [
        (CHOSEN, "fields=Name", {"id", "Name"}),
        (CHOSEN, "fields=name,%20kind", {"id", "Name", "kind"}),
        (CHOSEN, "fields=place.city,kind", {"id", "place", "kind"}),
        (CHOSEN, "fields=place(city,zip)", {"id", "place"}),
        (CHOSEN, "fields=colour", {"id", "Name", "place", "kind"}),
        (CHOSEN, "fields=*", {"id", "Name", "place", "kind"}),
        (CHOSEN, "", {"id", "Name", "place", "kind"}),
        ({"name": "$select", "explode": False, "schema": ENUM}, "$select=Name,kind", {"id", "Name", "kind"}),
        ({"name": "select", "schema": ENUM}, "select=Name&select=kind", {"id", "Name", "kind"}),
        ({"name": "fields"}, "fields=Name", {"id", "Name", "place", "kind"}),
        ({"name": "fields", "description": "The fields to search in"}, "fields=Name", {"id", "Name", "place", "kind"}),
        ({"name": "fields", "description": "Fields to exclude from the response"}, "fields=Name",
         {"id", "Name", "place", "kind"}),
    ],
)  # fmt: skip
def test_a_reply_shows_the_properties_that_are_chosen(
    tmp_path: Path, parameter: dict[str, Any], query: str, shown: set[str]
) -> None:
    with Client(served(tmp_path, shops(parameter))) as client:
        client.post("/shops", json=SENT)
        one, page = client.get(f"/shops/1?{query}").json(), client.get(f"/shops?{query}").json()

    assert [shown, [shown], 1] == [one.keys(), [each.keys() for each in page["shops"]], page["total"]]


def test_a_reply_of_json_api_shows_the_attributes_that_are_chosen(tmp_path: Path) -> None:
    attributes = {"type": "object", "properties": {"title": TEXT, "body": TEXT}}
    kind = {"type": "string", "enum": ["shops"]}
    item = {"type": "object", "properties": {"type": kind, "id": TEXT, "attributes": attributes}}

    with Client(served(tmp_path, shops({"name": "fields[shops]"}, item))) as client:
        client.post("/shops", json={"type": "shops", "attributes": {"title": "A", "body": "B"}})
        page = client.get("/shops?fields[shops]=title").json()

    assert [{"title": "A"}] == [each["attributes"] for each in page["shops"]]
    assert {"type", "id", "attributes"} == page["shops"][0].keys()
