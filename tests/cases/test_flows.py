"""Cases of several steps: what is created is shown, found, changed and deleted as the document means it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cases.conftest import Serve
from tests.client import Client

API = "application/vnd.api+json"


def test_a_json_patch_that_leaves_an_invalid_item_is_refused(serve: Serve) -> None:
    api = serve("json-patch")
    api.post("/things", json={"name": "a", "tags": ["x"]})

    assert {"id": 1, "name": "a", "tags": ["x", "y"]} == patched(api, "add", "/tags/-", value="y")
    assert 'body name: 7 is not of type "string"' == patched(api, "replace", "/name", value=7)["detail"]
    assert 'body name: "name" is a required property' == patched(api, "remove", "/name")["detail"]
    assert {"id": 1, "name": "a", "tags": ["x", "y"]} == api.get("/things/1").json()


def patched(api: Client, op: str, path: str, **more: Any) -> Any:
    content = json.dumps([{"op": op, "path": path, **more}])
    return api.patch("/things/1", content=content, headers={"content-type": "application/json-patch+json"}).json()


def test_what_a_path_calls_an_id_is_not_the_name_of_an_item(serve: Serve) -> None:
    api = serve("id-of-path-only")

    places = [api.post("/items", json={"name": "a"}).headers["location"] for _ in range(2)]

    assert 2 == len(set(places))
    assert [{"name": "a"}, {"name": "a"}] == [api.get(place).json() for place in places]


@pytest.fixture
def articles(serve: Serve) -> Client:
    api = serve("json-api")
    for title, rank in (("b", 1), ("a", 2)):
        body = {"data": {"type": "articles", "attributes": {"title": title, "rank": rank}}}
        api.post("/articles", content=json.dumps(body), headers={"content-type": API})
    return api


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("filter[title]=a", ["a"]), ("sort=title", ["a", "b"]), ("sort=-rank", ["a", "b"]), ("sort=rank", ["b", "a"]),
        ("page[size]=1&page[number]=2", ["a"]),
    ],
)  # fmt: skip
def test_a_list_of_json_api_is_filtered_and_sorted_by_attributes(
    articles: Client, query: str, titles: list[str]
) -> None:
    shown = articles.get(f"/articles?{query}").json()["data"]

    assert titles == [each["attributes"]["title"] for each in shown]


def test_an_update_of_json_api_keeps_the_attributes_that_it_does_not_send(articles: Client) -> None:
    first = articles.get("/articles").json()["data"][0]
    body = {"data": {"type": "articles", "id": first["id"], "attributes": {"body": "x"}}}

    changed = articles.patch(f"/articles/{first['id']}", content=json.dumps(body), headers={"content-type": API}).json()

    assert {"title": "b", "rank": 1, "body": "x"} == changed["data"]["attributes"]
    assert {"self": f"/articles/{first['id']}"} == changed["data"]["links"]


def test_the_self_link_of_hal_leads_to_the_item(serve: Serve) -> None:
    api = serve("hal")

    made = api.post("/orders", json={"name": "a"}).json()

    assert made == api.get(made["_links"]["self"]["href"]).json()


def test_the_flag_of_an_envelope_says_if_the_request_succeeded(serve: Serve) -> None:
    api = serve("success-flag")

    made, shown, gone = api.post("/users", json={"name": "x"}), api.get("/users/1"), api.delete("/users/1")

    assert [True, True, True] == [reply.json()["success"] for reply in (made, shown, gone)]
    assert False is api.get("/users/1").json()["success"]


def test_a_new_item_is_not_deleted_and_the_reply_of_its_delete_says_that_it_is(serve: Serve) -> None:
    api = serve("soft-delete")

    assert {"id": 1, "name": "a", "deleted": False} == api.post("/items", json={"name": "a"}).json()
    gone = api.delete("/items/1").json()
    assert (True, True) == (gone["deleted"], "deletedAt" in gone)
    assert 404 == api.get("/items/1").status_code


def test_the_entries_of_a_list_get_ids_of_their_own(serve: Serve) -> None:
    sent = [{"sku": sku, "qty": 1} for sku in "abcdefgh"]

    lines = serve("ids-of-entries").post("/orders", json={"lines": sent}).json()["lines"]

    assert list("abcdefgh") == [line["sku"] for line in lines]
    assert 8 == len({line["id"] for line in lines})


def test_a_job_that_was_started_is_found_by_its_id_and_its_location(serve: Serve) -> None:
    api = serve("jobs")

    started = api.post("/exports", json={"format": "csv"})

    assert 202 == started.status_code
    assert f"/jobs/{started.json()['jobId']}" == started.headers["location"]
    assert started.json() == api.get(started.headers["location"]).json()
    assert 404 == api.get("/jobs/11111111-1111-4111-8111-111111111111").status_code


def test_the_children_of_an_item_are_those_that_name_it(serve: Serve) -> None:
    api = serve("tree")
    api.post("/cats", json={"name": "root"})
    kid = api.post("/cats", json={"name": "kid", "parent_id": 1}).json()

    assert [[kid], []] == [api.get(f"/cats/{id}/children").json() for id in (1, 2)]
    assert 404 == api.get("/cats/3/children").status_code
    assert [kid] == api.get("/cats?parent_id=1").json()


def test_a_list_below_an_item_shows_the_items_that_name_it(serve: Serve) -> None:
    api = serve("lists-of-related-items")
    for name in "ab":
        api.post("/users", json={"name": name})

    post = api.post("/posts", json={"t": "x", "user_id": 1}).json()

    assert [[post], []] == [api.get(f"/users/{id}/posts").json() for id in (1, 2)]
    assert 404 == api.get("/users/3/posts").status_code


def test_an_odata_key_in_parentheses_is_the_id(serve: Serve) -> None:
    api = serve("odata-keys")

    made = api.post("/People", json={"UserName": "russell", "Age": 3})

    assert "/People('russell')" == made.headers["location"]
    assert {"UserName": "russell", "Age": 3} == api.get("/People('russell')").json()
    assert 204 == api.patch("/People(%27russell%27)", json={"Age": 4}).status_code
    assert {"value": [{"UserName": "russell", "Age": 4}]} == api.get("/People").json()
    assert [204, 404] == [api.delete("/People('russell')").status_code, api.get("/People('russell')").status_code]


def test_a_single_item_below_an_id_is_kept_for_each_id(serve: Serve) -> None:
    api = serve("single-below-an-id")

    for id, theme in ((1, "dark"), (2, "light")):
        assert 204 == api.put(f"/users/{id}/profile", json={"theme": theme}).status_code

    assert {"theme": "dark", "size": 3} == api.patch("/users/1/profile", json={"size": 3}).json()
    assert [{"theme": "dark", "size": 3}, {"theme": "light"}] == [
        api.get(f"/users/{id}/profile").json() for id in (1, 2)
    ]


def test_a_mark_is_there_from_its_put_to_its_delete(serve: Serve) -> None:
    api = serve("single-below-an-id")

    seen = [api.request(method, "/users/1/star").status_code for method in ("GET", "PUT", "GET", "DELETE", "GET")]

    assert [404, 204, 204, 204, 404] == seen
    api.put("/users/1/star")
    assert [204, 404] == [api.get(f"/users/{id}/star").status_code for id in (1, 2)]


def test_a_head_says_whether_an_item_is_there(serve: Serve) -> None:
    api = serve("heads")

    statuses = [api.request("HEAD", "/keys/a").status_code]
    api.put("/keys/a", json={"value": "1"})
    statuses.append((there := api.request("HEAD", "/keys/a")).status_code)
    statuses.append(api.request("HEAD", "/keys/b").status_code)
    api.delete("/keys/a")
    statuses.append(api.request("HEAD", "/keys/a").status_code)

    assert ([404, 200, 404, 404], b"") == (statuses, there.content)
    assert "1" == api.put("/keys/c", json={"value": "1"}).json()["value"] == api.get("/keys/c").json()["value"]


def test_answers_to_an_item_are_those_that_name_it_as_their_description_says(serve: Serve) -> None:
    api = serve("lists-below-items")
    api.post("/rooms", json={"title": "a"})
    first = api.post("/rooms/1/remarks", json={"text": "one"}).json()
    assert [] == api.get(f"/remarks/{first['id']}/replies").json()

    answer = api.post("/rooms/1/remarks", json={"text": "two", "thread": first["id"]}).json()

    assert [answer] == api.get(f"/remarks/{first['id']}/replies").json()
    assert 404 == api.get("/remarks/77/replies").status_code


def test_a_list_below_an_item_has_what_shows_that_item(serve: Serve) -> None:
    api = serve("lists-below-items")
    for handle in ("ada", "bob"):
        api.post("/painters", json={"handle": handle})
    mural = api.post("/murals", json={"wall": "north", "artist": {"handle": "ada"}}).json()

    assert "ada" == mural["artist"]["handle"]
    assert [[mural], []] == [api.get(f"/painters/{handle}/murals").json() for handle in ("ada", "bob")]
    assert 404 == api.get("/painters/nobody/murals").status_code


def test_an_example_of_what_is_below_an_item_names_that_item(serve: Serve) -> None:
    api = serve("lists-below-items")
    for title in ("a", "b"):
        api.post("/rooms", json={"title": title})

    for id in (1, 2):
        assert {id} == {each["room_id"] for each in api.get(f"/rooms/{id}/invoices").json()["invoices"]}
    assert 404 == api.get("/rooms/3/invoices").status_code
