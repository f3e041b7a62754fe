"""Generated items: one for an unknown id (`--materialize`), and those that a collection starts with (`--items`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

import mockserver
from mockserver.web.app import Sandbox
from mockserver.web.service import ServiceSettings
from tests.client import Client
from tests.web.conftest import ADMIN, LINEAR, SERVERS
from tests.web.document import answers, document, served, takes

POST = {
    "type": "object", "required": ["id", "title"],
    "properties": {
        "id": {"type": "integer"}, "title": {"type": "string"}, "userId": {"type": "string", "format": "uuid"},
    },
}  # fmt: skip
USER = {
    "type": "object", "required": ["id", "email", "created_at"],
    "properties": {
        "id": {"type": "string", "format": "uuid"}, "email": {"type": "string", "format": "email"},
        "age": {"type": "integer", "minimum": 18, "maximum": 99},
        "created_at": {"type": "string", "format": "date-time", "readOnly": True},
    },
}  # fmt: skip
ADA, BOB = "0a0a0a0a-0000-4000-8000-00000000ada0", "0b0b0b0b-0000-4000-8000-00000000b0b0"


def parameter(name: str, kind: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": kind}


def gone() -> dict[str, Any]:
    return {"204": {"description": "gone"}, "404": {"description": "not there"}}


def blog() -> dict[str, Any]:
    """Users, and the posts of each user."""
    user, post = [parameter("userId", USER["properties"]["id"])], [parameter("postId", {"type": "integer"})]
    missing = {"404": {"description": "not there"}}

    def collection(schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "get": {"responses": answers({"type": "array", "items": schema}) | missing},
            "post": {"requestBody": takes({**schema, "required": []}), "responses": answers(schema, "201") | missing},
        }

    def item(schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "get": {"responses": answers(schema) | missing},
            "patch": {"requestBody": takes({**schema, "required": []}), "responses": answers(schema) | missing},
            "delete": {"responses": gone()},
        }

    return document({
        "/users": collection(USER),
        "/users/{userId}": item(USER) | {"parameters": user},
        "/users/{userId}/posts": collection(POST) | {"parameters": user},
        "/users/{userId}/posts/{postId}": item(POST) | {"parameters": user + post},
    })  # fmt: skip


def sandbox(folder: Path, *, seed: int | None = 1, items: int = 0, materialize: bool = False) -> Sandbox:
    return served(folder, blog(), seed=seed, settings=ServiceSettings(items=items, materialize=materialize))


def test_an_unknown_id_is_not_found_without_materialize(tmp_path: Path) -> None:
    with Client(sandbox(tmp_path)) as client:
        assert 404 == client.get(f"/users/{ADA}").status_code


def test_a_generated_item_exists_from_then_on(tmp_path: Path) -> None:
    with Client(sandbox(tmp_path, materialize=True)) as client:
        first, again = client.get(f"/users/{ADA}").json(), client.get(f"/users/{ADA}").json()
        changed = client.patch(f"/users/{ADA}", json={"age": 40}).json()
        listed = client.get("/users").json()
        removed, rest = client.delete(f"/users/{ADA}"), client.get("/users").json()

    assert first == again
    assert ADA == first["id"]
    jsonschema.validate(first, USER, format_checker=jsonschema.FormatChecker())
    assert {**first, "age": 40} == changed
    assert [changed] == listed
    assert (204, []) == (removed.status_code, rest)


def test_it_can_be_updated_and_deleted_before_it_is_read(tmp_path: Path) -> None:
    with Client(sandbox(tmp_path, materialize=True)) as client:
        assert 40 == client.patch(f"/users/{ADA}", json={"age": 40}).json()["age"]
        assert 204 == client.delete(f"/users/{BOB}").status_code


def test_the_same_seed_and_id_give_the_same_item_in_any_order(tmp_path: Path) -> None:
    with Client(sandbox(tmp_path, materialize=True)) as client:
        ada, bob = client.get(f"/users/{ADA}").json(), client.get(f"/users/{BOB}").json()
    with Client(sandbox(tmp_path, materialize=True)) as client:
        client.post("/users", json={"age": 50})
        assert (bob, ada) == (client.get(f"/users/{BOB}").json(), client.get(f"/users/{ADA}").json())
    with Client(sandbox(tmp_path, seed=2, materialize=True)) as client:
        assert ada != client.get(f"/users/{ADA}").json()


def test_an_item_that_a_client_created_and_deleted_does_not_return(tmp_path: Path) -> None:
    with Client(sandbox(tmp_path, materialize=True)) as client:
        created = client.post("/users", json={"age": 50}).json()
        client.delete(f"/users/{created['id']}")

        assert 404 == client.get(f"/users/{created['id']}").status_code
        assert 404 == client.get(f"/users/{created['id']}/posts").status_code


def test_an_item_whose_id_clients_choose_returns(tmp_path: Path) -> None:
    """With ids that clients choose, a deleted item cannot be told from another one with the same id."""
    file: dict[str, Any] = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
    asked = {"type": "object", "required": ["file_id"], "properties": {"file_id": {"type": "string"}}}
    graph = [parameter("graph_id", {"type": "string"})]
    paths = {
        "/graphs/{graph_id}/file": {"parameters": graph, "post": {
            "requestBody": takes(asked),
            "responses": answers(file)}},
        "/graphs/{graph_id}/file/{file_id}": {"parameters": [*graph, parameter("file_id", {"type": "string"})],
            "get": {"responses": answers(file)}, "delete": {"responses": gone()}},
    }  # fmt: skip
    with Client(served(tmp_path, document(paths), settings=ServiceSettings(materialize=True))) as client:
        added = client.post("/graphs/g/file", json={"file_id": "f"})
        replies = [client.delete("/graphs/g/file/f") for _ in range(2)]

    assert ({"id": "f"}, [204, 204]) == (added.json(), [reply.status_code for reply in replies])


def test_parents_are_generated_with_their_children(tmp_path: Path) -> None:
    with Client(sandbox(tmp_path, materialize=True)) as client:
        post = client.get(f"/users/{ADA}/posts/7").json()
        users = client.get("/users").json()
        added = client.post(f"/users/{BOB}/posts", json={"title": "New"})

    assert (7, ADA) == (post["id"], post["userId"])
    assert [ADA] == [user["id"] for user in users]
    assert 201 == added.status_code


def test_an_id_that_no_item_can_have_is_not_found(tmp_path: Path) -> None:
    with Client(sandbox(tmp_path, materialize=True)) as client:
        assert 400 == client.get("/users/ada").status_code


def test_a_refused_request_stores_nothing(tmp_path: Path) -> None:
    with Client(sandbox(tmp_path, materialize=True)) as client:
        refused = client.patch(f"/users/{ADA}", json={"age": 5})

        assert 400 == refused.status_code
        assert [] == client.get("/users").json()


@pytest.mark.parametrize("items", [1, 5])
def test_every_collection_starts_with_the_requested_number_of_items(tmp_path: Path, items: int) -> None:
    with Client(sandbox(tmp_path, items=items)) as client:
        users = client.get("/users").json()
        posts = client.get(f"/users/{users[0]['id']}/posts").json()

    assert items == len(users) == len({user["id"] for user in users})
    assert items == len(posts) == len({post["id"] for post in posts})
    for user in users:
        jsonschema.validate(user, USER, format_checker=jsonschema.FormatChecker())


HOLD = {"type": "object", "required": ["reason"], "properties": {"reason": {"type": "string"}}}


def holds(*, missing: bool) -> dict[str, Any]:
    """Zones with one hold each, which is at a path without an id of its own."""
    zone = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}
    found = answers(HOLD) | ({"404": {"description": "not there"}} if missing else {})
    owner = [parameter("zone_id", {"type": "string"})]
    return document({
        "/zones/{zone_id}": {"get": {"responses": answers(zone)}, "parameters": owner},
        "/zones/{zone_id}/hold": {
            "parameters": owner,
            "get": {"responses": found},
            "post": {"requestBody": takes(HOLD), "responses": answers(HOLD)},
            "delete": {"responses": found},
        },
    })  # fmt: skip


@pytest.mark.parametrize(("missing", "status"), [(False, 200), (True, 404)])
def test_a_deleted_single_item_returns_where_no_404_is_documented(tmp_path: Path, missing: bool, status: int) -> None:
    app = served(tmp_path, holds(missing=missing), seed=1, settings=ServiceSettings(materialize=True))
    with Client(app) as client:
        created = client.post("/zones/z1/hold", json={"reason": "payment"})
        deleted = client.delete("/zones/z1/hold")

        assert [200, 200] == [created.status_code, deleted.status_code]
        assert status == client.get("/zones/z1/hold").status_code
        assert status == client.delete("/zones/z1/hold").status_code


def test_below_a_created_item_collections_start_empty(tmp_path: Path) -> None:
    with Client(sandbox(tmp_path, items=3)) as client:
        created = client.post("/users", json={"age": 50}).json()

        assert [] == client.get(f"/users/{created['id']}/posts").json()
        assert 4 == len(client.get("/users").json())


def test_generated_items_exist_before_the_first_list_and_again_after_a_reset(tmp_path: Path) -> None:
    with Client(sandbox(tmp_path, items=2)) as client:
        users = client.get("/users").json()
        client.delete(f"/users/{users[0]['id']}")
        client.post("/_mock/reset")

        assert 200 == client.get(f"/users/{users[0]['id']}").status_code
        assert users == client.get("/users").json()


def test_vendors_start_with_items_of_each_tenant() -> None:
    app = mockserver.create_app("basedash", seed=1, settings=ServiceSettings(items=2, materialize=True))
    with Client(app, headers={"Authorization": f"Bearer {ADMIN}"}) as client:
        listed = client.get(SERVERS).json()["data"]
        created = client.post(SERVERS, json=LINEAR)
        made_up = client.get(f"{SERVERS}/mcp_made_up")

    assert 2 == len(listed)
    assert 201 == created.status_code
    assert "mcp_made_up" == made_up.json()["data"]["id"]


@pytest.mark.parametrize("settings", [ServiceSettings(materialize=True), ServiceSettings(items=2)])
def test_a_property_may_be_an_object_in_one_reply_and_a_number_in_another(
    tmp_path: Path, settings: ServiceSettings
) -> None:
    """The list of a shop shows the price as a number, a product shows it with its currency."""

    def product(price: dict[str, Any]) -> dict[str, Any]:
        known = {"id": {"type": "integer"}, "price": price}
        return {"type": "object", "required": ["id", "price"], "properties": known}

    price = {"type": "object", "required": ["cents"], "properties": {"cents": {"type": "integer"}}}
    whole, short = product(price), product({"type": "integer"})
    paths = {
        "/products": {
            "get": {"responses": answers({"type": "array", "items": short})},
            "post": {"requestBody": takes({"type": "object", "properties": {}}), "responses": answers(whole)},
        },
        "/products/{id}": {"parameters": [parameter("id", {"type": "integer"})], "get": {"responses": answers(whole)}},
    }
    with Client(served(tmp_path, document(paths), settings=settings)) as client:
        shown = client.get("/products/1")
        listed = client.get("/products")

    assert (200, dict) == (shown.status_code, type(shown.json()["price"]))
    assert (200, [int] * len(listed.json())) == (listed.status_code, [type(one["price"]) for one in listed.json()])
