"""What the document does not allow in a state of an item is refused in it, and what is undone is set back."""

from __future__ import annotations

import mockserver
from tests.cases.conftest import DOCUMENTS, Serve
from tests.client import Client


def _claims(serve: Serve) -> Client:
    api = serve("states")
    assert "draft" == api.post("/claims", json={"purpose": "train"}).json()["status"]
    return api


def test_an_action_is_refused_in_a_state_that_is_not_the_named_one(serve: Serve) -> None:
    api = _claims(serve)

    assert "submitted" == api.post("/claims/1/submit").json()["status"]
    assert 409 == api.post("/claims/1/submit").status_code
    assert "submitted" == api.get("/claims/1").json()["status"]


def test_what_is_done_already_is_refused(serve: Serve) -> None:
    api = _claims(serve)
    paid = api.post("/claims/1/pay").json()

    assert 409 == api.post("/claims/1/pay").status_code
    assert paid == api.get("/claims/1").json()


def test_a_state_that_only_a_time_says_counts(serve: Serve) -> None:
    api = _claims(serve)

    assert 409 == api.delete("/claims/1/lock").status_code
    assert api.post("/claims/1/lock").json()["locked_at"]
    assert 409 == api.post("/claims/1/lock").status_code
    assert api.delete("/claims/1/lock").json()["locked_at"] is None
    assert 200 == api.post("/claims/1/lock").status_code


def test_an_update_and_a_delete_are_refused_with_the_status_of_the_document(serve: Serve) -> None:
    api = _claims(serve)
    assert 200 == api.patch("/claims/1", json={"purpose": "bus"}).status_code
    api.post("/claims/1/pay")

    assert 422 == api.patch("/claims/1", json={"purpose": "taxi"}).status_code
    assert 403 == api.delete("/claims/1").status_code
    assert "bus" == api.get("/claims/1").json()["purpose"]


def test_an_item_that_is_not_in_such_a_state_is_deleted(serve: Serve) -> None:
    assert 204 == _claims(serve).delete("/claims/1").status_code


def test_nothing_is_created_below_an_item_in_such_a_state(serve: Serve) -> None:
    api = _claims(serve)

    assert 201 == api.post("/claims/1/receipts", json={"cents": 5}).status_code
    api.post("/claims/1/pay")
    assert 409 == api.post("/claims/1/receipts", json={"cents": 7}).status_code
    assert 1 == len(api.get("/claims/1/receipts").json())


def test_an_operation_does_what_its_sentences_say(serve: Serve) -> None:
    api = _claims(serve)
    assert api.post("/claims/1/pay").json()["paid_at"]

    recalled = api.post("/claims/1/recall").json()
    assert ("draft", None) == (recalled["status"], recalled["paid_at"])


def test_a_refusal_names_its_statement_with_the_sentence() -> None:
    with Client(mockserver.create_app(DOCUMENTS / "states.yaml", seed=1, journal=5)) as api:
        api.post("/claims", json={"purpose": "train"})
        api.post("/claims/1/submit")
        number = api.post("/claims/1/submit").headers["mock-request"]

        stated = api.get(f"/_mock/requests/{number}").json()["statement"]
    assert ("refused", "described") == (stated["kind"], stated["evidence"])
    assert "not a draft" in stated["source"]
