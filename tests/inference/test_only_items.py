"""The only item below another one, such as the profile of a user, where nothing stores the other one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.client import Client
from tests.inference.pets import NUMBER, TEXT
from tests.web.document import Node, answers, document, served, takes


def profiles(folder: Path, asked: Node, shown: Node) -> Client:
    parameter = {"name": "userId", "in": "path", "required": True, "schema": asked}
    profile: Node = {"type": "object", "properties": {"userId": {**shown, "readOnly": True}, "bio": TEXT}}
    put = {"requestBody": takes(profile), "responses": answers(profile)}
    get = {"responses": answers(profile)}
    path: Node = {"/users/{userId}/profile": {"parameters": [parameter], "get": get, "put": put}}
    return Client(served(folder, document(path)))


@pytest.mark.parametrize(("kind", "ids"), [(NUMBER, [7, 8]), (TEXT, ["ada", "bob"])])
def test_it_shows_the_id_in_its_path(tmp_path: Path, kind: Node, ids: list[object]) -> None:
    with profiles(tmp_path, kind, kind) as api:
        put = api.put(f"/users/{ids[0]}/profile", json={"bio": "x"}).json()

        assert {"userId": ids[0], "bio": "x"} == put
        assert put == api.get(f"/users/{ids[0]}/profile").json()
        assert ids[1] == api.get(f"/users/{ids[1]}/profile").json()["userId"]


@pytest.mark.parametrize("shown", [NUMBER, {"type": "string", "format": "uuid"}])
def test_it_shows_another_value_where_the_path_allows_what_it_may_not_show(tmp_path: Path, shown: Node) -> None:
    with profiles(tmp_path, TEXT, shown) as api:
        replies = [api.put("/users/ada/profile", json={"bio": "x"}), api.get("/users/ada/profile")]

    assert [200, 200] == [reply.status_code for reply in replies]
    assert ["x", "x"] == [reply.json()["bio"] for reply in replies]
