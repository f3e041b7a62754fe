"""How a new item begins: its state, its flags, its numbers, and the times that are null or still to come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mockserver import contract as contracts
from tests.cases.conftest import DOCUMENTS, Serve


def _made(serve: Serve, path: str, body: dict[str, Any], **settings: Any) -> dict[str, Any]:
    reply = serve("start-values", **settings).post(path, json=body)
    assert reply.status_code in (201, 202)
    shown: dict[str, Any] = reply.json()
    return shown


def test_a_new_item_is_in_no_state_that_an_operation_leads_to(serve: Serve) -> None:
    api = serve("start-values")
    made = [api.post("/posters", json={"text": text}).json() for text in "abc"]

    assert [("sketch", "pending")] * 3 == [(each["state"], each["review"]) for each in made]
    assert "approved" == api.post("/posters/1/approve").json()["state"]


def test_what_an_operation_does_is_not_done_yet(serve: Serve) -> None:
    api = serve("start-values")
    made = api.post("/posters", json={"text": "a"}).json()

    assert (False, False, 0, 0) == (made["pinned"], made["muted"], made["likes"], made["items_sold"])
    assert "shippedAt" not in made
    assert made.get("approved_at") is None
    assert api.post("/posters/1/pin").json()["pinned"] is True
    assert api.post("/posters/1/mute").json()["muted"] is True


def test_a_flag_of_a_create_is_shown_as_done(serve: Serve) -> None:
    assert _made(serve, "/posters", {"text": "a"})["framed"] is True
    assert _made(serve, "/posters", {"text": "a", "frame": False})["framed"] is False


def test_a_number_starts_and_grows_as_its_description_says(serve: Serve) -> None:
    api = serve("start-values")
    assert 3 == api.post("/posters", json={"text": "a"}).json()["revision"]
    assert 4 == api.patch("/posters/1", json={"text": "b", "revision": 9}).json()["revision"]
    assert 5 == api.patch("/posters/1", json={"text": "c"}).json()["revision"]
    assert 5 == api.get("/posters/1").json()["revision"]
    assert 3 == api.post("/posters", json={"text": "d"}).json()["revision"]


def test_a_job_is_queued_and_has_no_result(serve: Serve) -> None:
    made = _made(serve, "/prints", {"pages": 2})

    assert ("queued", 0, None, None) == tuple(made[name] for name in ("status", "percent_done", "printer", "sheet_url"))


def test_a_sentence_says_how_an_item_begins(serve: Serve) -> None:
    made = _made(serve, "/vouchers", {"code": "x"})

    assert ("asleep", None, 0) == (made["state"], made["redeemed_by"], made["balance"])
    assert made["note"] is not None


def test_times_of_a_new_item_are_those_of_its_creation_or_still_to_come(serve: Serve) -> None:
    made = _made(serve, "/vouchers", {"code": "x"})

    assert made["created"] == made["issued_at"]
    assert ("2026-01-08", "2026-01-15") == (made["valid_until"][:10], made["pay_by"])


def test_the_example_of_a_create_shows_its_state(serve: Serve) -> None:
    assert "sealed" == _made(serve, "/inks", {"color": "red"})["state"]


def test_states_inside_of_an_item_are_the_first_ones_too(serve: Serve) -> None:
    api = serve("start-values")
    made = [api.post("/inks", json={"color": "red", "testers": ["kim", "lee", "bo"]}).json() for _ in range(3)]

    assert {"pending"} == {each["opinion"] for one in made for each in one["testers"]}
    assert {"sent"} == {one["bill"]["state"] for one in made}


def test_every_start_value_is_stated_with_its_reason_and_can_be_corrected(serve: Serve, tmp_path: Path) -> None:
    stated = contracts.of(DOCUMENTS / "start-values.yaml").behaviour.resources["poster"].defaults
    reasons = {name: each.note for each in stated for name in each.fields}

    assert "no other operation leads to" in reasons["state"]
    assert "POST /posters/{id}/pin makes it true" == reasons["pinned"]
    assert '"Starts at 3 and grows with every change"' in reasons["revision"]
    own = tmp_path / "own.yaml"
    own.write_text(
        "overlay: 1.0.0\ninfo: {title: ours, version: '1'}\nactions:\n- target: $\n  update:\n    x-resources:\n"
        "      poster: {defaults: [{fields: {state: withdrawn, pinned: true}, evidence: documented, source: us}]}\n",
        encoding="utf-8",
    )
    made = _made(serve, "/posters", {"text": "a"}, behaviour=(own,))
    assert ("withdrawn", True, False) == (made["state"], made["pinned"], made["muted"])
