"""Lists in the order of two properties, of the days of a week, and of what the service says of all its lists."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve
from tests.client import Client


@pytest.fixture
def api(serve: Serve) -> Client:
    return serve("several-keys")


def test_days_of_the_week_come_in_their_order_and_the_second_property_orders_the_same_day(api: Client) -> None:
    for day, hour in (("wednesday", 9), ("monday", 11), ("friday", 8), ("monday", 9), ("tuesday", 7)):
        api.post("/courses", json={"day": day, "hour": hour})

    shown = [(each["day"], each["hour"]) for each in api.get("/courses").json()]
    assert [("monday", 9), ("monday", 11), ("tuesday", 7), ("wednesday", 9), ("friday", 8)] == shown


def test_items_with_the_same_last_name_are_in_the_order_of_their_first_names(api: Client) -> None:
    course = api.post("/courses", json={"day": "monday", "hour": 9}).json()["id"]
    for first, last in (("Zoe", "Adler"), ("Maria", "Keller"), ("Anna", "Keller"), ("Bea", "Adler")):
        api.post(f"/courses/{course}/guests", json={"first_name": first, "last_name": last})

    shown = [each["first_name"] for each in api.get(f"/courses/{course}/guests").json()]
    assert ["Bea", "Zoe", "Anna", "Maria"] == shown


def test_a_list_without_a_sentence_has_the_order_that_the_service_says_of_all(api: Client) -> None:
    for text in ("one", "two", "three"):
        api.post("/notices", json={"text": text})

    assert ["three", "two", "one"] == [each["text"] for each in api.get("/notices").json()]
