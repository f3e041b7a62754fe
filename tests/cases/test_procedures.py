"""Paths that are procedures: `/rooms.create`, `/getOrder` with the id in its body or its query."""

from __future__ import annotations

from typing import Any

from tests.cases.conftest import Serve
from tests.client import Client


def _rooms(serve: Serve) -> tuple[Client, list[dict[str, Any]]]:
    api = serve("procedures")
    return api, [api.post("/api/rooms.create", json={"name": name}).json()["channel"] for name in ("a", "b", "c")]


def _order(api: Client, note: str) -> str:
    made = api.post("/shop/addOrder", json={"note": note}).json()
    return str(made["id"])


def test_what_one_procedure_makes_another_one_shows(serve: Serve) -> None:
    api, rooms = _rooms(serve)

    shown = api.get("/api/rooms.info", params={"channel": rooms[1]["id"]})

    assert {"ok": True, "channel": rooms[1]} == shown.json()
    assert ("b", False) == (rooms[1]["name"], rooms[1]["is_archived"])
    assert 404 == api.get("/api/rooms.info", params={"channel": "C0"}).status_code


def test_a_cursor_leads_through_the_list_of_a_procedure(serve: Serve) -> None:
    api, rooms = _rooms(serve)

    first = api.get("/api/rooms.list?limit=2").json()
    second = api.get("/api/rooms.list", params={"limit": 2, "cursor": first["response_metadata"]["next_cursor"]}).json()

    assert rooms == first["channels"] + second["channels"]
    assert second["ok"] is True
    assert not second["response_metadata"].get("next_cursor")


def test_a_procedure_changes_the_item_that_its_body_names(serve: Serve) -> None:
    api, rooms = _rooms(serve)
    named = {"channel": rooms[0]["id"]}

    renamed = api.post("/api/rooms.rename", json={**named, "name": "new"}).json()["channel"]
    archived = api.post("/api/rooms.archive", json=named)

    assert {**rooms[0], "name": "new"} == renamed
    assert (200, {"ok": True}) == (archived.status_code, archived.json())
    assert api.get("/api/rooms.info", params=named).json()["channel"]["is_archived"]
    assert 404 == api.post("/api/rooms.archive", json={"channel": "C0"}).status_code


def test_a_verb_before_the_noun_says_what_a_procedure_does(serve: Serve) -> None:
    api = serve("procedures")
    one, two = _order(api, "x"), _order(api, "y")

    assert "cancelled" == api.post("/shop/cancelOrder", json={"orderId": one}).json()["status"]
    assert "cancelled" == api.post("/shop/getOrder", json={"id": one}).json()["status"]
    assert [two] == [each["id"] for each in api.post("/shop/searchOrders", json={"note": "y"}).json()["orders"]]
    paged = api.post("/shop/searchOrders", json={"page": 2, "pageSize": 1}).json()
    assert ([two], 2) == ([each["id"] for each in paged["orders"]], paged["total"])
    assert {"success": True} == api.post("/shop/removeOrder", json={"orderId": one}).json()
    assert 404 == api.post("/shop/getOrder", json={"id": one}).status_code


def test_procedures_that_show_different_things_are_answered_by_example(serve: Serve) -> None:
    api = serve("procedures")

    assert {"url": "https://x.test/report"} == api.post("/shop/createReport", json={}).json()
    assert {"rows": 7} == api.post("/shop/getReport").json()
