"""What a new item has of maps that were not sent, of numbers of things in a state, and of the number of its writes."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve
from tests.client import Client


@pytest.fixture
def api(serve: Serve) -> Client:
    return serve("first-figures")


def test_a_map_that_was_not_sent_is_empty_unless_it_must_not_be(api: Client) -> None:
    without = api.post("/workshops", json={"name": "North"}).json()
    filled = api.post("/workshops", json={"name": "South", "notes": {"gate": "3"}}).json()

    assert ({}, {"gate": "3"}) == (without["notes"], filled["notes"])
    assert without["hours"]
    assert without == api.get(f"/workshops/{without['id']}").json()


def test_a_number_of_things_in_a_state_begins_with_0_or_with_its_least_value(api: Client) -> None:
    made = api.post("/workshops", json={"name": "North"}).json()

    assert (0, 1) == (made["open_jobs"], made["occurrences"])


def test_a_version_grows_with_each_put_that_writes_an_item(api: Client) -> None:
    written = [api.put("/keys/a", json={"value": value}) for value in ("one", "two", "three")]

    assert [(201, 1), (200, 2), (200, 3)] == [(each.status_code, each.json()["version"]) for each in written]
    assert 3 == api.get("/keys/a").json()["version"]
    assert 1 == api.put("/keys/b", json={"value": "one"}).json()["version"]
