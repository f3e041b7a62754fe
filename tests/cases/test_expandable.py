"""A property that is an id, or the item that it names: filtered by the id, refused if unknown, shown on request."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve
from tests.client import Client


@pytest.fixture
def api(serve: Serve) -> Client:
    return serve("expandable")


def test_a_filter_finds_items_by_the_id_that_they_show(api: Client) -> None:
    halls = [api.post("/halls", json={"town": town}).json() for town in ("Graz", "Linz")]
    made = [api.post("/rehearsals", json={"hall": hall["id"]}).json() for hall in halls]

    assert [halls[0]["id"], halls[1]["id"]] == [each["hall"] for each in made]
    assert [made[1]] == api.get("/rehearsals", params={"hall": halls[1]["id"]}).json()
    assert [] == api.get("/rehearsals", params={"hall": "nowhere"}).json()


def test_an_id_that_no_item_has_is_refused_where_a_sentence_says_so(api: Client) -> None:
    refused = api.post("/rehearsals", json={"hall": "nowhere"})

    assert (422, {"field": "hall"}) == (refused.status_code, refused.json())
    assert [] == api.get("/rehearsals").json()


def test_the_item_is_shown_on_request(api: Client) -> None:
    hall = api.post("/halls", json={"town": "Graz"}).json()
    made = api.post("/rehearsals", json={"hall": hall["id"]}).json()

    assert hall == api.get(f"/rehearsals/{made['id']}", params={"expand[]": "hall"}).json()["hall"]
    assert hall["id"] == api.get(f"/rehearsals/{made['id']}").json()["hall"]


def test_what_a_shown_item_names_exists_too(serve: Serve) -> None:
    api = serve("expandable", items=5)
    halls = [each["hall"] for each in api.get("/rehearsals").json()]
    keepers = [hall["keeper"] for hall in halls if isinstance(hall, dict) and hall.get("keeper")]

    assert keepers
    named = {each["id"] if isinstance(each, dict) else each for each in keepers}
    assert named <= {each["id"] for each in api.get("/keepers").json()}
