"""What the request of an action sends is kept, wherever the item has it; what only the action says is done."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve
from tests.client import Client


@pytest.fixture
def api(serve: Serve) -> Client:
    api = serve("action-values")
    for name in ("Ada", "Bob"):
        api.post("/tenants", json={"name": name})
    api.post("/studios", json={"name": "North"})
    return api


def changed(api: Client, done: object) -> dict[str, object]:
    """What a reply shows of the studio, which the studio then shows too."""
    shown: dict[str, object] = api.get("/studios/1").json()
    assert shown == done
    return shown


def test_an_action_sets_what_no_other_request_may_send(api: Client) -> None:
    before = api.get("/studios/1").json()
    studio = changed(api, api.post("/studios/1/let", json={"tenant": 2}).json())

    assert (2, False) == (studio["tenant"], studio["is_vacant"])
    assert before["is_vacant"] is True
    assert 2 == api.patch("/studios/1", json={"name": "South", "tenant": 1}).json()["tenant"]


def test_a_flag_that_says_the_opposite_of_an_action_becomes_false(api: Client) -> None:
    before = api.get("/studios/1").json()

    assert before["isOpen"] is True
    assert before | {"isOpen": False} == changed(api, api.post("/studios/1/close").json())


def test_a_reason_in_the_query_is_the_reason_of_what_was_done(api: Client) -> None:
    studio = changed(api, api.post("/studios/1/condemn?reason=Damp").json())

    assert "Damp" == studio["condemnationReason"]
    assert studio["condemnedAt"] is not None
    assert "park_reason" not in studio


def test_a_reason_in_the_body_and_the_state_that_only_a_filter_lists_are_kept(api: Client) -> None:
    studio = changed(api, api.post("/studios/1/park", json={"reason": "Winter"}).json())

    assert ("parked", "Winter") == (studio["phase"], studio["park_reason"])
    assert [studio] == api.get("/studios?phase=parked").json()


def test_a_list_of_ids_that_a_put_sends_is_the_only_such_list_of_the_item(api: Client) -> None:
    assert [1, 2] == changed(api, api.put("/studios/1/visitors", json={"tenant_ids": [1, 2]}).json())["present"]
    assert [2] == changed(api, api.put("/studios/1/visitors", json={"tenant_ids": [2]}).json())["present"]


def test_a_put_below_an_item_sets_each_property_that_it_sends(api: Client) -> None:
    studio = changed(api, api.put("/studios/1/appraisal", json={"grade": "B", "remark": "dry"}).json())

    assert ("B", "dry") == (studio["grade"], studio["remark"])


def test_a_number_that_is_added_to_another_one_does_not_replace_it(api: Client) -> None:
    assert 5 != api.post("/studios/1/deposit", json={"balance": 5}).json().get("balance")


def test_an_action_sets_what_is_inside_of_the_attributes_of_an_item(api: Client) -> None:
    body = {"data": {"type": "parcels", "attributes": {"label": "Box"}}}
    made, other = (api.post("/parcels", json=body).json()["data"] for _ in range(2))

    done = api.post(f"/parcels/{made['id']}/collect").json()["data"]

    assert ("Box", "collected") == (done["attributes"]["label"], done["attributes"]["status"])
    assert done["attributes"]["collectedAt"]
    assert [done] == api.get("/parcels?filter[status]=collected").json()["data"]
    assert other == api.get(f"/parcels/{other['id']}").json()["data"]
