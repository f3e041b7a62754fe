"""A query parameter of a create chooses the id of the new item, also where items show no whole resource name."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_an_item_is_found_by_the_id_that_a_query_parameter_chose(serve: Serve) -> None:
    api = serve("chosen-ids")
    made = api.post("/v1/gardens/south/beds", params={"bedId": "by-the-wall"}, json={"crop": "beans"}).json()

    assert made == api.get("/v1/gardens/south/beds/by-the-wall").json()
    assert 409 == api.post("/v1/gardens/south/beds", params={"bedId": "by-the-wall"}, json={"crop": "peas"}).status_code
    assert 200 == api.delete("/v1/gardens/south/beds/by-the-wall").status_code
    assert [] == api.get("/v1/gardens/south/beds").json()["beds"]


def test_without_it_the_service_makes_an_id(serve: Serve) -> None:
    api = serve("chosen-ids")
    made = [api.post("/v1/gardens/south/beds", json={"crop": crop}).json()["name"] for crop in ("beans", "peas")]

    assert 2 == len({*made})
