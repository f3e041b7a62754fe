"""A reference that only an action sends is null in a new item, with what is copied of the item that it names."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_nobody_has_rented_a_new_boat(serve: Serve) -> None:
    api = serve("rented-boats")
    for name in ("Ann", "Bob"):
        api.post("/rowers", json={"name": name})

    boat = api.post("/boats", json={"hull": "oak"}).json()
    assert {"id": 1, "hull": "oak", "rower": None, "rower_name": None} == boat

    assert boat | {"rower": 2, "rower_name": "Bob"} == api.post("/boats/1/rent", json={"rower": 2}).json()
