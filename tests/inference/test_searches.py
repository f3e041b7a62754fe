"""A search by POST or QUERY shows the items of the collection, selected by what its body says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.inference.pets import NUMBER, TEXT, collection, item, query
from tests.web.document import Node, answers, document, served, takes

PET: Node = {"$ref": "#/components/schemas/Pet"}
FOUND: Node = {
    "type": "object",
    "required": ["results", "total"],
    "properties": {"results": {"type": "array", "items": PET}, "total": NUMBER},
}
ASKED: Node = {
    "type": "object",
    "properties": {
        "filter": {"type": "object", "properties": {"kind": {"type": ["string", "null"]}}},
        "names": {"type": "array", "items": TEXT},
        "q": TEXT,
        "sort": {"type": "string", "enum": ["name", "-name"]},
        "page": {"type": "integer", "minimum": 1},
        "pageSize": {"type": "integer", "minimum": 1, "maximum": 50},
    },
}


def pets(path: str, method: str = "post") -> Node:
    """A document about pets with a search."""
    schema = item(kind=TEXT, names={"type": "array", "items": TEXT})
    paths = collection("/pets", schema) | {path: {method: {"requestBody": takes(ASKED), "responses": answers(FOUND)}}}
    for shown in (paths["/pets"]["post"], paths["/pets/{id}"]["get"]):
        [media] = (response["content"]["application/json"] for response in shown["responses"].values())
        media["schema"] = PET
    version = {"openapi": "3.2.0"} if method == "query" else {}
    return document(paths) | version | {"components": {"schemas": {"Pet": schema}}}


def found(client: Client, path: str, method: str = "POST", **asked: Any) -> list[str]:
    """The names of the pets that a search finds."""
    reply = client.request(method, path, json=asked)
    assert 200 == reply.status_code, reply.text
    return [pet["name"] for pet in reply.json()["results"]]


def made(client: Client) -> None:
    """A cat and two dogs."""
    for name, kind in (("Tom", "cat"), ("Rex", "dog"), ("Ada", "dog")):
        assert client.post("/pets", json={"name": name, "kind": kind, "names": [name]}).is_success


@pytest.mark.parametrize("path", ["/pets/search", "/pets:search", "/search", "/pets/findPets/query"])
def test_a_search_by_post_selects_by_its_body(tmp_path: Path, path: str) -> None:
    with Client(served(tmp_path, pets(path))) as client:
        assert [] == found(client, path)
        made(client)

        assert {"Tom", "Rex", "Ada"} == set(found(client, path))
        assert {"Rex", "Ada"} == set(found(client, path, filter={"kind": "dog"}))
        assert ["Tom"] == found(client, path, q="tom")
        assert ["Tom", "Rex", "Ada"] == found(client, path, sort="-name")
        assert ["Rex"] == found(client, path, sort="name", page=2, pageSize=1)
        assert [] == found(client, path, filter={"kind": "bird"})


def test_a_search_by_query_selects_by_its_body(tmp_path: Path) -> None:
    with Client(served(tmp_path, pets("/pets/found", "query"))) as client:
        made(client)

        assert {"Rex", "Ada"} == set(found(client, "/pets/found", "QUERY", filter={"kind": "dog"}))


def test_a_search_is_validated_and_needs_no_body(tmp_path: Path) -> None:
    with Client(served(tmp_path, pets("/pets/search"))) as client:
        made(client)

        assert 400 == client.post("/pets/search", json={"filter": {"kind": {}}}).status_code
        assert 400 == client.post("/pets/search", json=["dog"]).status_code


def test_a_post_that_is_no_search_by_name_is_answered_by_example(tmp_path: Path) -> None:
    with Client(served(tmp_path, pets("/pets/suggest"))) as client:
        made(client)

        assert not {"Tom", "Rex", "Ada"}.intersection(found(client, "/pets/suggest"))


@pytest.mark.parametrize(
    ("schema", "shown"),
    [(NUMBER, 2), ({"type": "object", "required": ["count"], "properties": {"count": NUMBER}}, {"count": 2})],
)
def test_a_count_counts_the_items_that_its_query_selects(tmp_path: Path, schema: Node, shown: Any) -> None:
    written = pets("/pets/search")
    kind = {"name": "kind", "in": "query", "schema": TEXT}
    written["paths"]["/pets/count"] = {"get": {"parameters": [kind], "responses": answers(schema)}}
    with Client(served(tmp_path, written)) as client:
        made(client)

        assert shown == client.get("/pets/count", params={"kind": "dog"}).json()
        assert str(3) in client.get("/pets/count").text


def test_a_query_alone_lists_what_a_post_creates(tmp_path: Path) -> None:
    written = pets("/pets/found", "query")
    paths = written["paths"]
    paths["/pets"] = {"post": paths["/pets"]["post"], **paths.pop("/pets/found")}
    del paths["/pets/{id}"]

    with Client(served(tmp_path, written)) as client:
        made(client)

        assert {"Tom", "Rex", "Ada"} == set(found(client, "/pets", "QUERY"))
        assert {"Rex", "Ada"} == set(found(client, "/pets", "QUERY", filter={"kind": "dog"}))


EVENT: Node = {"type": "object", "properties": {"kind": TEXT, "source": TEXT, "message": TEXT}}
EVENTS: Node = {"type": "object", "properties": {"events": {"type": "array", "items": EVENT}, "marker": TEXT}}


@pytest.mark.parametrize("kind", ["application/json", "text/xml"])
def test_a_post_that_asks_as_the_get_does_creates_nothing(tmp_path: Path, kind: str) -> None:
    asked: Node = {"type": "object", "properties": {"kind": TEXT, "source": TEXT}}
    replies: Node = {"$ref": "#/components/schemas/Events"}
    parameters = [query(name, TEXT) for name in ("kind", "source")]
    paths: Node = {
        "/events": {
            "get": {"parameters": parameters, "responses": answers(replies, kind=kind)},
            "post": {"requestBody": takes(asked, kind), "responses": answers(replies, kind=kind)},
        }
    }
    with Client(served(tmp_path, document(paths, components={"schemas": {"Events": EVENTS}}))) as client:
        content = "<Events><kind>a</kind></Events>" if "xml" in kind else '{"kind": "a"}'
        reply = client.post("/events", content=content, headers={"Content-Type": kind})

        assert 200 == reply.status_code
        # both are examples, since nothing creates events
        assert "message" in reply.text
        assert "message" in client.get("/events").text


@pytest.mark.parametrize("listed", [True, False])
def test_a_query_beside_a_list_of_items_selects_by_its_body(tmp_path: Path, listed: bool) -> None:
    written = pets("/pets/found", "query")
    paths = written["paths"]
    paths["/pets"] |= paths.pop("/pets/found")
    if not listed:
        del paths["/pets"]["get"]

    with Client(served(tmp_path, written)) as client:
        made(client)

        assert {"Tom", "Rex", "Ada"} == set(found(client, "/pets", "QUERY"))
        assert {"Rex", "Ada"} == set(found(client, "/pets", "QUERY", filter={"kind": "dog"}))
