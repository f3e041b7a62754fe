"""The numbers in the reply to a request about several items are those of the request."""

from __future__ import annotations

from tests.cases.conftest import Serve

THREE = [{"name": "a"}, {"name": "b"}, {"name": "c"}]


def test_the_reply_says_how_many_were_created_beside_the_items(serve: Serve) -> None:
    made = serve("batch-figures").post("/stations/bulk", json={"stations": THREE}).json()

    assert (3, 0, 0, []) == tuple(made[name] for name in ("importedStations", "updated", "failed", "errors"))
    assert ["a", "b", "c"] == [each["name"] for each in made["stations"]]


def test_the_reply_says_how_many_were_taken_where_it_shows_none(serve: Serve) -> None:
    api = serve("batch-figures")
    api.post("/stations", json={"name": "a"})

    taken = api.post("/stations/1/readings", json=[{"celsius": 1}, {"celsius": 2.5}])
    assert {"queued": 2, "rejected": 0} == taken.json()
    assert 2 == len(api.get("/stations/1/readings").json())


def test_the_reply_names_the_ids_that_no_item_has(serve: Serve) -> None:
    api = serve("batch-figures")
    api.post("/stations/bulk", json={"stations": THREE})

    removed = api.post("/stations/bulk-remove", json={"ids": [1, 3, 99]}).json()
    assert {"removed": 2, "unknownIds": ["99"]} == removed
    assert {"removed": 0, "unknownIds": ["3"]} == api.post("/stations/bulk-remove", json={"ids": [3]}).json()
