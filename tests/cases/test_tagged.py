"""Lists of items that ids choose, the id of the item above under a longer name, and one item in place of several."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_a_list_that_a_reply_must_show_is_empty_without_ids(serve: Serve) -> None:
    api = serve("tagged")
    labels = [api.post("/labels", json={"name": name}).json() for name in "ab"]

    bare = api.post("/recipes", json={"title": "a"}).json()
    tagged = api.post("/recipes", json={"title": "b", "label_ids": [2]}).json()

    assert ([], labels[1:]) == (bare["labels"], tagged["labels"])
    assert labels == api.put("/recipes/2", json={"title": "c", "label_ids": [1, 2]}).json()["labels"]
    assert [] == api.put("/recipes/2", json={"title": "d"}).json()["labels"]
    assert [] == api.get("/recipes/2").json()["labels"]


def test_the_id_of_the_item_above_may_be_called_after_both(serve: Serve) -> None:
    api = serve("tagged")
    api.post("/shelves", json={"code": "S1"})

    made = api.post("/shelves/S1/boxes", json={"size": 3}).json()

    assert {"id": 1, "size": 3, "shelfCode": "S1"} == made
    assert [made] == api.get("/shelves/S1/boxes").json()


def test_one_item_in_place_of_several_is_shown_alone(serve: Serve) -> None:
    api = serve("tagged")

    assert {"data": {"id": 1, "name": "a"}} == api.post("/pins", json={"name": "a"}).json()
    several = api.post("/pins", json=[{"name": "b"}, {"name": "c"}]).json()
    assert [2, 3] == [each["id"] for each in several["data"]]
    assert ["a", "b", "c"] == [each["name"] for each in api.get("/pins").json()["data"]]
