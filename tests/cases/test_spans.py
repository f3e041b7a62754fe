"""Items that last from one moment to another: how long, in which order, and never two of them at once."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.cases.conftest import Serve
from tests.client import Client


@pytest.fixture
def alley(serve: Serve) -> Client:
    """The mock with two lanes and one game."""
    api = serve("spans")
    for _ in range(2):
        api.post("/lanes", json={})
    assert 60 == _game(api, 10, 11).json()["minutes"]
    return api


def _at(hour: int) -> str:
    return f"2030-05-06T{hour:02}:00:00Z"


def _game(api: Client, begin: int, end: int, lane: int = 1) -> httpx.Response:
    return api.post("/games", json={"laneId": lane, "begin": _at(begin), "end": _at(end)})


def test_a_number_says_how_long_an_item_lasts(alley: Client) -> None:
    assert 180 == alley.patch("/games/1", json={"end": _at(13)}).json()["minutes"]
    assert 180 == alley.get("/games/1").json()["minutes"]


@pytest.mark.parametrize(
    ("begin", "end", "lane", "status"),
    [
        (9, 11, 1, 409),
        (10, 11, 1, 409),
        (8, 10, 1, 201),
        (11, 12, 1, 201),
        (10, 11, 2, 201),
        (12, 11, 1, 422),
        (12, 12, 1, 422),
    ],
)
def test_the_end_is_after_the_begin_and_nothing_overlaps(
    alley: Client, begin: int, end: int, lane: int, status: int
) -> None:
    assert status == _game(alley, begin, end, lane).status_code


def test_a_change_is_refused_as_a_new_item_is_and_a_cancelled_one_takes_no_time(alley: Client) -> None:
    _game(alley, 12, 13)
    assert 409 == alley.patch("/games/2", json={"begin": _at(10)}).status_code
    assert 422 == alley.patch("/games/2", json={"end": _at(11)}).status_code

    alley.post("/games/1/cancel")
    assert 200 == alley.patch("/games/2", json={"begin": _at(10)}).status_code


def test_a_filter_is_about_the_begin_that_its_description_names(alley: Client) -> None:
    _game(alley, 14, 15)

    def begun(**query: Any) -> list[int]:
        return [game["id"] for game in alley.get("/games", params=query).json()]

    assert [2] == begun(**{"from": _at(14)})
    assert [1] == begun(until=_at(14))
    assert [1, 2] == begun(**{"from": _at(10), "until": _at(15)})
