"""Operations below an item whose reply shows an item: it is the stored one, never a stranger."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve
from tests.client import Client


@pytest.fixture
def api(serve: Serve) -> Client:
    api = serve("actions-below-items")
    for label in ("old", "new"):
        api.post("/folders", json={"label": label})
    api.post("/sketches", json={"name": "owl", "folderId": 1})
    return api


OWL = {"id": 1, "name": "owl", "folderId": 1, "pinnedByMe": False}


def test_a_flag_about_oneself_is_set_and_taken_away(api: Client) -> None:
    assert OWL | {"pinnedByMe": True} == api.put("/sketches/1/pin").json() == api.get("/sketches/1").json()
    assert OWL == api.delete("/sketches/1/pin").json() == api.get("/sketches/1").json()


def test_a_delete_below_an_item_shows_that_item(api: Client) -> None:
    assert OWL == api.delete("/sketches/1/frame").json() == api.get("/sketches/1").json()
    assert 404 == api.delete("/sketches/7/frame").status_code


def test_what_is_added_below_an_item_shows_that_item(api: Client) -> None:
    scored = api.post("/sketches/1/scores", json={"points": 3})

    assert (201, OWL) == (scored.status_code, scored.json())
    assert 404 == api.post("/sketches/7/scores", json={"points": 3}).status_code


def test_another_item_made_of_one_does_not_show_that_one(api: Client) -> None:
    assert "kite" == api.post("/sketches/1/variants", json={"name": "kite"}).json()["name"]
    assert OWL == api.get("/sketches/1").json()


def test_an_item_moves_to_what_the_request_names(api: Client) -> None:
    assert OWL | {"folderId": 2} == api.post("/sketches/1/move", json={"folderId": 2}).json()
    assert OWL | {"folderId": 2} == api.get("/sketches/1").json()
