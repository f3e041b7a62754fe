"""What frameworks and standards show around and inside of items is true: pages of Spring, SCIM's `meta`, `$count`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.inference.pets import NUMBER, TEXT, collection, item, query
from tests.web.document import Node, answers, document, served, takes

FLAG: Node = {"type": "boolean"}
SORT: Node = {"type": "object", "properties": {"empty": FLAG, "sorted": FLAG, "unsorted": FLAG}}
PAGEABLE: Node = {
    "type": "object",
    "properties": {
        "offset": NUMBER, "pageNumber": NUMBER, "pageSize": NUMBER, "paged": FLAG, "unpaged": FLAG, "sort": SORT,
    },
}  # fmt: skip
ASKED: Node = {
    "type": "object",
    "properties": {"page": NUMBER, "size": NUMBER, "sort": {"type": "array", "items": TEXT}},
}


def page_of(pet: Node) -> Node:
    numbers = ("totalElements", "totalPages", "size", "number", "numberOfElements")
    flags = dict.fromkeys(("first", "last", "empty"), FLAG)
    known = {"content": {"type": "array", "items": pet}, "sort": SORT, "pageable": PAGEABLE} | flags
    return {"type": "object", "properties": known | dict.fromkeys(numbers, NUMBER)}


@pytest.mark.parametrize(("asked", "is_sorted"), [("&sort=name,desc", True), ("", False)])
@pytest.mark.parametrize("name", ["pageable", "request"])
def test_a_page_of_spring_says_which_page_it_is(tmp_path: Path, name: str, asked: str, is_sorted: bool) -> None:
    paths = collection("/pets", item())
    paths["/pets"]["get"] |= {
        "parameters": [query(name, ASKED, required=True)], "responses": answers(page_of(item()), kind="*/*"),
    }  # fmt: skip
    with Client(served(tmp_path, document(paths))) as client:
        for each in ("b", "c", "a"):  # the last one in both orders
            client.post("/pets", json={"name": each})
        page = client.get(f"/pets?page=1&size=2{asked}").json()

        assert ["a"] == [each["name"] for each in page["content"]]
        order = {"empty": not is_sorted, "sorted": is_sorted, "unsorted": not is_sorted}
        own = {"offset": 2, "pageNumber": 1, "pageSize": 2, "paged": True, "unpaged": False, "sort": order}
        assert (own, order) == (page["pageable"], page["sort"])
        told = {name: page[name] for name in ("totalElements", "totalPages", "size", "number", "numberOfElements")}
        assert {"totalElements": 3, "totalPages": 2, "size": 2, "number": 1, "numberOfElements": 1} == told
        assert (False, True, False) == (page["first"], page["last"], page["empty"])


def test_the_meta_of_scim_follows_the_resource(tmp_path: Path) -> None:
    time: Node = {"type": "string", "format": "date-time"}
    known = {"resourceType": TEXT, "created": time, "lastModified": time, "version": TEXT, "location": TEXT}
    user: Node = {
        "type": "object", "required": ["userName"],
        "properties": {"id": TEXT | {"readOnly": True}, "userName": TEXT,
                       "meta": {"type": "object", "readOnly": True, "properties": known}},
    }  # fmt: skip
    shown, own = {"$ref": "#/components/schemas/User"}, {"name": "id", "in": "path", "required": True, "schema": TEXT}
    paths: Node = {
        "/Users": {"post": {"requestBody": takes(shown), "responses": answers(shown, "201")}},
        "/Users/{id}": {
            "parameters": [own],
            "get": {"responses": answers(shown)},
            "put": {"requestBody": takes(shown), "responses": answers(shown)},
        },
    }
    with Client(served(tmp_path, document(paths, components={"schemas": {"User": user}}))) as client:
        made = client.post("/Users", json={"userName": "ada"}).json()
        path = f"/Users/{made['id']}"
        changed = client.put(path, json={"userName": "eva"}).json()["meta"]

        meta: dict[str, Any] = made["meta"]
        assert ("User", "1", path) == (meta["resourceType"], meta["version"], meta["location"])
        assert meta["created"] == meta["lastModified"] < changed["lastModified"]
        assert meta | {"version": "2", "lastModified": changed["lastModified"]} == changed


@pytest.mark.parametrize(("path", "kind"), [("/pets/$count", "text/plain"), ("/pets/count", "application/json")])
def test_the_number_of_items_may_be_a_text(tmp_path: Path, path: str, kind: str) -> None:
    counted: Node = {path: {"get": {"responses": answers(NUMBER, kind=kind)}}}
    with Client(served(tmp_path, document(collection("/pets", item()) | counted))) as client:
        for each in ("b", "c", "a"):
            client.post("/pets", json={"name": each})

        assert "3" == client.get(path).text
