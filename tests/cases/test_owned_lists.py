"""Lists of things whose owner is no item of its own: with `--items` they are not empty, and each owner has its own."""

from __future__ import annotations

from typing import Any

from tests.cases.conftest import Serve


def owners(repos: list[dict[str, Any]]) -> list[str]:
    return [repo["owner"]["login"] for repo in repos]


def test_the_lists_of_the_client_and_of_others_begin_with_items(serve: Serve) -> None:
    api = serve("owned-lists", items=2)

    assert ["me", "me"] == owners(api.get("/user/repos").json())
    assert ["ann", "ann"] == owners(api.get("/users/ann/repos").json())
    listed = api.get("/users/bob/repos").json()
    assert (["bob", "bob"], listed[0]) == (owners(listed), api.get(f"/repos/bob/{listed[0]['name']}").json())


def test_what_the_client_creates_is_its_own(serve: Serve) -> None:
    api = serve("owned-lists", items=2)

    made = api.post("/user/repos", json={"name": "mine"}).json()

    assert made == api.get("/repos/me/mine").json()
    assert (made in api.get("/user/repos").json(), made in api.get("/users/me/repos").json()) == (True, True)
    assert made not in api.get("/users/ann/repos").json()
