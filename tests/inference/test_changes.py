"""PUT, PATCH, merge patch and JSON patch: what each leaves as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.inference.pets import NUMBER, TEXT, collection, given, item, pets
from tests.web.document import Node, answers, document, served, takes

MERGE, PATCH = "application/merge-patch+json", "application/json-patch+json"
DUE: Node = {"type": ["string", "null"], "format": "date-time"}
DATES = ("due", "closed_at", "seen_at", "opens_at")
TAGS: Node = {"type": "object", "additionalProperties": TEXT}


def patched(kind: str, shown: Node, body: Node | None = None) -> Node:
    """A document about pets whose PATCH takes this media type."""
    paths = collection("/pets", shown)
    paths["/pets/{id}"]["patch"]["requestBody"] = takes(body or {"type": "object"}, kind)
    return document(paths)


def change(client: Client, id: Any, kind: str, body: Any) -> Any:
    """The pet after a patch."""
    return client.patch(f"/pets/{id}", json=body, headers={"content-type": kind})


def test_a_put_leaves_nothing_of_what_it_does_not_name(tmp_path: Path) -> None:
    with Client(served(tmp_path, pets(age=NUMBER, note=TEXT))) as client:
        id = client.post("/pets", json={"name": "Rex", "age": 3, "note": "old"}).json()["id"]

        assert {"id": id, "name": "Max", "age": 4} == client.put(f"/pets/{id}", json={"name": "Max", "age": 4}).json()
        assert {"id": id, "name": "Max", "age": 4} == client.get(f"/pets/{id}").json()


def test_a_put_needs_all_that_is_required_and_a_patch_does_not(tmp_path: Path) -> None:
    with Client(served(tmp_path, pets(age=NUMBER))) as client:
        id = client.post("/pets", json={"name": "Rex", "age": 3}).json()["id"]

        assert 400 == client.put(f"/pets/{id}", json={"age": 4}).status_code
        assert {"id": id, "name": "Rex", "age": 4} == client.patch(f"/pets/{id}", json={"age": 4}).json()


def test_a_patch_leaves_what_it_does_not_name(tmp_path: Path) -> None:
    with Client(served(tmp_path, pets(age=NUMBER, due=DUE))) as client:
        id = client.post("/pets", json={"name": "Rex", "age": 3, "due": "2030-01-01T00:00:00Z"}).json()["id"]

        assert {"id": id, "name": "Max", "age": 3, "due": None} == client.patch(
            f"/pets/{id}", json={"name": "Max", "due": None}
        ).json()


def test_the_id_cannot_be_changed(tmp_path: Path) -> None:
    with Client(served(tmp_path, pets())) as client:
        id = client.post("/pets", json={"name": "Rex"}).json()["id"]
        client.patch(f"/pets/{id}", json={"id": 99, "name": "Max"})

        assert {"id": id, "name": "Max"} == client.get(f"/pets/{id}").json()
        assert 404 == client.get("/pets/99").status_code


def test_a_merge_patch_merges_objects_and_takes_away_what_is_null(tmp_path: Path) -> None:
    shown = item(age=NUMBER, tags=TAGS)
    with Client(served(tmp_path, patched(MERGE, shown))) as client:
        id = client.post("/pets", json={"name": "Rex", "age": 3, "tags": {"a": "1", "b": "2"}}).json()["id"]

        changed = change(client, id, MERGE, {"tags": {"a": None, "c": "3"}, "age": None})

        assert {"id": id, "name": "Rex", "tags": {"b": "2", "c": "3"}} == changed.json()
        assert changed.json() == client.get(f"/pets/{id}").json()


def test_a_merge_patch_makes_null_what_must_be_there_and_may_be_null(tmp_path: Path) -> None:
    """RFC 7396 takes the property away; a reply that must show it shows null, and no invented date."""
    shown = item(("id", "name", "due"), due=DUE)
    with Client(served(tmp_path, patched(MERGE, shown))) as client:
        id = client.post("/pets", json={"name": "Rex", "due": "2030-01-01T00:00:00Z"}).json()["id"]

        assert {"id": id, "name": "Rex", "due": None} == change(client, id, MERGE, {"due": None}).json()
        assert {"id": id, "name": "Rex", "due": None} == client.get(f"/pets/{id}").json()


def test_what_a_client_did_not_give_is_null_where_it_must_be_shown_and_may_be(tmp_path: Path) -> None:
    """Also what did not happen yet; what only the service knows is made up."""
    shown = item(("id", "due", "closed_at", "seen_at", "opens_at"), **dict.fromkeys(DATES, DUE))
    paths = collection("/pets", shown)
    paths["/pets"]["post"]["requestBody"] = takes(given(shown, *DATES) | {
        "properties": {"name": TEXT, "due": DUE}})  # fmt: skip
    paths = {path: {m: o for m, o in node.items() if m not in ("put", "patch")} for path, node in paths.items()}
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/pets", json={"name": "Rex"}).json()

        assert (None, None, None) == (made["due"], made["closed_at"], made["seen_at"])
        assert isinstance(made["opens_at"], str)
        assert made == client.get(f"/pets/{made['id']}").json()


def test_a_json_patch_is_applied_wholly_or_not_at_all(tmp_path: Path) -> None:
    shown = item(age=NUMBER)
    operation = {"type": "object", "required": ["op", "path"], "properties": {"op": TEXT, "path": TEXT, "value": {}}}
    with Client(served(tmp_path, patched(PATCH, shown, {"type": "array", "items": operation}))) as client:
        id = client.post("/pets", json={"name": "Rex", "age": 3}).json()["id"]
        changes = [{"op": "test", "path": "/name", "value": "Rex"}, {"op": "replace", "path": "/name", "value": "Max"}]

        assert {"id": id, "name": "Max", "age": 3} == change(client, id, PATCH, changes).json()
        assert 409 == change(client, id, PATCH, changes).status_code
        assert {"id": id, "name": "Max"} == change(client, id, PATCH, [{"op": "remove", "path": "/age"}]).json()


def test_the_media_type_of_a_request_says_how_it_is_read(tmp_path: Path) -> None:
    paths = collection("/pets", item(tags=TAGS))
    content = paths["/pets/{id}"]["patch"]["requestBody"]["content"]
    content[MERGE] = content["application/json"]
    with Client(served(tmp_path, document(paths))) as client:
        id = client.post("/pets", json={"name": "Rex", "tags": {"a": "1"}}).json()["id"]

        merged = change(client, id, MERGE, {"tags": {"b": "2"}})
        replaced = change(client, id, "application/json", {"tags": {"c": "3"}})

        assert {"a": "1", "b": "2"} == merged.json()["tags"]
        assert {"c": "3"} == replaced.json()["tags"]


def test_a_post_to_an_item_changes_it_where_nothing_else_does(tmp_path: Path) -> None:
    paths = collection("/pets", item(age=NUMBER))
    one = paths["/pets/{id}"]
    one["post"] = one.pop("patch")
    del one["put"]
    with Client(served(tmp_path, document(paths))) as client:
        id = client.post("/pets", json={"name": "Rex", "age": 3}).json()["id"]

        assert {"id": id, "name": "Max", "age": 3} == client.post(f"/pets/{id}", json={"name": "Max"}).json()


def test_a_put_to_the_collection_changes_the_item_that_its_body_names(tmp_path: Path) -> None:
    paths = collection("/pets", item())
    del paths["/pets/{id}"]["put"]
    paths["/pets"]["put"] = {"requestBody": takes(item()), "responses": answers(item())}
    with Client(served(tmp_path, document(paths))) as client:
        id = client.post("/pets", json={"name": "Rex"}).json()["id"]

        assert {"id": id, "name": "Max"} == client.put("/pets", json={"id": id, "name": "Max"}).json()
        assert {"id": id, "name": "Max"} == client.get(f"/pets/{id}").json()
        assert 404 == client.put("/pets", json={"id": id + 1, "name": "Max"}).status_code


@pytest.mark.parametrize(
    ("before", "sent", "after"),
    [
        ("available", "sold", "sold"), ("available", "inactive", "available"), ("sold", "inactive", "sold"),
        ("pending", "inactive", "pending"),
    ],
)  # fmt: skip
def test_a_value_that_no_reply_can_show_leaves_the_item_as_it_was(
    tmp_path: Path, before: str, sent: str, after: str
) -> None:
    """The request allows any text, the replies only some."""
    shown = item(status={"type": "string", "enum": ["available", "pending", "sold"]})
    paths = collection("/pets", shown)
    asked = {**given(shown), "properties": {"name": TEXT, "status": TEXT}, "required": []}
    paths["/pets/{id}"]["patch"]["requestBody"] = takes(asked)
    with Client(served(tmp_path, document(paths))) as client:
        id = client.post("/pets", json={"name": "Rex", "status": before}).json()["id"]

        assert after == client.patch(f"/pets/{id}", json={"name": "Max", "status": sent}).json()["status"]
        assert after == client.get(f"/pets/{id}").json()["status"]
