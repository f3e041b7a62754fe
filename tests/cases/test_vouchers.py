"""What is archived or revoked stays, and items name others by a code, whose name and state they show."""

from __future__ import annotations

from tests.cases.conftest import Serve
from tests.client import Client


def _vouchers(serve: Serve) -> Client:
    api = serve("vouchers")
    for code, price in (("gold", 30), ("tin", 5), ("zinc", 10)):
        api.post("/vouchers", json={"code": code, "title": code.title(), "price": price})
    return api


def _codes(api: Client, path: str) -> list[str]:
    return [each["code"] for each in api.get(path).json()]


def test_a_delete_that_archives_keeps_the_item_and_lists_leave_it_out(serve: Serve) -> None:
    api = _vouchers(serve)
    archived = api.delete("/vouchers/tin").json()

    assert (True, True) == (archived["archived"], archived["archived_at"] is not None)
    assert archived == api.get("/vouchers/tin").json()
    assert (["zinc", "gold"], ["tin", "zinc", "gold"]) == (
        _codes(api, "/vouchers"),
        _codes(api, "/vouchers?include_archived=true"),
    )


def test_what_a_sentence_says_stays_is_not_deleted(serve: Serve) -> None:
    api = serve("vouchers")
    made = api.post("/tokens", json={"name": "a"}).json()
    withdrawn = api.delete("/tokens/1")

    assert (None, 204) == (made.get("withdrawn_at"), withdrawn.status_code)
    assert api.get("/tokens/1").json()["withdrawn_at"] is not None


def test_a_rotated_token_has_another_secret_and_a_lifetime_says_when_it_ends(serve: Serve) -> None:
    api = serve("vouchers")
    made = api.post("/tokens", json={"name": "a", "ttl_hours": 2}).json()
    rotated = api.post("/tokens/1/rotate").json()

    assert made["expires_at"].startswith("2026-01-01T02:00:00")
    assert made["secret"] != rotated["secret"]
    assert (20, made["expires_at"]) == (min(len(rotated["secret"]), 20), rotated["expires_at"])
    assert api.post("/tokens", json={"name": "b"}).json().get("expires_at") is None


def test_an_item_shows_what_a_request_names_by_its_code(serve: Serve) -> None:
    api = _vouchers(serve)
    made = api.post("/orders", json={"voucher_code": "zinc"}).json()
    changed = api.patch("/orders/1", json={"voucher_code": "gold"}).json()

    assert api.get("/vouchers/zinc").json() == made["voucher"]
    assert api.get("/vouchers/gold").json() == changed["voucher"] == api.get("/orders/1").json()["voucher"]
    assert 404 == api.post("/orders", json={"voucher_code": "lead"}).status_code


def test_the_name_beside_an_id_is_that_of_the_item(serve: Serve) -> None:
    api = _vouchers(serve)
    api.post("/shops", json={"name": "Corner"})

    made = api.post("/orders", json={"voucher_code": "tin", "shop_id": 1}).json()
    assert "Corner" == made["shop_name"]


def test_a_list_is_narrowed_by_what_an_object_of_the_item_has(serve: Serve) -> None:
    api = _vouchers(serve)
    for code, city in (("tin", "Ulm"), ("gold", "Bonn")):
        api.post("/orders", json={"voucher_code": code, "buyer": {"name": "A", "city": city}})

    found = [[each["id"] for each in api.get(f"/orders?{query}").json()] for query in ("voucher=gold", "city=Ulm")]
    assert [[2], [1]] == found
