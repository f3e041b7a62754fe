"""Items that no path shows exist all the same: other paths name them."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_a_method_after_a_colon_changes_the_item_that_was_made(serve: Serve) -> None:
    api = serve("unshown-items")
    made = api.post("/faults", json={"text": "pump"})
    assert "location" not in made.headers

    assert {**made.json(), "state": "acknowledged"} == api.post("/faults/1:acknowledge").json()
    closed = api.post("/faults/1:close").json()
    assert ("pump", "closed") == (closed["text"], closed["state"])
    assert closed["closedAt"]
    assert {"faults": [closed]} == api.get("/faults").json()
    assert 404 == api.post("/faults/2:close").status_code


def test_a_path_below_an_item_that_was_never_made_is_not_found(serve: Serve) -> None:
    api = serve("unshown-items")
    bed = api.post("/beds", json={"name": "north"}).json()
    assert bed["watered"] is False

    assert {**bed, "watered": True} == api.post(f"/beds/{bed['id']}/water").json()
    assert 201 == api.post(f"/beds/{bed['id']}/plants", json={"kind": "fern"}).status_code
    assert ["fern"] == [each["kind"] for each in api.get(f"/beds/{bed['id']}/plants").json()]
    assert 404 == api.get("/beds/none/plants").status_code
    assert 404 == api.post("/beds/none/plants", json={"kind": "fern"}).status_code
    assert 404 == api.post("/beds/none/water").status_code


def test_what_can_only_be_made_has_an_id_and_a_time_of_its_own(serve: Serve) -> None:
    api = serve("unshown-items")
    one, other = (api.post("/payouts", json={"cents": cents}).json() for cents in (5, 7))

    assert (5, 7) == (one["cents"], other["cents"])
    assert one["id"] != other["id"]
    assert one["id"].startswith("po_")
    assert one["createdAt"].startswith("2026-01-01T00:00:00")


def test_an_answer_to_a_question_is_the_example_of_the_document(serve: Serve) -> None:
    assert {"id": "q_1", "cents": 7} == serve("unshown-items").post("/quote", json={"cents": 5}).json()
