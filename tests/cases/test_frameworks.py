"""Documents as frameworks write them: springdoc, Laravel's Scramble, Spring Data REST, JSON:API, swag, ASP.NET …"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cases.conftest import Serve
from tests.client import Client
from tests.web.document import Node, answers, document, served, takes

JSON_API = {"content-type": "application/vnd.api+json"}


def _titles(api: Client, query: str) -> list[str]:
    return [f"{each['title']}{each['id']}" for each in api.get(f"/api/tasks?{query}").json()["content"]]


def _without_host(links: dict[str, Any]) -> dict[str, Any]:
    """Links without the host that they begin with."""
    texts = {name: link["href"] if isinstance(link, dict) else link for name, link in links.items()}
    return {name: text and text.split("/", 3)[3] for name, text in texts.items()}


def test_a_parameter_that_is_an_object_pages_and_sorts_by_its_properties(serve: Serve) -> None:
    api = serve("spring")
    for title in "bab":
        api.post("/api/tasks", json={"title": title})

    shown = api.get("/api/tasks?page=1&size=2").json()

    assert ["b3"] == [f"{each['title']}{each['id']}" for each in shown.pop("content")]
    expected: dict[str, Any] = {"totalElements": 3, "totalPages": 2, "size": 2, "number": 1, "numberOfElements": 1}
    unsorted = {"empty": True, "sorted": False, "unsorted": True}
    own = {"offset": 2, "pageNumber": 1, "pageSize": 2, "paged": True, "unpaged": False}
    expected |= {"first": False, "last": True, "empty": False, "sort": unsorted, "pageable": own | {"sort": unsorted}}
    assert expected == shown
    assert "pageable.size" in api.get("/api/tasks?size=0").text
    assert ["b3"] == _titles(api, "pageable[page]=1&pageable[size]=2")
    assert ["b3", "b1", "a2"] == _titles(api, "sort=title,desc")
    assert ["a2", "b3", "b1"] == _titles(api, "sort=title,asc&sort=id,desc")
    assert ["b1", "b3", "a2"] == _titles(api, "sort=-title,id")


def test_a_required_object_may_be_empty_where_it_requires_no_property(serve: Serve) -> None:
    assert 200 == serve("spring").get("/api/tasks").status_code


def test_an_item_shows_what_its_client_named_by_another_property(serve: Serve) -> None:
    api = serve("spring")
    ada, bob = (api.post("/api/users", json={"email": f"{name}@x.io", "displayName": name}).json() for name in "ab")

    alone, given = (api.post("/api/tasks", json={"title": "t", **more}).json() for more in ({}, {"assigneeId": 2}))

    assert "assignee" not in alone
    assert bob == given["assignee"] == api.get(f"/api/tasks/{given['id']}").json()["assignee"]
    assert 7 == api.post("/api/tasks", json={"title": "t", "assigneeId": 7}).json()["assignee"]["id"]
    assert ada["id"] != bob["id"]


def test_an_action_with_the_id_of_something_else_shows_the_stored_item(serve: Serve) -> None:
    api = serve("spring")
    task = api.post("/api/tasks", json={"title": "t"}).json()

    assert task == api.post(f"/api/tasks/{task['id']}/assign/1").json()
    assert 404 == api.post("/api/tasks/99/assign/1").status_code


def _shop(serve: Serve) -> Client:
    api = serve("laravel")
    for number in range(3):
        api.post("/api/products", json={"name": f"p{number}", "price": number + 0.5})
    return api


@pytest.mark.parametrize(
    ("query", "links", "numbers"),
    [
        ("per_page=2", ("per_page=2&page=1", None, "per_page=2&page=2", "per_page=2&page=2"), (1, 2)),
        ("page=2&per_page=2", ("page=1&per_page=2", "page=1&per_page=2", None, "page=2&per_page=2"), (3, 3)),
        ("page=7", ("page=1", "page=6", None, "page=1"), (None, None)),
    ],
)
def test_links_of_pages_are_addresses_and_items_are_numbered(
    serve: Serve, query: str, links: tuple[str | None, ...], numbers: tuple[int | None, ...]
) -> None:
    shown = _shop(serve).get(f"/api/products?{query}").json()

    expected = [link and f"api/products?{link}" for link in links]
    assert dict(zip(("first", "prev", "next", "last"), expected, strict=True)) == _without_host(shown["links"])
    assert numbers == (shown["meta"]["from"], shown["meta"]["to"])
    assert shown["meta"]["path"].endswith("/api/products")
    assert 3 == shown["meta"]["total"]


def test_a_number_is_shown_as_text_where_the_reply_has_a_text(serve: Serve) -> None:
    api = _shop(serve)

    assert ["0.5", "1.5", "2.5"] == [each["price"] for each in api.get("/api/products").json()["data"]]
    assert "7" == api.put("/api/products/1", json={"name": "a", "price": 7}).json()["data"]["price"]


def test_an_item_lists_what_is_below_it_also_where_that_has_no_path_of_its_own(serve: Serve) -> None:
    api = _shop(serve)

    review = api.post("/api/products/1/reviews", json={"stars": 4}).json()["data"]

    one, two = (api.get(f"/api/products/{number}").json()["data"] for number in (1, 2))
    assert ([review], 1) == (one["reviews"], one["reviews_count"])
    assert ([], 0) == (two["reviews"], two["reviews_count"])


def test_links_whose_names_the_schema_leaves_open_are_those_of_the_item_and_of_pages(serve: Serve) -> None:
    api = serve("spring-data-links")
    made = [api.post("/customers", json={"firstName": name}) for name in "abc"]

    shown = api.get("/customers?size=1&page=1").json()

    assert [{"self": {"href": each.headers["location"]}} for each in made] == [each.json()["_links"] for each in made]
    assert "b" == api.get(made[1].json()["_links"]["self"]["href"]).json()["firstName"]
    pages = {name: f"customers?page={page}&size=1" for name, page in [("self", 1), ("first", 0), ("prev", 0)]}
    pages |= dict.fromkeys(("next", "last"), "customers?page=2&size=1")
    assert pages == _without_host(shown["_links"])
    assert {"self", "first", "last"} == set(api.get("/customers").json()["_links"])


def test_a_link_named_self_is_the_address_of_the_page(serve: Serve) -> None:
    api = serve("json-api-links")
    for title in "ab":
        body = {"data": {"type": "articles", "attributes": {"title": title}}}
        assert 201 == api.post("/articles", json=body, headers=JSON_API).status_code

    links = _without_host(api.get("/articles?page[size]=1").json()["links"])

    assert "articles?page%5Bsize%5D=1" == links["self"]
    assert ["b"] == [each["attributes"]["title"] for each in api.get(f"/{links['next']}").json()["data"]]


def test_a_reply_says_beside_the_item_that_all_is_well_and_an_error_shows_no_item(serve: Serve) -> None:
    api = serve("go-envelope")
    well = {"code": 0, "message": "success"}

    made = api.post("/api/v1/products", json={"name": "a", "price_cents": 1}).json()

    assert well | {"data": made["data"]} == made == api.get("/api/v1/products/1").json()
    assert well == api.put("/api/v1/products/1", json={"name": "b", "price_cents": 2}).json()
    assert well == api.delete("/api/v1/products/1").json()
    assert {"code": 404, "message": "product not found"} == api.get("/api/v1/products/1").json()


def test_a_text_named_like_the_time_of_creation_is_it(serve: Serve) -> None:
    api = serve("go-envelope")

    made = api.post("/api/v1/products", json={"name": "a", "price_cents": 1}).json()["data"]
    changed = api.put("/api/v1/products/1", json={"name": "b", "price_cents": 1})

    after = api.get("/api/v1/products/1").json()["data"]
    assert 200 == changed.status_code
    assert made["created_at"] == made["updated_at"] == after["created_at"] < after["updated_at"]
    assert made["created_at"].startswith("2026-01-01T00:00:00")


def test_properties_that_replies_show_inside_of_attributes_are_kept_there(serve: Serve) -> None:
    api = serve("strapi")
    for number in (1, 2, 3):
        api.post("/api/restaurants", json={"data": {"name": f"r{number}", "stars": number}})

    shown = api.get("/api/restaurants?pagination[page]=1&pagination[pageSize]=2&sort=name:desc").json()["data"]

    sent = [{name: each["attributes"][name] for name in ("name", "stars")} for each in shown]
    assert [{"name": "r3", "stars": 3}, {"name": "r2", "stars": 2}] == sent
    assert all(each["attributes"]["createdAt"] <= each["attributes"]["updatedAt"] for each in shown)
    changed = api.put("/api/restaurants/2", json={"data": {"name": "new"}}).json()["data"]
    assert (2, "new") == (changed["id"], changed["attributes"]["name"])
    assert changed == api.get("/api/restaurants/2").json()["data"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("title_like=ALP", [1, 3]),
        ("title_startswith=bet", [2]),
        ("title_ne=beta", [1, 3, 4]),
        ("views_ne=20", [1, 3, 4]),
        ("views_gte=20", [2, 3, 4]),
        ("_sort=views&_order=desc", [4, 3, 2, 1]),
    ],
)
def test_the_end_of_a_parameter_says_how_it_compares(serve: Serve, query: str, expected: list[int]) -> None:
    api = serve("json-server")
    for number, title in enumerate(("alpha", "beta", "alpine", "gamma"), 1):
        api.post("/posts", json={"title": title, "views": 10 * number})

    assert expected == [each["id"] for each in api.get(f"/posts?{query}").json()]


@pytest.mark.parametrize(("flag", "expected"), [("true", ["c", "b", "a"]), ("false", ["a", "b", "c"])])
def test_a_flag_reverses_the_order(serve: Serve, flag: str, expected: list[str]) -> None:
    api = serve("aspnet")
    for name in "bca":
        api.post("/api/Orders", json={"customerName": name})

    shown = api.get(f"/api/Orders?SortBy=customerName&SortDescending={flag}").json()

    assert expected == [each["customerName"] for each in shown["items"]]
    assert (False, False) == (shown["hasPreviousPage"], shown["hasNextPage"])
    assert api.get("/api/Orders?PageNumber=2&PageSize=1").json()["hasPreviousPage"]


def test_a_problem_has_no_type_and_no_instance_of_its_own(serve: Serve) -> None:
    api = serve("aspnet")
    problem = {"type": "about:blank", "title": "Bad Request", "status": 400}

    refused = api.post("/api/Orders", json={"customerName": 3}).json()
    missing = api.get("/api/Orders/cd613e30-d8f1-4adf-91b7-584a2265b1ff").json()

    assert problem | {"errors": refused["errors"]} == refused
    assert {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "order not found"} == missing


def test_a_list_of_ids_chooses_what_the_item_lists(serve: Serve) -> None:
    api = serve("rails")
    one, two = (api.post("/api/v1/tags", json={"tag": {"name": name}}).json() for name in "ab")
    asked = [{}, {"tag_ids": [two["id"], one["id"]], "comments_attributes": [{"text": "hi"}]}]

    plain, made = (api.post("/api/v1/articles", json={"article": {"title": "t", **each}}).json() for each in asked)

    assert [] == plain["tags"]
    assert ([two, one], ["hi"]) == (made["tags"], [each["text"] for each in made["comments"]])
    changed = api.put(f"/api/v1/articles/{made['id']}", json={"article": {"title": "new"}}).json()
    assert {**made, "title": "new"} == changed == api.get(f"/api/v1/articles/{made['id']}").json()
    assert ["new"] == [each["title"] for each in api.get("/api/v1/articles?q[title_cont]=EW").json()]


def untyped(folder: Path) -> Client:
    """What FastAPI writes of operations without a response model: the schema of each reply is `{}`."""
    reply = answers({"title": "Response"})
    item: Node = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    named = [{"name": "item_id", "in": "path", "required": True, "schema": {"type": "integer"}}]
    size = [
        {"name": name, "in": "query", "schema": {"type": "integer", "default": default}}
        for name, default in (("limit", 2), ("skip", 0))
    ]
    paths: Node = {
        "/items/": {
            "get": {"parameters": size, "responses": reply},
            "post": {"requestBody": takes(item), "responses": reply},
        },
        "/items/{item_id}": {"parameters": named, "get": {"responses": reply}, "delete": {"responses": reply}},
        "/status": {"get": {"responses": reply}},
    }
    return Client(served(folder, document(paths)))


def test_a_list_whose_reply_nothing_describes_has_the_created_items(tmp_path: Path) -> None:
    with untyped(tmp_path) as api:
        made = [api.post("/items/", json={"name": name}).json() for name in "abc"]

        assert ["a", "b", "c"] == [item["name"] for item in made]
        assert [made[:2], made[2:]] == [api.get("/items/").json(), api.get("/items/?skip=2").json()]
        assert made[0] == api.get(f"/items/{made[0]['item_id']}").json()
        api.delete(f"/items/{made[0]['item_id']}")
        assert made[1:] == api.get("/items/").json()


def test_a_reply_that_nothing_describes_is_an_empty_object(tmp_path: Path) -> None:
    with untyped(tmp_path) as api:
        assert "{}" == api.get("/status").text
