"""What "is not empty" is not deleted, whatever is in it."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_an_item_is_kept_by_items_of_its_own_kind_and_of_others(serve: Serve) -> None:
    api = serve("not-empty")
    api.post("/racks", json={"label": "a"})
    api.post("/racks", json={"label": "b", "parent_id": 1})
    api.post("/crates", json={"goods": "tea", "rack_id": 2})

    assert (409, 409) == tuple(api.delete(f"/racks/{id}").status_code for id in (1, 2))
    assert 204 == api.delete("/crates/1").status_code
    assert (204, 204) == tuple(api.delete(f"/racks/{id}").status_code for id in (2, 1))
    assert [] == api.get("/racks").json()


def test_an_empty_item_is_deleted(serve: Serve) -> None:
    api = serve("not-empty")
    api.post("/racks", json={"label": "a"})
    api.post("/crates", json={"goods": "tea"})

    assert 204 == api.delete("/racks/1").status_code
