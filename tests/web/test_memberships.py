"""The members of a group are users that exist: they are added by their id, and the list shows them as they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.client.builtin_mock import sandbox
from contracts.runner.in_process import check_app, load_contract
from mockserver.web.service import ServiceSettings
from tests.client import Client
from tests.inference.pets import NUMBER, collection, item
from tests.web.document import Node, answers, document, served, takes

NO: Node = {"description": "no"}


def above(*names: str) -> list[Node]:
    return [{"name": name, "in": "path", "required": True, "schema": NUMBER} for name in names]


def lists_of(
    whole: str, holder: str, name: str, parameter: str, sent: str, *, statuses: tuple[str, ...] = ("404", "422")
) -> Node:
    """A document about `whole`, and `holder`, below which a list called `name` shows what a POST adds by its id."""
    shown: Node = {"$ref": "#/components/schemas/Whole"}
    paths = collection(whole, item(), parameter="id") | collection(holder, item(), parameter="holderId")
    for node in (paths[whole], paths[whole + "/{id}"]):
        for operation in (node.get("get"), node.get("post"), node.get("put"), node.get("patch")):
            for response in operation["responses"].values() if operation else ():
                media = response["content"]["application/json"]
                media["schema"] = media["schema"] | {"items": shown} if "items" in media["schema"] else shown
    body: Node = {"type": "object", "required": [sent], "properties": {sent: NUMBER}}
    refusals = dict.fromkeys(statuses, NO)
    path = holder + "/{holderId}/" + name
    paths[path] = {
        "parameters": above("holderId"),
        "get": {"responses": answers({"type": "array", "items": shown})},
        "post": {"requestBody": takes(body), "responses": answers(shown, "201") | refusals},
    }
    if parameter:
        paths[path + "/{" + parameter + "}"] = {
            "parameters": above("holderId", parameter),
            "put": {"responses": {"204": {"description": "added"}, "404": NO}},
            "get": {"responses": answers(shown) | {"404": NO}},
            "delete": {"responses": {"204": {"description": "gone"}, "404": NO}},
        }
    return document(paths, components={"schemas": {"Whole": item()}})


GROUPS = ("/users", "/groups", "members", "userId", "user_id")
KINDS = (
    GROUPS,
    ("/users", "/groups", "members", "memberId", "user_id"),
    ("/users", "/teams", "users", "userId", "id"),
    ("/users", "/teams", "users", "", "userId"),
    ("/tracks", "/playlists", "tracks", "trackId", "trackId"),
    ("/labels", "/projects", "labels", "labelId", "label_id"),
)


def names(client: Client, url: str) -> list[tuple[int, str]]:
    return [(one["id"], one["name"]) for one in client.get(url).json()]


def begin(client: Client, whole: str, holder: str) -> None:
    for name in ("Ada", "Bob", "Cleo"):
        client.post(whole, json={"name": name})
    for name in ("First", "Second"):
        client.post(holder, json={"name": name})


@pytest.mark.parametrize(("whole", "holder", "name", "parameter", "sent"), KINDS)
def test_a_list_shows_what_was_added_to_it(
    tmp_path: Path, whole: str, holder: str, name: str, parameter: str, sent: str
) -> None:
    with Client(served(tmp_path, lists_of(whole, holder, name, parameter, sent))) as client:
        begin(client, whole, holder)
        made = client.post(f"{holder}/1/{name}", json={sent: 2})
        client.post(f"{holder}/1/{name}", json={sent: 2})

        assert 201 == made.status_code
        assert {"id": 2, "name": "Bob"} == made.json()
        assert [(2, "Bob")] == names(client, f"{holder}/1/{name}")
        assert [] == names(client, f"{holder}/2/{name}")
        assert [(1, "Ada"), (2, "Bob"), (3, "Cleo")] == names(client, whole)


def test_a_put_adds_and_a_delete_removes(tmp_path: Path) -> None:
    with Client(served(tmp_path, lists_of(*GROUPS))) as client:
        begin(client, "/users", "/groups")
        statuses = [client.put(f"/groups/1/members/{user}").status_code for user in (3, 1, 3)]
        assert [204, 204, 204] == statuses
        assert [(3, "Cleo"), (1, "Ada")] == names(client, "/groups/1/members")
        assert "Cleo" == client.get("/groups/1/members/3").json()["name"]

        assert 204 == client.delete("/groups/1/members/3").status_code
        assert [(1, "Ada")] == names(client, "/groups/1/members")
        assert [404, 404] == [client.request(m, "/groups/1/members/3").status_code for m in ("GET", "DELETE")]
        assert 200 == client.get("/users/3").status_code


def test_users_that_are_only_followed_are_not_those_that_can_be_members(tmp_path: Path) -> None:
    written: dict[str, Any] = lists_of(*GROUPS)
    shown: Node = {"$ref": "#/components/schemas/Whole"}
    for path in ("/users", "/users/{id}"):
        del written["paths"][path]
    del written["paths"]["/groups/{holderId}/members"]["post"]
    written["paths"]["/following"] = {"get": {"responses": answers({"type": "array", "items": shown})}}
    written["paths"]["/following/{userId}"] = {
        "parameters": above("userId"),
        "put": {"responses": {"204": {"description": "added"}, "404": NO}},
        "get": {"responses": answers(shown) | {"404": NO}},
    }
    with Client(served(tmp_path, written)) as client:
        client.post("/groups", json={"name": "First"})

        assert 204 == client.put("/groups/1/members/7").status_code
        assert [7] == [one["id"] for one in client.get("/groups/1/members").json()]
        assert [] == client.get("/following").json()


def listing_ids(asked: Node, method: str = "post", shown: Node | None = None) -> Node:
    """A document about users and groups, whose members a request with the body `asked` names by their ids alone."""
    written: dict[str, Any] = lists_of(*GROUPS)
    whole = written["components"]["schemas"]["Whole"]
    whole["properties"]["id"] = {**whole["properties"]["id"], "readOnly": True}
    node = written["paths"]["/groups/{holderId}/members"]
    listed: Node = {"type": "array", "items": {"$ref": "#/components/schemas/Whole"}}
    del node["post"]
    node[method] = {"requestBody": takes(asked), "responses": answers(shown or listed) | {"404": NO}}
    return written


IDS: Node = {"type": "array", "items": NUMBER}
ONE: Node = {"$ref": "#/components/schemas/Whole"}


def only(name: str, value: Node) -> Node:
    return {"type": "object", "required": [name], "properties": {name: value}}


@pytest.mark.parametrize(
    ("asked", "sent", "shown"),
    [
        (NUMBER, 2, ONE),
        (only("id", NUMBER), {"id": 2}, ONE),
        (only("user", NUMBER), {"user": 2}, ONE),
        (only("user", only("id", NUMBER)), {"user": {"id": 2}}, ONE),
        (IDS, [2], None),
        ({"type": "array", "items": only("id", NUMBER)}, [{"id": 2}], None),
        (only("user_ids", IDS), {"user_ids": [2]}, None),
        (only("users", {"type": "array", "items": only("id", NUMBER)}), {"users": [{"id": 2}]}, None),
    ],
)
def test_members_are_named_by_their_ids_in_any_form(tmp_path: Path, asked: Node, sent: Any, shown: Node | None) -> None:
    with Client(served(tmp_path, listing_ids(asked, shown=shown))) as client:
        begin(client, "/users", "/groups")
        made = client.post("/groups/1/members", json=sent).json()
        client.post("/groups/1/members", json=sent)

        assert [{"id": 2, "name": "Bob"}] == (made if isinstance(made, list) else [made])
        assert [(2, "Bob")] == names(client, "/groups/1/members")


@pytest.mark.parametrize(("asked", "wrap"), [(IDS, False), (only("user_ids", IDS), True)])
def test_a_put_of_ids_makes_them_all_members(tmp_path: Path, asked: Node, wrap: bool) -> None:
    with Client(served(tmp_path, listing_ids(asked, "put"))) as client:
        begin(client, "/users", "/groups")
        for ids in ([1, 3], [3, 2]):
            client.put("/groups/1/members", json={"user_ids": ids} if wrap else ids)

        assert {(2, "Bob"), (3, "Cleo")} == set(names(client, "/groups/1/members"))


def test_a_delete_with_ids_removes_these_members(tmp_path: Path) -> None:
    with Client(served(tmp_path, listing_ids(only("user_ids", IDS), "delete"))) as client:
        begin(client, "/users", "/groups")
        for user in (1, 2, 3):
            client.put(f"/groups/1/members/{user}")
        client.request("DELETE", "/groups/1/members", json={"user_ids": [1, 3]})

        assert [(2, "Bob")] == names(client, "/groups/1/members")


def test_one_unknown_id_of_several_adds_nobody(tmp_path: Path) -> None:
    with Client(served(tmp_path, listing_ids(only("user_ids", IDS)))) as client:
        begin(client, "/users", "/groups")

        assert 404 == client.post("/groups/1/members", json={"user_ids": [1, 9]}).status_code
        assert [] == names(client, "/groups/1/members")


@pytest.mark.parametrize(("statuses", "refused"), [(("404", "422"), 422), (("400",), 400), (("404",), 404)])
def test_a_user_that_does_not_exist_is_refused(tmp_path: Path, statuses: tuple[str, ...], refused: int) -> None:
    with Client(served(tmp_path, lists_of(*GROUPS, statuses=statuses))) as client:
        begin(client, "/users", "/groups")
        assert refused == client.post("/groups/1/members", json={"user_id": 9}).status_code
        assert 404 == client.put("/groups/1/members/9").status_code
        assert [] == names(client, "/groups/1/members")


def test_a_user_that_does_not_exist_is_added_where_no_status_can_refuse_it(tmp_path: Path) -> None:
    with Client(served(tmp_path, lists_of(*GROUPS, statuses=()))) as client:
        begin(client, "/users", "/groups")
        assert 201 == client.post("/groups/1/members", json={"user_id": 9}).status_code
        assert [9] == [id for id, _ in names(client, "/groups/1/members")]


def test_a_list_shows_users_as_they_are_now_and_none_that_is_gone(tmp_path: Path) -> None:
    with Client(served(tmp_path, lists_of(*GROUPS))) as client:
        begin(client, "/users", "/groups")
        for group, user in ((1, 1), (1, 2), (2, 2)):
            client.put(f"/groups/{group}/members/{user}")
        client.patch("/users/2", json={"name": "Robert"})
        assert [(1, "Ada"), (2, "Robert")] == names(client, "/groups/1/members")
        assert [(2, "Robert")] == names(client, "/groups/2/members")

        client.delete("/users/2")
        assert [(1, "Ada")] == names(client, "/groups/1/members")
        assert [] == names(client, "/groups/2/members")
        client.delete("/groups/1")
        assert [(1, "Ada"), (3, "Cleo")] == names(client, "/users")


def test_generated_members_are_generated_users(tmp_path: Path) -> None:
    with Client(served(tmp_path, lists_of(*GROUPS), settings=ServiceSettings(items=3))) as client:
        group = client.get("/groups").json()[0]["id"]
        users = names(client, "/users")
        assert 3 == len(users)
        assert users == names(client, f"/groups/{group}/members")


def test_what_a_client_describes_itself_is_no_membership(tmp_path: Path) -> None:
    written: dict[str, Any] = lists_of("/posts", "/users", "posts", "", "post_id")
    asked = written["paths"]["/users/{holderId}/posts"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    asked["properties"]["name"] = {"type": "string"}
    with Client(served(tmp_path, written)) as client:
        begin(client, "/posts", "/users")
        made = client.post("/users/1/posts", json={"post_id": 7, "name": "Mine"})
        assert (201, "Mine") == (made.status_code, made.json()["name"])


@pytest.mark.parametrize("kind", [GROUPS, KINDS[3]])
def test_a_check_adds_users_that_exist_and_finds_nothing_in_the_mock(tmp_path: Path, kind: tuple[str, ...]) -> None:
    path = tmp_path / "api.json"
    path.write_text(json.dumps(lists_of(*kind)))
    only = ["create", "identity", "read-after-create", "concurrent-creates", "delete"]
    result = check_app(sandbox(path, seed=1), load_contract(path), mode="quick", only=only)

    assert [] == [(each.check, each.operation, each.expected, each.seen) for each in result.findings]
    assert ("POST /groups/{holderId}/members" if kind is GROUPS else "POST /teams/{holderId}/users", "create") in {
        (operation, check) for (operation, check), outcome in result.outcomes.items() if outcome == "passed"
    }
