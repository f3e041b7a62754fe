"""Relationships of JSON:API: they filter, are included, and are followed from the path of the other item."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.conftest import Serve
from tests.client import Client

JSON_API = {"content-type": "application/vnd.api+json"}


def _linked(id: str) -> dict[str, str]:
    return {"type": "people", "id": id}


def _records(serve: Serve) -> Client:
    api = serve("json-api-relations")
    for name in ("Ada", "Bob", "Cy"):
        body = {"data": {"type": "people", "attributes": {"name": name}}}
        assert 201 == api.post("/people", json=body, headers=JSON_API).status_code
    body = {"data": {"type": "labels", "attributes": {"name": "4AD"}}}
    assert 201 == api.post("/labels", json=body, headers=JSON_API).status_code
    for title, person, guests in (("Blue", "1", ["2"]), ("Red", "2", ["1", "3"]), ("Grey", "1", [])):
        label = {"data": {"type": "labels", "id": "1"} if guests else None}
        relations = {"person": {"data": _linked(person)}, "guests": {"data": [_linked(each) for each in guests]}}
        relations["issued-by"] = label
        body = {"data": {"type": "records", "attributes": {"title": title}, "relationships": relations}}
        assert 201 == api.post("/records", json=body, headers=JSON_API).status_code
    return api


def _titles(shown: dict[str, Any]) -> list[str]:
    return [each["attributes"]["title"] for each in shown["data"]]


def _names(shown: dict[str, Any]) -> list[str]:
    return [each["attributes"]["name"] for each in shown["included"]]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/records?filter[person]=1", ["Blue", "Grey"]),
        ("/records?filter[guests]=3", ["Red"]),
        ("/people/2/records", ["Red"]),
        ("/people/3/records", []),
        ("/labels/1/records", ["Blue", "Red"]),
    ],
)
def test_a_relationship_selects(serve: Serve, path: str, expected: list[str]) -> None:
    assert expected == _titles(_records(serve).get(path).json())


def test_the_records_of_nobody_are_not_found(serve: Serve) -> None:
    assert 404 == _records(serve).get("/people/9/records").status_code


def test_what_is_included_is_shown_once_and_only_if_it_is_asked_for(serve: Serve) -> None:
    api = _records(serve)

    assert ["Ada", "Bob"] == _names(api.get("/records?include=person").json())
    assert ["Ada", "Bob", "Cy"] == sorted(_names(api.get("/records?include=person,guests").json()))
    assert ["Ada", "Cy"] == _names(api.get("/records/2?include=guests").json())
    assert [] == api.get("/records/3?include=guests").json()["included"]
    assert "included" not in api.get("/records").json()
    assert "included" not in api.get("/records/2").json()


def test_the_first_page_of_a_list_without_pages_is_the_list(serve: Serve) -> None:
    links = _records(serve).get("/people/2/records").json()["links"]

    assert links["self"] == links["first"]
    assert links["self"].endswith("/people/2/records")
