"""What a new item shows of what no client sent."""

from __future__ import annotations

from typing import Any

from tests.cases.conftest import Serve
from tests.client import Client

MERGE = {"content-type": "application/merge-patch+json"}


def _ticket(serve: Serve, **more: Any) -> tuple[Client, dict[str, Any]]:
    api = serve("first-values")
    api.post("/orgs", json={"slug": "acme", "name": "Acme Inc."})
    made = api.post("/orgs/acme/tickets", json={"subject": "a", **more})
    assert 201 == made.status_code
    return api, made.json()


def test_a_state_is_the_first_one_and_a_count_is_none(serve: Serve) -> None:
    made = [_ticket(serve)[1], _ticket(serve)[1]]

    for each in made:
        assert ("open", "normal", "") == (each["status"], each["priority"], each["note"])
        assert (0, False, 1, 0) == tuple(
            each[name] for name in ("amount_refunded", "refunded", "version", "watcher_count")
        )
        assert each["enabled"] is True
        assert each["seats"] >= 1


def test_a_number_of_something_that_nobody_keeps_begins_at_none(serve: Serve) -> None:
    assert 0 == serve("first-values").post("/agents", json={"name": "Sam"}).json()["open_tickets"]


def test_an_item_shows_the_item_that_it_is_below(serve: Serve) -> None:
    assert {"slug": "acme", "name": "Acme Inc."} == _ticket(serve)[1]["org"]


def test_an_item_without_a_reference_shows_no_other_item(serve: Serve) -> None:
    api, made = _ticket(serve)
    sam = api.post("/agents", json={"name": "Sam"}).json()
    path = "/orgs/acme/tickets/1"

    assert "assignee" not in made
    assert sam == api.patch(path, json={"assignee_id": 1}, headers=MERGE).json()["assignee"]
    assert sam == api.get(path).json()["assignee"]
    assert "assignee" not in api.patch(path, json={"assignee_id": None}, headers=MERGE).json()


def test_the_objects_of_a_list_have_their_defaults(serve: Serve) -> None:
    _, made = _ticket(serve, phones=[{"number": "1"}, {"number": "2", "kind": "home"}])

    assert ["mobile", "home"] == [each["kind"] for each in made["phones"]]


def test_an_entry_that_is_added_has_its_defaults(serve: Serve) -> None:
    api = serve("first-values")

    made = api.post("/carts").json()
    shown = api.post("/carts/1/items", json={"sku": "a"}).json()

    assert ("open", 1) == (made["status"], shown["items"][0]["quantity"])
