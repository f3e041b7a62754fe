"""Items that change a number of others, and items that take values of others."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_a_sentence_says_what_is_added_to_a_number_that_clients_set(serve: Serve) -> None:
    api = serve("effects")
    api.post("/kegs", json={"kegCode": "ale", "title": "Ale", "litres": 50})
    keg = api.post("/kegs", json={"kegCode": "stout", "title": "Stout"}).json()
    assert (0, None) == (keg["litres"], keg.get("lastFillingAt"))

    api.post("/kegs/ale/fillings", json={"amount": -1.5})
    filled = api.post("/kegs/ale/fillings", json={"amount": 10}).json()
    api.post("/kegs/stout/fillings", json={"amount": 30})

    assert (58.5, filled["at"]) == tuple(api.get("/kegs/ale").json()[name] for name in ("litres", "lastFillingAt"))
    assert 30 == api.get("/kegs/stout").json()["litres"]


def test_names_say_that_an_adjustment_changes_the_stock(serve: Serve) -> None:
    api = serve("effects")
    api.post("/stores", json={"stock": 5})
    api.post("/stores/1/adjustments", json={"quantity": 4, "type": "in"})
    api.post("/stores/1/adjustments", json={"quantity": 2, "type": "out"})

    assert 7 == api.get("/stores/1").json()["stock"]


def test_an_entry_takes_what_it_shows_of_the_item_that_it_names(serve: Serve) -> None:
    api = serve("effects")
    api.post("/kegs", json={"kegCode": "ale", "title": "Ale", "litrePrice": 4.5})
    api.post("/tabs", json={"guest": "Kim"})

    [drink] = api.post("/tabs/1/drinks", json={"kegCode": "ale"}).json()["drinks"]
    assert {"id": 1, "kegCode": "ale", "title": "Ale", "litrePrice": 4.5, "quantity": 1} == drink
    assert 404 == api.post("/tabs/1/drinks", json={"kegCode": "mead"}).status_code
    assert [drink] == api.get("/tabs/1").json()["drinks"]


def test_what_is_left_out_is_the_whole_and_reaching_it_sets_the_flag(serve: Serve) -> None:
    api = serve("effects")
    voucher = api.post("/vouchers", json={"amount": 30}).json()
    assert {"id": 1, "amount": 30, "amount_redeemed": 0, "redeemed": False} == voucher

    assert 10 == api.post("/redemptions", json={"voucher_id": 1, "amount": 10}).json()["amount"]
    assert {**voucher, "amount_redeemed": 10} == api.get("/vouchers/1").json()

    api.post("/vouchers", json={"amount": 50})
    assert 50 == api.post("/redemptions", json={"voucher_id": 2}).json()["amount"]
    assert (50, True) == tuple(api.get("/vouchers/2").json()[name] for name in ("amount_redeemed", "redeemed"))


def test_a_time_that_clients_send_is_kept_and_shown_above(serve: Serve) -> None:
    api = serve("effects")
    api.post("/tanks", json={"name": "Mash"})
    readings = [{"celsius": 66, "timestamp": f"2030-01-02T0{hour}:00:00Z"} for hour in (7, 8)]
    assert {"accepted": 2} == api.post("/tanks/1/readings", json=readings).json()

    assert readings == api.get("/tanks/1/readings").json()
    assert "2030-01-02T08:00:00Z" == api.get("/tanks/1").json()["readAt"]
