"""Filters by a range, whose description says if the value itself is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.web.document import answers, document, served, takes

DAY = {"type": "string", "format": "date"}
PLANT = {
    "type": "object",
    "required": ["planted_on", "height"],
    "properties": {"id": {"type": "integer", "readOnly": True}, "planted_on": DAY, "height": {"type": "integer"}},
}


def plants(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    parameter = {"name": name, "in": "query", "description": description, "schema": schema}
    listed = {"parameters": [parameter], "responses": answers({"type": "array", "items": PLANT})}
    return document(
        {"/plants": {"get": listed, "post": {"requestBody": takes(PLANT), "responses": answers(PLANT, "201")}}}
    )


@pytest.mark.parametrize(
    ("name", "description", "found"),
    [
        ("planted_before", "Only plants planted on this day or earlier", [1, 2]),
        ("planted_before", "Only plants planted before this day", [1]),
        ("planted_after", "Not before this day", [2, 3]),
        ("planted_after", "Planted later than this day", [3]),
        ("planted_after", "This day or later", [2, 3]),
        ("planted_until", "No later than this day", [1, 2]),
    ],
)
def test_a_description_says_whether_a_bound_is_in_the_range(
    tmp_path: Path, name: str, description: str, found: list[int]
) -> None:
    with Client(served(tmp_path, plants(name, description, DAY))) as client:
        for day in (1, 2, 3):
            client.post("/plants", json={"planted_on": f"2026-04-0{day}", "height": day})
        listed = client.get("/plants", params={name: "2026-04-02"}).json()

    assert found == [each["id"] for each in listed]


@pytest.mark.parametrize(
    ("name", "description", "found"),
    [("min_height", "Plants taller than this", [3]), ("min_height", "At least this height in cm", [2, 3])],
)
def test_the_same_of_numbers(tmp_path: Path, name: str, description: str, found: list[int]) -> None:
    with Client(served(tmp_path, plants(name, description, {"type": "integer"}))) as client:
        for height in (10, 20, 30):
            client.post("/plants", json={"planted_on": "2026-04-01", "height": height})
        listed = client.get("/plants", params={name: 20}).json()

    assert found == [each["id"] for each in listed]
