"""Objects around items: entries of lists that wrap each item, and properties that only have the name of a wrapper."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.conftest import Serve

FHIR = {"content-type": "application/fhir+json"}


def test_a_bundle_of_fhir_shows_the_resources_that_were_created(serve: Serve) -> None:
    api = serve("wrapped-items")
    made = [
        api.post("/Patient", json={"resourceType": "Patient", "gender": gender}, headers=FHIR).json()
        for gender in ("male", "female")
    ]

    bundle = api.get("/Patient").json()
    assert ("Bundle", "searchset", 2) == (bundle["resourceType"], bundle["type"], bundle["total"])
    assert made == [entry["resource"] for entry in bundle["entry"]]

    filtered, page = api.get("/Patient?gender=male").json(), api.get("/Patient?_count=1").json()
    assert ([made[0]], 1) == ([entry["resource"] for entry in filtered["entry"]], filtered["total"])
    assert (1, 2) == (len(page["entry"]), page["total"])

    api.delete(f"/Patient/{made[0]['id']}")
    assert [made[1]] == [entry["resource"] for entry in api.get("/Patient").json()["entry"]]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/edges", {"edges": [{"node": {"id": 1, "name": "a"}}], "totalCount": 1}),
        ("/hits", [{"_id": "1", "_source": {"id": 1, "name": "a"}}]),
        ("/rows", {"items": [{"data": {"thing": {"id": 1, "name": "a"}}}]}),
    ],
)
def test_a_list_whose_entries_wrap_the_item_shows_the_items(serve: Serve, path: str, shown: object) -> None:
    api = serve("wrapped-items")

    api.post(path, json={"name": "a"})

    assert shown == api.get(path).json()
    assert [204, 404] == [api.delete(f"{path}/1").status_code, api.get(f"{path}/1").status_code]


def test_an_item_that_shows_another_one_is_no_wrapper(serve: Serve) -> None:
    api = serve("wrapped-items")

    api.post("/trees", json={"name": "a"})

    assert (1, "a") == (api.get("/trees").json()[0]["id"], api.get("/trees").json()[0]["name"])


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/events", {"type": "t", "data": {"id": 7, "label": "l"}}),
        ("/records", {"description": "d", "record": {"artist": "a"}}),
    ],
)
def test_what_clients_send_beside_data_is_kept(serve: Serve, path: str, sent: dict[str, object]) -> None:
    api = serve("ordinary-values")

    assert sent == api.post(path, json=sent).json()
    assert sent == api.get(f"{path}/1").json()


def test_what_clients_send_beside_value_of_a_single_item_is_kept(serve: Serve) -> None:
    api, sent = serve("ordinary-values"), {"Name": "n", "Value": {"color": "red"}}

    assert [sent, sent] == [api.put("/config", json=sent).json(), api.get("/config").json()]


@pytest.mark.parametrize(
    ("path", "sent", "listed"),
    [
        ("/halls/7/seats", {"seat": {"row": "A", "tags": ["x"]}}, {"id": 1, "hall_id": 7, "row": "A", "tags": ["x"]}),
        ("/labels", {"data": {"text": "hi"}}, {"labelId": 1, "text": "hi", "big": True}),
        ("/crates", {"params": {"weight": 2.5, "kind": "oak"}}, {"id": 1, "weight": 2.5, "kind": "oak"}),
        ("/valves", {"position": {"x": 1, "note": "n"}}, {"id": 1, "position": {"x": 1, "note": "n"}}),
    ],
)
def test_a_wrapped_item_without_a_get_of_its_own_keeps_what_was_sent(
    serve: Serve, path: str, sent: Any, listed: Any
) -> None:
    api = serve("wrapped-requests")

    assert api.post(path, json=sent).is_success

    shown = api.get(path).json()
    entries = shown if isinstance(shown, list) else next(iter(shown.values()))
    assert [listed] == [{name: each[name] for name in listed} for each in entries]
