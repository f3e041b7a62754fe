"""Entity tags and conditional requests (RFC 9110 sections 8.8.3 and 13) of a mock whose document has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client import Client
from tests.inference.pets import TEXT, collection, item
from tests.web.document import Node, document, served

TAG: Node = {"ETag": {"schema": TEXT}}
CHANGED: Node = {"412": {"description": "changed meanwhile"}}


def pets(*, is_required: bool = False, tag: Node = TAG) -> Node:
    """Pets, whose GET shows a tag, and whose PUT, PATCH and DELETE may fail with 412."""
    paths = collection("/pets", item(kind=TEXT))
    own = paths["/pets/{id}"]
    own["get"]["responses"]["200"]["headers"] = tag
    own["put"]["responses"]["200"]["headers"] = tag
    paths["/pets"]["post"]["responses"]["201"]["headers"] = tag
    missing: Node = {"428": {"description": "say which"}} if is_required else {}
    for method in ("put", "patch", "delete"):
        own[method]["responses"] |= CHANGED | missing
    return document(paths)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    """A client of the mock with one pet."""
    with Client(served(tmp_path, pets())) as client:
        client.post("/pets", json={"name": "Rex"})
        yield client


def test_an_item_has_one_tag_until_it_is_changed(client: Client) -> None:
    made = client.post("/pets", json={"name": "Tom"})
    first = client.get("/pets/2").headers["etag"]
    client.patch("/pets/1", json={"name": "Ann"})
    changed = client.put("/pets/2", json={"name": "Tim"}).headers["etag"]

    assert made.headers["etag"] == first != changed
    assert changed == client.get("/pets/2").headers["etag"]
    assert first.startswith('"')
    assert first.endswith('"')


@pytest.mark.parametrize("is_required", [False, True])
def test_a_list_has_a_tag_until_what_it_shows_changes(tmp_path: Path, is_required: bool) -> None:
    described = pets()
    described["paths"]["/pets"]["get"]["responses"]["200"]["headers"] = {
        "ETag": {**TAG["ETag"], "required": is_required}
    }
    with Client(served(tmp_path, described)) as client:
        empty = client.get("/pets").headers["etag"]
        client.post("/pets", json={"name": "Rex"})
        one = client.get("/pets").headers["etag"]
        same = client.get("/pets", headers={"If-None-Match": one})
        client.patch("/pets/1", json={"name": "Ann"})
        changed = client.get("/pets", headers={"If-None-Match": one})

    assert empty != one != changed.headers["etag"]
    assert (304, b"", one) == (same.status_code, same.content, same.headers["etag"])
    assert (200, "Ann") == (changed.status_code, changed.json()[0]["name"])


@pytest.mark.parametrize("sent", ["{}", "W/{}", '"a", {}', "*"])
def test_a_get_with_the_current_tag_is_not_modified(client: Client, sent: str) -> None:
    tag = client.get("/pets/1").headers["etag"]

    same = client.get("/pets/1", headers={"If-None-Match": sent.format(tag)})
    other = client.get("/pets/1", headers={"If-None-Match": '"a"'})

    assert (304, b"", tag) == (same.status_code, same.content, same.headers["etag"])
    assert (200, tag) == (other.status_code, other.headers["etag"])


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_change_of_an_older_state_is_refused_and_changes_nothing(client: Client, method: str) -> None:
    old = client.get("/pets/1").headers["etag"]
    client.patch("/pets/1", json={"name": "Ann"})
    body = {} if method == "delete" else {"json": {"name": "Tim"}}

    refused = client.request(method, "/pets/1", headers={"If-Match": old}, **body)

    assert 412 == refused.status_code
    assert "Ann" == client.get("/pets/1").json()["name"]
    now = client.get("/pets/1").headers["etag"]
    assert client.request(method, "/pets/1", headers={"If-Match": f'"a", {now}'}, **body).is_success


def test_any_tag_and_no_tag_are_those_of_the_current_state(client: Client) -> None:
    assert client.patch("/pets/1", json={"name": "Ann"}, headers={"If-Match": "*"}).is_success
    assert client.patch("/pets/1", json={"name": "Tom"}).is_success
    assert 404 == client.patch("/pets/9", json={"name": "Tom"}, headers={"If-Match": "*"}).status_code


def test_a_change_without_a_tag_is_refused_where_the_document_says_so(tmp_path: Path) -> None:
    with Client(served(tmp_path, pets(is_required=True))) as client:
        tag = client.post("/pets", json={"name": "Rex"}).headers["etag"]

        assert 428 == client.delete("/pets/1").status_code
        assert 204 == client.delete("/pets/1", headers={"If-Match": tag}).status_code


def test_tags_that_have_to_look_otherwise_are_left_to_the_document(tmp_path: Path) -> None:
    shown: Node = {"ETag": {"required": True, "schema": {"type": "integer", "example": 7}}}
    with Client(served(tmp_path, pets(tag=shown))) as client:
        client.post("/pets", json={"name": "Rex"})

        found = client.get("/pets/1")

        assert (200, "7") == (found.status_code, found.headers["etag"])
        assert 200 == client.patch("/pets/1", json={"name": "Ann"}, headers={"If-Match": '"a"'}).status_code
