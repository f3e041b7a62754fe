"""Items that are created below another one, and whose own path has actions only: these are about the stored items."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.conftest import DOCUMENTS, Serve


def test_an_action_at_another_path_changes_the_item_that_was_created_below(serve: Serve) -> None:
    api = serve("actions-elsewhere")
    api.post("/boats", json={"name": "Gull"})
    trip = api.post("/boats/1/trips", json={"skipper": "Ada"}).json()

    docked = api.post(f"/trips/{trip['id']}/dock").json()

    assert trip == {name: value for name, value in docked.items() if name != "dockedAt"}
    assert trip["startedAt"] <= docked["dockedAt"]
    assert [docked] == api.get("/boats/1/trips").json()
    assert 404 == api.post("/trips/nothing/dock").status_code


def test_such_items_are_in_the_list_of_all_and_have_ids_of_their_own(serve: Serve) -> None:
    api = serve("actions-elsewhere")
    for name in ("Gull", "Tern"):
        api.post("/boats", json={"name": name})
    made = [api.post(f"/boats/{boat}/defects", json={"text": "leak"}).json()["data"] for boat in (1, 2)]

    mended = api.post("/defects/2/mend", json={"workshop": "East"}).json()["data"]

    assert [(1, 1), (2, 2)] == [(each["id"], each["boatId"]) for each in made]
    assert made[1] | {"status": "mended", "workshop": "East"} == mended
    assert [mended] == api.get("/defects?status=mended").json()["data"] == api.get("/defects?boatId=2").json()["data"]


def test_what_a_request_says_becomes_of_the_item_above_is_done(serve: Serve) -> None:
    api = serve("actions-elsewhere")
    for name in ("Gull", "Tern"):
        api.post("/boats", json={"name": name})

    trip = api.post("/boats/1/trips", json={"skipper": "Ada"}).json()
    assert {"id": 1, "name": "Gull", "state": "sailing"} == api.get("/boats/1").json()
    assert [1] == [each["id"] for each in api.get("/boats?state=sailing").json()]
    assert [409, 201] == [api.post(f"/boats/{id}/trips", json={"skipper": "Bob"}).status_code for id in (1, 2)]

    api.post(f"/trips/{trip['id']}/dock")
    assert "moored" == api.get("/boats/1").json()["state"]


@pytest.mark.parametrize(
    "said", ["Marks this boat as damaged.", "The boat's state changes to damaged.", "Puts the boat into `damaged`."]
)
def test_what_becomes_of_the_item_above_is_said_in_the_words_for_any_other_item(
    serve: Serve, tmp_path: Path, said: str
) -> None:
    text = (DOCUMENTS / "actions-elsewhere.yaml").read_text(encoding="utf-8")
    written = text.replace("description: The state of the boat becomes `damaged`.", f'description: "{said}"')
    (tmp_path / "boats.yaml").write_text(written, encoding="utf-8")
    api = serve(str(tmp_path / "boats"))
    api.post("/boats", json={"name": "Gull"})

    api.post("/boats/1/defects", json={"text": "leak"})

    assert written != text
    assert "damaged" == api.get("/boats/1").json()["state"]


def test_what_becomes_of_the_item_above_under_a_condition_is_left_alone(serve: Serve) -> None:
    api = serve("actions-elsewhere")
    api.post("/boats", json={"name": "Gull"})

    api.post("/boats/1/defects", json={"text": "leak"})
    api.post("/defects/1/mend", json={"workshop": "East"})
    assert "damaged" == api.get("/boats/1").json()["state"]
