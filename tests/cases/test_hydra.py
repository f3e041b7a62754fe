"""JSON-LD with Hydra, as API Platform writes it."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve
from tests.client import Client

LD = {"content-type": "application/ld+json"}


def _films(serve: Serve) -> Client:
    api = serve("hydra")
    for title, year in (("b", 1990), ("a", 1990), ("c", 1980)):
        assert 201 == api.post("/api/films", json={"title": title, "year": year}, headers=LD).status_code
    return api


def test_an_item_has_an_id_and_its_own_path(serve: Serve) -> None:
    shown = _films(serve).get("/api/films/2").json()

    assert ("/api/films/2", 2, "a") == (shown["@id"], shown["id"], shown["title"])


def test_a_page_says_how_many_items_there_are_and_where_the_next_one_is(serve: Serve) -> None:
    api = _films(serve)

    first = api.get("/api/films?itemsPerPage=2").json()
    second = api.get(f"/{first['hydra:view']['hydra:next'].split('/', 3)[3]}").json()

    assert (3, ["b", "a"]) == (first["hydra:totalItems"], [each["title"] for each in first["hydra:member"]])
    assert (["c"], False) == ([each["title"] for each in second["hydra:member"]], "hydra:next" in second["hydra:view"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("order[title]=desc", ["c", "b", "a"]),
        ("order[year]=asc", ["c", "b", "a"]),
        ("", ["b", "a", "c"]),
    ],
)
def test_each_property_has_a_parameter_with_its_direction(serve: Serve, query: str, expected: list[str]) -> None:
    assert expected == [each["title"] for each in _films(serve).get(f"/api/films?{query}").json()["hydra:member"]]
