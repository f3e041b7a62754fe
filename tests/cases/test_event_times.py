"""Times of what is done: that with which an item begins is now, and what was not done yet has none."""

from __future__ import annotations

from tests.cases.conftest import Serve

TODAY = "2026-01-01"
"""The day on which the clock of these tests begins."""


def test_the_only_time_of_something_done_is_that_of_the_create(serve: Serve) -> None:
    api = serve("event-times")

    assert api.post("/halls/north/guests", json={"name": "Kim"}).json()["signedInAt"].startswith(f"{TODAY}T00:00:0")
    assert api.post("/members", json={"name": "Kim"}).json()["enrolled"] == TODAY
    assert api.post("/complaints", json={"text": "Too loud"}).json()["received_at"].startswith(f"{TODAY}T00:00:0")


def test_a_time_as_a_number_is_missing_until_it_is_reached(serve: Serve) -> None:
    api = serve("event-times")
    rope = api.post("/ropes", json={"member": "kim"}).json()
    assert rope.get("returned_at") is None

    returned = api.post(f"/ropes/{rope['id']}/return").json()
    assert "returned" == returned["status"]
    assert rope["created"] <= returned["returned_at"] < rope["created"] + 60
    assert returned == api.get(f"/ropes/{rope['id']}").json()


def test_the_time_that_an_action_is_sent_comes_before_that_of_the_request(serve: Serve) -> None:
    api = serve("event-times")
    assert api.post("/members", json={"name": "Kim"}).json().get("certified_on") is None

    assert "2025-10-01" == api.post("/members/1/certify", json={"certified_on": "2025-10-01"}).json()["certified_on"]
    assert TODAY == api.post("/members/1/certify", json={}).json()["certified_on"]


def test_ids_look_like_the_example_of_one_of_several_schemas(serve: Serve) -> None:
    rope = serve("event-times").post("/ropes", json={"member": "kim"}).json()

    assert rope["id"].startswith("rope_")


def test_a_list_is_filtered_by_an_id_that_may_be_shown_as_an_object(serve: Serve) -> None:
    api = serve("event-times")
    ropes = [api.post("/ropes", json={"member": name}).json() for name in ("kim", "lo", "kim")]

    assert [ropes[1]] == api.get("/ropes", params={"member": "lo"}).json()
