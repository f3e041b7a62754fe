"""What a client sends is what the item has: nothing that a path, an action or a copy says takes its place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.conftest import Serve
from tests.client import Client


@pytest.fixture
def api(serve: Serve) -> Client:
    return serve("sent-values")


def grower(api: Client) -> Any:
    sent = {"badge": "moss", "skills": ["prune"], "notes": {"shift": "early", "bay": "3"}}
    return api.post("/growers", json={"data": sent}).json()["data"]


def test_the_name_of_an_item_is_not_that_of_the_item_above(api: Client) -> None:
    for name in ("north", "south"):
        api.post("/greenhouses", json={"name": name})

    bed = api.post("/greenhouses/north/beds", json={"name": "window", "plant": "fern"}).json()

    assert ("window", "fern") == (bed["name"], bed["plant"])
    assert [bed] == api.get("/greenhouses/north/beds").json()
    assert bed == api.get(f"/greenhouses/north/beds/{bed['id']}").json()
    assert [] == api.get("/greenhouses/south/beds").json()


def test_the_time_that_the_request_of_an_action_has_wins_over_the_time_of_the_request(api: Client) -> None:
    path = f"/growers/{grower(api)['id']}"

    assert "2030-05-01" == api.post(f"{path}/retire", json={"retired_on": "2030-05-01"}).json()["data"]["retired_on"]
    assert "2030-05-01" == api.get(path).json()["data"]["retired_on"]
    assert "2026-01-01" == api.post(f"{path}/retire", json={}).json()["data"]["retired_on"]


def test_a_copy_has_what_its_request_says_and_else_what_the_original_has(api: Client) -> None:
    first = grower(api)

    copied = api.post(f"/growers/{first['id']}/clone", json={"data": {"badge": "fern"}}).json()["data"]

    assert ("fern", ["prune"], first["notes"]) == (copied["badge"], copied["skills"], copied["notes"])
    assert copied["id"] != first["id"]
    assert first == api.get(f"/growers/{first['id']}").json()["data"]


def test_an_object_that_is_said_to_be_merged_keeps_what_is_not_sent(api: Client) -> None:
    api.post("/greenhouses", json={"name": "north", "settings": {"fan": "on", "lamp": "off"}, "limits": {"heat": 30}})

    done = api.patch("/greenhouses/north", json={"settings": {"lamp": "", "fog": "on"}, "limits": {"cold": 4}}).json()

    assert {"fan": "on", "fog": "on"} == done["settings"]
    assert {"cold": 4} == done["limits"]
    assert done == api.get("/greenhouses/north").json()


def test_keys_that_can_be_unset_one_by_one_are_kept_when_others_are_sent(api: Client) -> None:
    path = f"/growers/{grower(api)['id']}"

    done = api.post(path, json={"data": {"notes": {"shift": "", "gate": "2"}}}).json()["data"]

    assert ("moss", {"bay": "3", "gate": "2"}) == (done["badge"], done["notes"])
    assert done == api.get(path).json()["data"]
