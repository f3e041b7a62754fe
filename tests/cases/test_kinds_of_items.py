"""Items of several kinds (`oneOf`, `anyOf`, subtypes): a create keeps what was sent, as the kind that it is of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.conftest import Serve


@pytest.mark.parametrize(
    ("sent", "added"),
    [
        ({"type": "photo", "caption": "a"}, {"frame": "oak"}),
        ({"type": "clip", "caption": "b", "seconds": 3}, {"sound": True}),
        ({"type": "clip", "caption": "b", "seconds": 3, "sound": False}, {}),
    ],
)
def test_an_item_keeps_what_was_sent_and_gets_the_defaults_of_its_kind(serve: Serve, sent: Any, added: Any) -> None:
    api = serve("kinds-of-items")

    made = api.post("/assets", json=sent)

    kept = {"id": 1, "locked": False, "views": 0, "failedAt": None}
    assert (201, {**kept, **sent, **added}) == (made.status_code, made.json())
    assert ([made.json()], made.json()) == (api.get("/assets").json(), api.get("/assets/1").json())


def test_a_changed_item_stays_of_its_kind(serve: Serve) -> None:
    api = serve("kinds-of-items")
    made = api.post("/assets", json={"type": "clip", "caption": "b", "seconds": 3}).json()

    assert {**made, "seconds": 4} == api.patch("/assets/1", json={"seconds": 4}).json()


@pytest.mark.parametrize(
    ("sent", "added"),
    [
        ({"meterType": "heat", "place": "attic", "degrees": 4}, {"closed": False}),
        ({"meterType": "gas", "place": "cellar", "pressure": 2}, {"cancelled": False}),
    ],
)
def test_a_subtype_of_a_discriminator_keeps_what_was_sent(serve: Serve, sent: Any, added: Any) -> None:
    api = serve("kinds-of-items")

    made = api.post("/meters", json=sent).json()["data"]

    assert {"id": 1, **sent, **added} == made
    assert [made] == api.get("/meters").json()["data"]


@pytest.mark.parametrize(
    ("sent", "names"),
    [
        ({"iban": "DE1", "sum": 4}, {"id", "reference", "rejected", "removed"}),
        ({"payee": "Ada", "sum": 5}, {"id", "reference", "rejected", "finishedBy"}),
    ],
)
def test_what_all_kinds_have_is_generated_beside_what_one_has(serve: Serve, sent: Any, names: set[str]) -> None:
    made = serve("kinds-of-items").post("/payouts", json=sent).json()

    assert sent == {name: made.get(name) for name in sent}
    assert names | sent.keys() == made.keys()


@pytest.mark.parametrize("sent", [{"type": "s2", "level": 1}, {"type": "s13"}, {"type": "s14", "note": "n"}])
def test_a_kind_is_found_among_many(serve: Serve, sent: Any) -> None:
    assert {"id": 1, "deleted": False, **sent} == serve("kinds-of-items").post("/signals", json=sent).json()
