"""What items have together, and numbers that requests fill, empty and move."""

from __future__ import annotations

from tests.cases.conftest import Serve

ONE, OTHER = {"authorization": "Bearer one"}, {"authorization": "Bearer other"}


def test_a_create_and_an_update_stay_within_what_alike_items_may_have_together(serve: Serve) -> None:
    api = serve("sums")

    def shift(day: int, minutes: int, headers: dict[str, str] = ONE) -> int:
        body = {"day": f"2030-05-0{day}", "minutes": minutes}
        return api.post("/shifts", json=body, headers=headers).status_code

    assert [201, 201, 409] == [shift(1, 400), shift(1, 80), shift(1, 1)]
    assert [201, 201] == [shift(2, 480), shift(1, 480, OTHER)]
    assert [409, 200] == [
        api.patch("/shifts/2", json={"minutes": minutes}, headers=ONE).status_code for minutes in (81, 79)
    ]
    assert [201, 409] == [shift(1, 1), shift(1, 1)]


def test_a_deposit_a_withdrawal_and_a_transfer_change_the_balance(serve: Serve) -> None:
    api = serve("sums")

    def balances() -> list[int]:
        return [api.get(f"/purses/{id}", headers=ONE).json()["balance"] for id in (1, 2)]

    for label in ("Tea", "Trip"):
        api.post("/purses", json={"label": label}, headers=ONE)
    assert [0, 0] == balances()

    api.post("/purses/1/deposits", json={"amount": 90}, headers=ONE)
    assert [90, 0] == balances()

    moved = {"from_purse_id": 1, "to_purse_id": 2, "amount": 30}
    assert 201 == api.post("/transfers", json=moved, headers=ONE).status_code
    assert [60, 30] == balances()

    moved |= {"from_purse_id": 2}
    assert 201 == api.post("/transfers", json=moved, headers=ONE).status_code
    assert [60, 30] == balances()

    assert 50 == api.post("/purses/1/withdraw", json={"amount": 10}, headers=ONE).json()["balance"]
    assert [50, 30] == balances()
