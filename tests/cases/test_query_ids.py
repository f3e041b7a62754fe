"""Cases about items that a query parameter names: `GET /user?id=1`."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve
from tests.client import Client


def _statuses(api: Client, method: str, *urls: str) -> list[int]:
    return [api.request(method, url).status_code for url in urls]


def test_a_required_parameter_names_the_item_and_another_path_lists_all(serve: Serve) -> None:
    api = serve("query-ids")

    ada, bob = (api.post("/user", json={"name": name}).json() for name in ("Ada", "Bob"))

    assert [ada, bob] == api.get("/users").json()
    assert [ada, bob] == [api.get(f"/user?id={each['id']}").json() for each in (ada, bob)]
    assert "Eve" == api.put(f"/user?id={ada['id']}", json={"name": "Eve"}).json()["name"]
    assert [400, 404, 204, 404] == _statuses(api, "DELETE", "/user", "/user?id=99", *2 * [f"/user?id={bob['id']}"])
    assert [400, 404, 404] == _statuses(api, "GET", "/user", "/user?id=99", f"/user?id={bob['id']}")
    assert [{**ada, "name": "Eve"}] == api.get("/users").json()
    assert 404 == api.put("/user?id=99", json={"name": "Eve"}).status_code


def test_an_optional_parameter_names_the_item_and_without_it_the_newest_is_shown(serve: Serve) -> None:
    api = serve("query-ids")

    one, two = (api.post("/api/v1/note", json={"text": text}).json() for text in "ab")

    assert [one, two, two] == [
        api.get(f"/api/v1/note{of}").json() for of in (f"?noteId={one['id']}", f"?noteId={two['id']}", "")
    ]
    assert "c" == api.patch(f"/api/v1/note?noteId={one['id']}", json={"text": "c"}).json()["text"]
    assert [404, 204] == _statuses(api, "DELETE", "/api/v1/note", f"/api/v1/note?noteId={two['id']}")
    assert {**one, "text": "c"} == api.get("/api/v1/note").json()


def test_location_names_an_item_that_no_reply_shows(serve: Serve) -> None:
    api = serve("query-ids")

    one, two = (api.post("/memo", json={"text": text}).headers["location"] for text in "ab")

    assert [{"text": "a"}, {"text": "b"}] == [api.get(at).json() for at in (one, two)]
    assert [204, 404, 200] == [api.delete(one).status_code, *_statuses(api, "GET", one, two)]


def test_a_put_makes_the_item_that_the_query_names(serve: Serve) -> None:
    api = serve("query-ids")

    for user in (1, 2):
        assert user == api.put(f"/profile?user_id={user}", json={"bio": f"I am {user}"}).json()["user_id"]

    assert [{"user_id": n, "bio": f"I am {n}"} for n in (1, 2)] == [
        api.get(f"/profile?user_id={n}").json() for n in (1, 2)
    ]
    assert [404] == _statuses(api, "GET", "/profile?user_id=3")


def test_a_required_parameter_that_the_item_shows_names_it_below_a_path_parameter(serve: Serve) -> None:
    api = serve("query-ids")

    for serial in ("a1", "b2"):
        api.post("/orgs/acme/robot", json={"serial": serial, "model": "m"})

    assert ["a1", "b2"] == [api.get(f"/orgs/acme/robot?serial={at}").json()["serial"] for at in ("a1", "b2")]
    assert [404, 404] == _statuses(api, "GET", "/orgs/other/robot?serial=a1", "/orgs/acme/robot?serial=c3")
    assert [204, 404] == _statuses(api, "DELETE", *2 * ["/orgs/acme/robot?serial=a1"])


def test_writes_to_a_list_change_the_item_that_the_query_names(serve: Serve) -> None:
    api = serve("query-ids")

    one, two = (api.post("/tasks", json={"title": title}).json() for title in "ab")

    assert "c" == api.put(f"/tasks?taskId={two['id']}", json={"title": "c"}).json()["title"]
    assert [204, 404] == _statuses(api, "DELETE", *2 * [f"/tasks?taskId={one['id']}"])
    assert [{**two, "title": "c"}] == api.get("/tasks").json()


def test_paths_that_end_with_a_verb_are_about_the_items_before_it(serve: Serve) -> None:
    api = serve("query-ids")

    one, two = (api.post("/items/create", json={"name": name}).json() for name in "ab")

    assert [one, two] == api.get("/items/list").json()
    assert one == api.get(f"/items/get?item_id={one['id']}").json()
    assert "c" == api.put(f"/items/update?item_id={one['id']}", json={"name": "c"}).json()["name"]
    assert [204, 404] == _statuses(api, "DELETE", *2 * [f"/items/delete?item_id={two['id']}"])
    assert [{**one, "name": "c"}] == api.get("/items/list").json()


def test_what_is_only_read_by_a_parameter_exists_from_the_start(serve: Serve) -> None:
    api = serve("query-ids", items=3)

    assert [1, 2, 3] == [api.get(f"/joke?id={n}").json()["id"] for n in (1, 2, 3)]
    assert [404] == _statuses(api, "GET", "/joke?id=99")


def test_a_put_that_names_no_item_creates_one_where_the_other_requests_name_one(serve: Serve) -> None:
    api = serve("query-ids")

    one, two = (api.put("/fact", json={"text": text}).json() for text in "ab")

    assert [one, two] == [api.get(f"/fact?id={each['id']}").json() for each in (one, two)]
    assert [204, 404] == _statuses(api, "DELETE", *2 * [f"/fact?id={one['id']}"])


def test_what_no_request_creates_is_answered_by_example(serve: Serve) -> None:
    api = serve("query-ids")

    assert 200 == api.post("/GetBoard", json={"BoardId": "a"}).status_code  # asks the same as the GET
    assert [200, 200] == _statuses(api, "GET", "/GetBoard?BoardId=a", "/GetBoard?BoardId=b")
    assert [204] == _statuses(api, "DELETE", "/permission?permissionId=7")


@pytest.mark.parametrize("materialize", [False, True])
def test_an_object_without_such_a_parameter_is_a_single_one(serve: Serve, materialize: bool) -> None:
    api = serve("query-ids", materialize=materialize)

    api.post("/session", json={"name": "Ada"})

    assert {"name": "Ada"} == api.get("/session?fields=name").json()
    assert [204] == _statuses(api, "DELETE", "/session")
