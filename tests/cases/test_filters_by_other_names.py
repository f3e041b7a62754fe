"""Query parameters whose names say in another way than the property which items are wanted, or which are not."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve

RECIPES = (
    ("a", ["x", "y"], ["north"], "new", 1, "p"),
    ("b", ["y"], ["south"], "old", 2, "q"),
    ("c", [], ["north", "south"], "old", 1, "r"),
)
NAMES = ("name", "tagList", "region_names", "status", "level", "kind")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("tag=y", "ab"),  # an entry of tagList
        ("region=north", "ac"),  # and of region_names
        ("exclude_status=old", "a"),
        ("not[level]=1", "b"),
        ("excludeKind=p&excludeKind=r", "b"),
        ("exclude_deleted=false", "abc"),
        ("", "abc"),
    ],
)
def test_a_list_shows_what_its_query_asks_for(serve: Serve, query: str, names: str) -> None:
    api = serve("filters-by-other-names")
    for recipe in RECIPES:
        api.post("/recipes", json=dict(zip(NAMES, recipe, strict=True)))

    assert names == "".join(each["name"] for each in api.get(f"/recipes?{query}").json())


@pytest.mark.parametrize(("query", "keys"), [("prefix=a/", ["a/1", "a/2"]), ("title_prefix=on", ["a/1"])])
def test_a_prefix_is_the_beginning_of_a_key_or_of_what_it_names(serve: Serve, query: str, keys: list[str]) -> None:
    api = serve("filters-by-other-names")
    for key, title in (("a/1", "one"), ("a/2", "two"), ("b/1", "three")):
        api.put(f"/objects/{key.replace('/', '%2F')}", json={"title": title})

    assert keys == [each["key"] for each in api.get(f"/objects?{query}").json()]


def test_a_count_named_after_the_items_is_of_those_that_the_query_selects(serve: Serve) -> None:
    api = serve("filters-by-other-names")
    for genre in ("crime", "crime", "poetry"):
        api.post("/books", json={"genre": genre})

    counts = [api.get(f"/books?{query}").json()["booksCount"] for query in ("", "genre=crime", "limit=1", "genre=none")]

    assert [3, 2, 3, 0] == counts
