"""What the document allows once, or as long as there is room."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve
from tests.client import Client

ONE, OTHER = {"authorization": "Bearer one"}, {"authorization": "Bearer other"}


@pytest.fixture
def halls(serve: Serve) -> Client:
    """The mock with two halls."""
    api = serve("done-once")
    for name in ("Large", "Small"):
        assert 201 == api.post("/halls", json={"name": name}, headers=ONE).status_code
    return api


def test_what_is_done_to_an_item_once_is_refused_the_second_time_whoever_asks(halls: Client) -> None:
    assert "closed" == halls.post("/halls/1/close", headers=ONE).json()["status"]

    assert 409 == halls.post("/halls/1/close", headers=ONE).status_code
    assert 409 == halls.post("/halls/1/close", headers=OTHER).status_code
    assert 200 == halls.post("/halls/2/close", headers=OTHER).status_code


def test_what_each_guest_may_do_once_another_guest_may_do_too(halls: Client) -> None:
    assert [204, 409] == [halls.post("/halls/1/praise", headers=ONE).status_code for _ in range(2)]

    assert [204, 409] == [halls.post("/halls/1/praise", headers=OTHER).status_code for _ in range(2)]
    assert 204 == halls.post("/halls/2/praise", headers=ONE).status_code


def test_a_guest_has_one_stay_in_a_hall_as_long_as_it_is_there_and_counts(halls: Client) -> None:
    def stay(hall: int, headers: dict[str, str]) -> int:
        return halls.post(f"/halls/{hall}/stays", json={"note": "late"}, headers=headers).status_code

    assert [201, 409] == [stay(1, ONE), stay(1, ONE)]
    assert [201, 201] == [stay(1, OTHER), stay(2, ONE)]

    assert 204 == halls.delete("/stays/1", headers=ONE).status_code
    assert [201, 409] == [stay(1, ONE), stay(1, ONE)]

    assert "cancelled" == halls.post("/stays/4/cancel", headers=ONE).json()["status"]
    assert [201, 409] == [stay(1, ONE), stay(1, ONE)]


def test_a_sentence_about_other_things_that_occur_once_refuses_nothing(halls: Client) -> None:
    sent = {"row": 1}
    assert [201, 201] == [halls.post("/halls/1/lamps", json=sent, headers=ONE).status_code for _ in range(2)]


def test_what_has_a_path_of_its_own_takes_seats_of_the_item_above_until_it_is_cancelled(halls: Client) -> None:
    assert 201 == halls.post("/halls", json={"name": "Tiny", "seats": 3}, headers=ONE).status_code

    def table(hall: int, **sent: int) -> int:
        return halls.post(f"/halls/{hall}/tables", json=sent, headers=ONE).status_code

    assert [201, 409, 201, 409] == [table(3, seats=2), table(3, seats=2), table(3), table(3)]
    assert 200 == halls.post("/tables/1/cancel", headers=OTHER).status_code
    assert [201, 409] == [table(3, seats=2), table(3)]
