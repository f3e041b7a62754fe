"""A DELETE keeps the item where an operation restores it, or where a list can show it."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_a_deleted_item_is_listed_only_if_the_request_asks_for_it(serve: Serve) -> None:
    api = serve("restored-items")
    api.post("/recipes", json={"name": "soup"})
    api.post("/recipes", json={"name": "pie"})

    assert 204 == api.delete("/recipes/1").status_code
    assert ["pie"] == [each["name"] for each in api.get("/recipes").json()]
    assert ["pie"] == [each["name"] for each in api.get("/recipes?withTrashed=false").json()]
    every = {each["name"]: each for each in api.get("/recipes?withTrashed=true").json()}
    assert {"soup", "pie"} == every.keys()
    assert every["soup"]["trashedAt"]
    assert not every["pie"].get("trashedAt")


def test_no_operation_finds_a_deleted_item_nor_what_is_below_it(serve: Serve) -> None:
    api = serve("restored-items")
    api.post("/recipes", json={"name": "soup"})
    api.post("/recipes/1/steps", json={"text": "boil"})
    api.delete("/recipes/1")

    assert 404 == api.get("/recipes/1").status_code
    assert 404 == api.delete("/recipes/1").status_code
    assert 404 == api.get("/recipes/1/steps").status_code
    assert 404 == api.post("/recipes/1/steps", json={"text": "stir"}).status_code


def test_an_operation_restores_a_deleted_item(serve: Serve) -> None:
    api = serve("restored-items")
    new = api.post("/shelves", json={"label": "top"}).json()
    assert new["is_deleted"] is False
    assert 409 == api.post("/shelves/1/restore").status_code

    assert api.delete("/shelves/1").json()["is_deleted"] is True
    assert [] == api.get("/shelves").json()
    assert new == api.post("/shelves/1/restore").json()
    assert [new] == api.get("/shelves").json()
    assert new == api.get("/shelves/1").json()
    assert 409 == api.post("/shelves/1/restore").status_code
