"""The order of a list, as the document says it in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cases.conftest import Serve
from tests.client import Client
from tests.inference.pets import collection
from tests.web.document import document, served


def _ids(api: Client, path: str, bodies: list[dict[str, Any]]) -> list[int]:
    for body in bodies:
        assert 201 == api.post(path, json=body).status_code
    return [each["id"] for each in api.get(path).json()]


def test_the_most_recent_items_appear_first(serve: Serve) -> None:
    assert [3, 2, 1] == _ids(serve("list-order"), "/tools", [{"name": name} for name in "abc"])


def test_what_was_changed_last_comes_first(serve: Serve) -> None:
    api = serve("list-order")

    assert [3, 2, 1] == _ids(api, "/repairs", [{"note": note} for note in "abc"])
    api.patch("/repairs/1", json={"note": "again"})
    assert [1, 3, 2] == [each["id"] for each in api.get("/repairs").json()]


def test_a_list_is_in_the_order_of_a_property_of_two_words(serve: Serve) -> None:
    days = ("2026-05-02", "2026-05-03", "2026-05-01")
    loans = [{"person": "kim", "returnDate": day} for day in days]

    assert [3, 1, 2] == _ids(serve("list-order"), "/loans", loans)


def test_the_oldest_of_what_has_only_the_time_of_a_client_is_the_earliest(serve: Serve) -> None:
    readings = [{"at": f"2026-05-01T{hour}:00:00Z", "kwh": 1} for hour in ("10", "08", "12")]

    assert [2, 1, 3] == _ids(serve("list-order"), "/readings", readings)


def test_the_alphabetical_order_is_that_of_the_label(serve: Serve) -> None:
    shelves = [{"label": label, "row": row} for label, row in (("m", "1"), ("c", "3"), ("q", "2"))]

    assert [2, 1, 3] == _ids(serve("list-order"), "/shelves", shelves)


@pytest.mark.parametrize("path", ["/tools", "/loans"])
def test_an_empty_list_has_any_order(serve: Serve, path: str) -> None:
    assert [] == serve("list-order").get(path).json()


@pytest.mark.parametrize(("said", "first"), [("By departure", "AB"), ("order by load, heaviest last", "BA")])
def test_a_direction_alone_orders_by_the_property_that_its_description_names(
    tmp_path: Path, said: str, first: str
) -> None:
    shown: dict[str, Any] = {"id": {"type": "integer"}, "name": {"type": "string"}, "load_kg": {"type": "number"}}
    shown["departure"] = {"type": "string", "format": "date-time"}
    paths = collection("/sailings", {"type": "object", "required": ["id"], "properties": shown})
    way = {"type": "string", "enum": ["ASC", "DESC"], "default": "ASC"}
    paths["/sailings"]["get"]["parameters"] = [{"name": "order", "in": "query", "schema": way, "description": said}]
    with Client(served(tmp_path, document(paths))) as client:
        for name, day, load in (("B", "05", 1), ("A", "04", 2)):
            body = {"name": name, "departure": f"2026-12-{day}T08:00:00Z", "load_kg": load}
            assert 201 == client.post("/sailings", json=body).status_code
        seen = ["".join(each["name"] for each in client.get(f"/sailings{q}").json()) for q in ("", "?order=DESC")]

    assert [first, first[::-1]] == seen
