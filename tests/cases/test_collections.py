"""Reads at other paths answer from the collection of the create, and filters look into what items refer to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.conftest import Serve

PETS = (
    {"name": "Rex", "status": "sold", "color": "red", "owner_id": 7, "tags": [{"name": "big"}, {"name": "old"}]},
    {"name": "Tom", "status": "available", "color": "blue", "colors": ["blue", "white"], "tags": [{"name": "old"}]},
    {"name": "Ida", "status": "pending", "color": "red", "owner_id": 8, "colors": ["red"], "tags": []},
)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/pets/findByStatus", ["Rex", "Tom", "Ida"]),
        ("/pets/findByStatus?status=sold", ["Rex"]),
        ("/pets/findByStatus?status=sold,pending", ["Rex", "Ida"]),
        ("/pets/findByTags?tags=big&tags=young", ["Rex"]),
        ("/pets/findByTags?tags=old", ["Rex", "Tom"]),
        ("/pets/by-color/red", ["Rex", "Ida"]),
        ("/pets/by-color/green", []),
        ("/owners/7/pets", ["Rex"]),
    ],
)
def test_a_read_below_a_collection_shows_its_items(serve: Serve, path: str, names: list[str]) -> None:
    api = serve("sub-path-reads")
    for pet in PETS:
        assert 201 == api.post("/pets", json=pet).status_code

    assert names == [pet["name"] for pet in api.get(path).json()]


def test_a_read_by_another_property_than_the_id_shows_the_item(serve: Serve) -> None:
    api = serve("sub-path-reads")
    created = [api.post("/pets", json=pet).json() for pet in PETS]

    assert created[1] == api.get("/pets/by-name/Tom").json()
    assert 404 == api.get("/pets/by-name/Max").status_code


def test_a_read_by_another_property_generates_the_item_with_materialize(serve: Serve) -> None:
    api = serve("sub-path-reads", materialize=True)
    tom = api.post("/pets", json=PETS[1]).json()
    max = api.get("/pets/by-name/Max").json()

    assert tom == api.get("/pets/by-name/Tom").json()
    assert "Max" == max["name"]
    assert max == api.get(f"/pets/{max['id']}").json() == api.get("/pets/by-name/Max").json()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Rex", "Tom", "Ida"]),
        ("?name=Ida", ["Ida"]),
        ("?colors=white", ["Tom"]),
        ("?ids=1,3", ["Rex", "Ida"]),
        ("?q=rex", ["Rex"]),
        ("?q=RED+ida", ["Ida"]),
        ("?q=is:sold", ["Rex", "Tom", "Ida"]),
        ("?q=nobody", []),
    ],
)
def test_a_search_with_a_schema_of_its_own_shows_the_items(serve: Serve, query: str, names: list[str]) -> None:
    api = serve("sub-path-reads")
    for pet in PETS:
        api.post("/pets", json=pet)

    found = api.get(f"/pets/search{query}").json()

    assert (len(names), names) == (found["total"], [pet["name"] for pet in found["items"]])


def test_a_path_that_selects_by_nothing_an_item_has_answers_by_example(serve: Serve) -> None:
    assert [{"name": "Rex"}] == serve("sub-path-reads").get("/shops/1/pets").json()


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("project_name=Moon", ["land", "return"]),
        ("project_name=Mars", []),
        ("project_name=Nowhere", []),
        ("", ["land", "return", "rest"]),
        ("project_name=Moon&title=land", ["land"]),
    ],
)
def test_a_filter_by_a_related_item_selects_what_refers_to_it(serve: Serve, query: str, titles: list[str]) -> None:
    api = serve("filters-of-related-items")
    moon = api.post("/projects", json={"name": "Moon"}).json()["id"]
    api.post("/projects", json={"name": "Mars"})
    for task in ({"title": "land", "project_id": moon}, {"title": "return", "project_id": moon}, {"title": "rest"}):
        assert 201 == api.post("/tasks", json=task).status_code

    assert titles == [task["title"] for task in api.get(f"/tasks?{query}").json()]


def test_a_filter_by_a_related_item_follows_its_changes(serve: Serve) -> None:
    api = serve("filters-of-related-items")
    moon = api.post("/projects", json={"name": "Moon"}).json()["id"]
    api.post("/tasks", json={"title": "land", "project_id": moon})

    api.patch(f"/projects/{moon}", json={"name": "Luna"})

    assert [] == api.get("/tasks?project_name=Moon").json()
    assert ["land"] == [task["title"] for task in api.get("/tasks?project_name=Luna").json()]


@pytest.mark.parametrize(
    ("query", "names"), [("startIndex=1&count=2", "ab"), ("startIndex=3", "c"), ("startIndex=4", "")]
)
def test_a_start_index_beside_a_total_of_results_counts_from_one(serve: Serve, query: str, names: str) -> None:
    api = serve("paging-conventions")
    for name in "abc":
        api.post("/Users", json={"userName": name})

    page = api.get(f"/Users?{query}").json()

    assert (list(names), 3) == ([each["userName"] for each in page["Resources"]], page["totalResults"])


@pytest.mark.parametrize(("query", "names"), [("size=2", "ab"), ("page=0&size=2", "ab"), ("page=1&size=2", "c")])
def test_a_page_beside_a_total_of_elements_counts_from_zero(serve: Serve, query: str, names: str) -> None:
    api = serve("paging-conventions")
    for name in "abc":
        api.post("/orders", json={"name": name})

    page = api.get(f"/orders?{query}").json()

    assert (list(names), 3, 2) == (
        [each["name"] for each in page["content"]],
        page["totalElements"],
        page["totalPages"],
    )


def test_a_parameter_filters_by_a_list_whose_name_is_its_plural(serve: Serve) -> None:
    api = serve("paging-conventions")
    for name in "ab":
        api.post("/orders", json={"name": name, "tags": [name * 2, "x"]})

    assert ["b"] == [each["name"] for each in api.get("/orders?tag=bb").json()["content"]]


def test_a_delete_of_a_collection_deletes_what_its_query_selects(serve: Serve) -> None:
    api = serve("whole-collections")
    for title, status in (("a", "x"), ("b", "y"), ("c", "y")):
        api.post("/items", json={"title": title, "status": status})

    assert 204 == api.delete("/items?status=x").status_code
    assert ["b", "c"] == [each["title"] for each in api.get("/items").json()]
    assert 204 == api.delete("/items").status_code
    assert [] == api.get("/items").json()
    assert 404 == api.get("/items/2").status_code


def test_a_delete_of_a_collection_leaves_those_of_other_owners_and_says_how_many(serve: Serve) -> None:
    api = serve("whole-collections")
    for board in (1, 1, 2):
        api.post(f"/boards/{board}/cards", json={"title": "a"})

    assert {"deleted": 2} == api.delete("/boards/1/cards").json()
    assert [0, 1] == [api.get(f"/boards/{board}/cards").json()["total"] for board in (1, 2)]


def test_a_delete_by_what_no_item_shows_deletes_nothing(serve: Serve) -> None:
    api = serve("whole-collections")
    api.post("/logs", json={"title": "a"})

    assert 204 == api.delete("/logs?before=2020-01-01T00:00:00Z").status_code
    assert 1 == len(api.get("/logs").json())


def test_a_put_of_a_list_makes_it_the_whole_collection(serve: Serve) -> None:
    api = serve("whole-collections")
    for title in "abc":
        api.post("/items", json={"title": title})

    shown = api.put("/items", json=[{"title": "new"}, {"id": 2, "title": "B"}]).json()

    assert [(4, "new"), (2, "B")] == [(each["id"], each["title"]) for each in shown]
    assert shown == api.get("/items").json()
    assert [404, 200] == [api.get(f"/items/{id}").status_code for id in (1, 2)]
    assert 400 == api.put("/items", json=[{"title": "x"}, {"title": 5}]).status_code
    assert shown == api.get("/items").json()
    assert [] == api.put("/items", json=[]).json()
    assert [] == api.get("/items").json()


def test_a_list_that_is_a_map_shows_the_items_by_their_ids(serve: Serve) -> None:
    api = serve("whole-collections")

    assert {} == api.get("/widgets").json()
    widget = api.post("/widgets", json={"label": "a"}).json()

    assert {widget["id"]: widget} == api.get("/widgets").json()
    api.delete(f"/widgets/{widget['id']}")
    assert {} == api.get("/widgets").json()


def test_a_map_inside_an_object_is_paged_and_keyed_by_the_name_in_the_path(serve: Serve) -> None:
    api = serve("whole-collections")
    for name in ("n1", "n2"):
        api.put(f"/nodes/{name}", json={"port": 1})

    assert {"nodes": {"n1": {"port": 1}, "n2": {"port": 1}}, "count": 2} == api.get("/nodes").json()
    assert ["n2"] == list(api.get("/nodes?limit=1&offset=1").json()["nodes"])


def test_a_map_of_something_else_is_no_list(serve: Serve) -> None:
    api = serve("whole-collections")
    api.post("/devices", json={"label": "a"})

    assert all(each.keys() == {"count"} for each in api.get("/devices").json().values())


def test_a_list_whose_pages_no_parameter_leads_to_has_no_link(serve: Serve) -> None:
    api = serve("id-or-key")
    for title in "ab":
        api.post("/issues", json={"title": title})

    page = api.get("/issues?limit=1")

    assert (1, None) == (len(page.json()), page.headers.get("link"))


def test_a_list_of_items_of_another_kind_shows_some_that_are_there(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "calls.yaml").write_text(
        "openapi: 3.0.3\ninfo: {title: Calls, version: '1'}\npaths:\n"
        "  /calls/{callId}:\n    get:\n      parameters:\n"
        "      - {name: callId, in: path, required: true, schema: {type: integer}}\n"
        "      responses: {'200': {description: ok, content: {application/json: {schema: {type: array,\n"
        "        minItems: 2, items: {$ref: '#/components/schemas/Person'}}}}}}\n"
        "  /people:\n    get:\n"
        "      responses: {'200': {description: ok, content: {application/json: {schema: {type: array,\n"
        "        items: {$ref: '#/components/schemas/Person'}}}}}}\n"
        "  /people/{personId}:\n    get:\n      parameters:\n"
        "      - {name: personId, in: path, required: true, schema: {type: string, format: uuid}}\n"
        "      responses: {'200': {description: ok, content: {application/json: {schema:\n"
        "        {$ref: '#/components/schemas/Person'}}}}}\n"
        "components: {schemas: {Person: {type: object, required: [id, name], properties: {id: {type: string,\n"
        "  format: uuid}, name: {type: string}}}}}\n"
    )
    api = serve(tmp_path / "calls", items=4)

    shown = api.get("/calls/7")

    assert 200 == shown.status_code
    known = api.get("/people").json()
    assert [True] * len(shown.json()) == [each in known for each in shown.json()]
    assert len(shown.json()) >= 2
