"""The criteria in the body of a search: ranges, texts, lists, an order and pages, also inside of objects."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.conftest import Serve
from tests.client import Client

BOATS: tuple[dict[str, Any], ...] = (
    {"name": "Heron", "length": 9, "harbour": "Kiel", "rigs": ["sail", "motor"], "builtOn": "2001-05-01"},
    {"name": "Grebe", "length": 5.5, "harbour": "Husum", "rigs": ["oars"], "owner": {"town": "Husum"}},
    {"name": "Swan", "length": 12, "harbour": "Kiel", "rigs": ["sail"], "builtOn": "2019-03-02"},
)


@pytest.fixture
def yard(serve: Serve) -> Client:
    """The mock with three boats."""
    api = serve("search-criteria")
    for boat in BOATS:
        assert 201 == api.post("/boats", json=boat).status_code
    return api


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ({}, "Heron Grebe Swan"),
        ({"length": {"from": 6}}, "Heron Swan"),
        ({"length": {"from": 6, "to": 10}}, "Heron"),
        ({"builtOn": {"after": "2010-01-01"}}, "Swan"),
        ({"harbour": ["Kiel"]}, "Heron Swan"),
        ({"harbour": ["Kiel"], "length": {"to": 9}}, "Heron"),
        ({"rigs": ["sail", "motor"]}, "Heron"),
        ({"phrase": "gre"}, "Grebe"),
        ({"owner": {"town": "Husum"}}, "Grebe"),
    ],
)
def test_criteria_inside_of_objects_select(yard: Client, where: dict[str, Any], names: str) -> None:
    found = yard.post("/boats/query", json={"where": where}).json()

    assert names.split() == [boat["name"] for boat in found["boats"]]
    assert len(names.split()) == found["total"]
    assert {"total": found["total"]} == yard.post("/boats/count", json={"where": where}).json()


def test_an_object_says_the_order_and_another_one_the_page(yard: Client) -> None:
    def names(**asked: Any) -> list[str]:
        return [boat["name"] for boat in yard.post("/boats/query", json=asked).json()["boats"]]

    assert ["Grebe", "Heron", "Swan"] == names(orderBy={"property": "length"})
    assert ["Swan", "Heron", "Grebe"] == names(orderBy={"property": "length", "descending": True})
    assert ["Heron"] == names(orderBy={"property": "length"}, pagination={"number": 2, "size": 1})
    assert 3 == yard.post("/boats/query", json={"pagination": {"number": 2, "size": 1}}).json()["total"]


def test_an_object_in_the_query_is_a_range(yard: Client) -> None:
    found = yard.get("/boats/found?length[gte]=5.5&length[lt]=12").json()

    assert ["Heron", "Grebe"] == [boat["name"] for boat in found]


def test_a_list_at_a_path_that_says_a_flag_shows_only_those_items(yard: Client) -> None:
    assert [] == yard.get("/rented").json()
    yard.post("/boats/2/rent")

    assert [2] == [boat["boatId"] for boat in yard.get("/rented").json()]


def test_a_flag_selects_the_items_that_have_something(yard: Client) -> None:
    yard.post("/boats", json={"name": "Raft", "length": 2, "rigs": []})

    def names(value: str) -> list[str]:
        return [boat["name"] for boat in yard.get(f"/boats/list?has_rigs={value}").json()]

    assert (["Heron", "Grebe", "Swan"], ["Raft"]) == (names("true"), names("false"))
