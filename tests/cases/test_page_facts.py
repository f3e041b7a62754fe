"""What a page says about itself, in which order it is, and which times a new item has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import mockserver
from tests.cases.conftest import Serve
from tests.client import Client

NOW = "2026-01-01T00:00:00"


def _recipes(serve: Serve) -> Client:
    api = serve("page-facts")
    for number, title in enumerate(("Dal", "Pho", "Dahi"), 1):
        assert 201 == api.post("/recipes", json={"title": title, "cuisine": title[0], "rank": number}).status_code
    return api


def test_a_page_shows_the_parameters_that_asked_for_it_and_counts_all_items(serve: Serve) -> None:
    shown = _recipes(serve).get("/recipes?page=2&take=2").json()

    assert {"page": 2, "take": 2, "itemCount": 3, "pageCount": 2} == shown["meta"]


def test_a_list_without_items_has_a_last_page(serve: Serve) -> None:
    api = serve("page-facts")

    assert {"plants": [], "pageNo": 1, "last_page": 1, "total_pages": 0} == api.get("/plants").json()
    api.post("/plants", json={"nickname": "a"})
    api.post("/plants", json={"nickname": "b"})
    assert (1, 2, 2) == tuple(
        api.get("/plants?pageSize=1").json()[name] for name in ("pageNo", "last_page", "total_pages")
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q[title_cont]=da", [1, 3]),
        ("q[cuisine_in][]=P&q[cuisine_in][]=x", [2]),
        ("rank_in=1,2", [1, 2]),
        ("q[s]=title desc", [2, 1, 3]),
    ],
)
def test_ransack_filters_and_sorts(serve: Serve, query: str, expected: list[int]) -> None:
    assert expected == [each["id"] for each in _recipes(serve).get(f"/recipes?{query}").json()["data"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Alba", "Moss", "Zoe"]),
        ("?sort=-nickname", ["Zoe", "Moss", "Alba"]),
        ("?sort=created", ["Zoe", "Alba", "Moss"]),
    ],
)
def test_the_default_of_a_sort_parameter_is_what_its_absence_means(
    serve: Serve, query: str, expected: list[str]
) -> None:
    api = serve("page-facts")
    for name in ("Zoe", "Alba", "Moss"):
        api.post("/plants", json={"nickname": name})

    assert expected == [each["nickname"] for each in api.get(f"/plants{query}").json()["plants"]]


def test_the_description_of_the_response_says_how_a_list_is_sorted(serve: Serve) -> None:
    api = serve("page-facts")
    api.post("/plants", json={"nickname": "Zoe"})
    for amount in (3, 1, 2):
        api.post("/plants/1/waterings", json={"amount": amount})

    assert [1, 2, 3] == [each["amount"] for each in api.get("/plants/1/waterings").json()]


def test_the_only_event_that_must_have_happened_is_that_of_the_creation(serve: Serve) -> None:
    api = serve("page-facts")
    plant = api.post("/plants", json={"nickname": "Zoe"}).json()
    watering = api.post("/plants/1/waterings", json={"amount": 1}).json()

    assert watering["watered_at"].startswith(NOW)
    assert not watering["next_watering_at"].startswith(NOW)
    assert "last_watered_at" not in plant


@pytest.mark.parametrize("event", ["set_at", "laidOn", "caught_at"])
def test_an_irregular_verb_names_the_time_of_the_creation_too(tmp_path: Path, event: str) -> None:
    time = {"type": "string", "format": "date-time", "readOnly": True}
    shown = {"type": "object", "required": ["id", event], "properties": {"id": {"type": "integer"}, event: time}}
    content = {"application/json": {"schema": shown}}
    sent = {"content": {"application/json": {"schema": {"type": "object"}}}}
    create = {"requestBody": sent, "responses": {"201": {"description": "made", "content": content}}}
    key = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    get = {"parameters": [key], "responses": {"200": {"description": "one", "content": content}}}
    paths = {"/climbs": {"post": create}, "/climbs/{id}": {"get": get}}
    document = tmp_path / "climbs.json"
    about = {"title": "Climbs", "version": "1"}
    document.write_text(json.dumps({"openapi": "3.1.0", "info": about, "paths": paths}), encoding="utf-8")

    with Client(mockserver.create_app(document, seed=1)) as api:
        assert api.post("/climbs", json={}).json()[event].startswith(NOW)


def test_what_did_not_happen_yet_is_null_and_ids_are_whole(serve: Serve) -> None:
    made = _recipes(serve).get("/recipes/1").json()

    assert (False, None) == (made["published"], made["publishedAt"])
    assert made["author"]["id"] == int(made["author"]["id"])
    assert made["author"]["age"] == int(made["author"]["age"])
    assert 0.1 <= made["author"]["ratio"] <= 0.5


def test_the_reply_of_a_delete_says_that_one_item_is_gone(serve: Serve) -> None:
    api = _recipes(serve)
    api.post("/plants", json={"nickname": "Zoe"})

    assert 1 == api.delete("/recipes/1").json()
    assert {"affected": 1} == api.delete("/plants/1").json()
