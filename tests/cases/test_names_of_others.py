"""What an item shows of another one beside its id, such as `depotTitle` beside `depotId`, is that of the other item."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve
from tests.client import Client


@pytest.fixture
def api(serve: Serve) -> Client:
    api = serve("names-of-others")
    for title in ("East", "West"):
        api.post("/depots", json={"title": title})
    return api


def test_a_new_item_shows_the_name_of_the_item_whose_id_was_sent(api: Client) -> None:
    made = [api.post("/loads", json={"depotId": id, "tons": 3}).json() for id in (2, 1, 2)]

    assert ["West", "East", "West"] == [each["depotTitle"] for each in made]
    assert made[0] == api.get("/loads/1").json()


def test_a_changed_item_shows_the_name_of_the_item_that_it_names_now(api: Client) -> None:
    load = api.post("/loads", json={"depotId": 2, "tons": 3}).json()

    assert load | {"tons": 4} == api.patch("/loads/1", json={"tons": 4}).json()
    assert load | {"tons": 4, "depotId": 1, "depotTitle": "East"} == api.patch("/loads/1", json={"depotId": 1}).json()


def test_an_item_that_is_created_below_another_one_shows_its_name(api: Client) -> None:
    assert {"id": 1, "depotId": 2, "depotTitle": "West", "label": "A"} == api.post(
        "/depots/2/gates", json={"label": "A"}
    ).json()
