"""Items show the path parameters above them, however they are made: by a PUT, a POST, or for an unknown id."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.conftest import Serve

BOX = {"region": "eu", "row": "A", "level": 3}


def test_a_put_that_makes_an_item_shows_what_its_path_says(serve: Serve) -> None:
    api, below = serve("places-in-paths"), "/regions/eu/shelves/A-3/boxes"

    statuses = [api.put(f"{below}/b1", json={"weight": weight}).status_code for weight in (2, 5)]

    assert [201, 200] == statuses
    assert [{"boxId": "b1", **BOX, "weight": 5}] == api.get(below).json()
    assert [] == api.get("/regions/eu/shelves/A-4/boxes").json()


def test_the_only_item_at_a_path_with_two_parameters_in_a_segment_shows_both(serve: Serve) -> None:
    made = serve("places-in-paths").put("/warehouses/w/bins/AB-3", json={"capacity": 4})

    assert {"aisle": "AB", "level": 3, "capacity": 4} == made.json()


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/regions/eu/shelves/A-3/boxes/b9", {"boxId": "b9", **BOX}),
        ("/regions/us/disks/d9", {"diskId": "d9", "region": "us"}),
        ("/warehouses/w/bins/AB-7", {"aisle": "AB", "level": 7}),
    ],
)
def test_an_item_that_nobody_made_shows_them_too(serve: Serve, path: str, shown: dict[str, Any]) -> None:
    found = serve("places-in-paths", materialize=True).get(path)

    assert (200, shown) == (found.status_code, {name: found.json()[name] for name in shown})


def test_the_items_at_the_start_show_them_too(serve: Serve) -> None:
    boxes = serve("places-in-paths", items=2).get("/regions/eu/shelves/A-3/boxes").json()

    assert [BOX, BOX] == [{name: box[name] for name in BOX} for box in boxes]
