"""A request that names an item which does not exist is refused, if a description of the errors says so."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve
from tests.client import Client


@pytest.fixture
def api(serve: Serve) -> Client:
    api = serve("named-in-requests")
    for name in ("Ada", "Bob"):
        api.post("/singers", json={"name": name})
    api.post("/choirs", json={"name": "North"})
    return api


def test_items_that_only_a_list_shows_must_exist_where_they_are_named(api: Client) -> None:
    ids = [each["_id"] for each in api.get("/singers").json()]
    made = api.post("/choirs/1/songs", json={"title": "Dawn", "singerId": ids[1]})
    refused = api.post("/choirs/1/songs", json={"title": "Dusk", "singerId": max(ids) + 1})

    assert (201, ids[1]) == (made.status_code, made.json()["singerId"])
    assert 404 == refused.status_code
    assert "singer" in refused.json()["message"]
    assert [made.json()] == api.get("/choirs/1/songs").json()


def test_a_404_that_names_two_things_is_about_both(api: Client) -> None:
    singer = api.get("/singers").json()[0]["_id"]

    assert 404 == api.post("/choirs/7/songs", json={"title": "Dawn", "singerId": singer}).status_code
    assert 201 == api.post("/choirs/1/songs", json={"title": "Dawn", "singerId": singer}).status_code


def test_items_below_the_same_item_must_exist_where_they_are_named(api: Client) -> None:
    song = api.post("/choirs/1/songs", json={"title": "Dawn"}).json()

    assert 201 == api.post("/choirs/1/concerts", json={"opening_song_id": song["id"]}).status_code
    assert 422 == api.post("/choirs/1/concerts", json={"opening_song_id": song["id"] + 1}).status_code


def test_the_message_of_laravel_says_that_the_item_must_exist(serve: Serve) -> None:
    api = serve("laravel-references")
    town = api.post("/towns", json={"name": "Graz"}).json()

    assert 201 == api.post("/halls", json={"town_id": town["id"]}).status_code
    refused = api.post("/halls", json={"town_id": town["id"] + 1})
    assert (422, ["town_id"]) == (refused.status_code, [*refused.json()["errors"]])


def test_a_number_named_after_one_thing_is_its_id_and_one_after_several_is_an_amount(serve: Serve) -> None:
    api = serve("django-comments")
    ticket = api.post("/tickets/", json={"title": "Broken", "comments": 7}).json()

    statuses = [
        api.post("/comments/", json={"ticket": id, "text": "Soon"}).status_code for id in (ticket["id"], 424_242)
    ]

    assert [201, 404] == statuses
    assert 7 == ticket["comments"]
