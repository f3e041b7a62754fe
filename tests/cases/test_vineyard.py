"""What is noted below an item becomes a value of it: its grade, the time of the last one, its state with the first."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve
from tests.client import Client


@pytest.fixture
def api(serve: Serve) -> Client:
    api = serve("vineyard")
    for wine in ("Riesling", "Merlot"):
        api.post("/barrels", json={"wine": wine})
    return api


def test_an_item_without_others_has_no_last_one(api: Client) -> None:
    barrel = api.post("/barrels", json={"wine": "Pinot", "grade": 4}).json()

    assert (4, "filled") == (barrel["grade"], barrel["status"])
    assert (None, None) == (barrel.get("lastTasting"), barrel.get("last_racking"))


def test_a_value_becomes_that_of_the_newest_item_below(api: Client) -> None:
    api.post("/barrels/1/tastings", json={"day": "2026-05-01", "grade": 6})
    api.post("/barrels/1/tastings", json={"day": "2026-07-01", "grade": 8})
    api.post("/barrels/2/tastings", json={"day": "2026-06-01", "grade": 2})

    assert [(8, "2026-07-01"), (2, "2026-06-01")] == [
        (barrel["grade"], barrel["lastTasting"]) for barrel in api.get("/barrels").json()
    ]


def test_a_text_that_says_which_time_it_is_follows_too(api: Client) -> None:
    racking = api.post("/barrels/2/rackings", json={"litres": 40}).json()

    assert racking["created_at"] == api.get("/barrels/2").json()["last_racking"]
    assert "last_racking" not in api.get("/barrels/1").json()


def test_only_the_first_item_below_changes_the_state(api: Client) -> None:
    api.post("/barrels/1/tastings", json={"day": "2026-05-01", "grade": 6})
    assert ["maturing", "filled"] == [barrel["status"] for barrel in api.get("/barrels").json()]

    assert "sealed" == api.post("/barrels/1/cork").json()["status"]
    api.post("/barrels/1/tastings", json={"day": "2026-06-01", "grade": 7})
    assert "sealed" == api.get("/barrels/1").json()["status"]
