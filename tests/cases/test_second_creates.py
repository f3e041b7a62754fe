"""Cases about a second create, which must not overwrite the first item in silence."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve


def test_a_put_to_a_collection_creates_an_item_and_replaces_the_one_that_it_names(serve: Serve) -> None:
    api = serve("second-creates")

    one, two = (api.put("/labels", json={"text": text}).json() for text in "ab")
    seven = api.put("/labels", json={"id": 7, "text": "c"}).json()

    assert ["a", "b"] == [one["text"], two["text"]]
    assert [one, two, seven] == api.get("/labels").json()
    assert {"id": 7, "text": "d"} == api.put("/labels", json={"id": 7, "text": "d"}).json()
    assert [one, two, {"id": 7, "text": "d"}] == api.get("/labels").json()


def test_items_of_a_collection_are_found_where_the_path_has_the_singular(serve: Serve) -> None:
    api = serve("second-creates")

    one, two = (api.post("/animals", json={"text": text}).json() for text in "ab")

    assert [one, two] == [api.get(f"/animal?id={each['id']}").json() for each in (one, two)]
    assert 404 == api.get("/animal?id=99").status_code


@pytest.mark.parametrize("path", ["/users/{}/profile", "/teams/{}/consent"])
def test_single_items_below_two_owners_are_two_with_ids_of_their_own(serve: Serve, path: str) -> None:
    api = serve("second-creates")

    one, two = (api.post(path.format(owner), json={"text": f"of {owner}"}).json() for owner in (1, 2))

    assert one["id"] != two["id"]
    assert [one, two] == [api.get(path.format(owner)).json() for owner in (1, 2)]
    assert 404 == api.get(path.format(3)).status_code
