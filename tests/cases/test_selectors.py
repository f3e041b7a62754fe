"""Cases about items that a query names by their properties: `GET /links?from=a&to=b`."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve
from tests.client import Client


def _statuses(api: Client, method: str, *urls: str) -> list[int]:
    return [api.request(method, url).status_code for url in urls]


def test_two_parameters_name_an_item_together(serve: Serve) -> None:
    api = serve("selectors")
    one, two, three = ({"from": a, "to": b, "label": a + b} for a, b in ("xz", "yz", "xy"))

    assert [one, two, three] == [api.post("/links", json=each).json() for each in (one, two, three)]

    assert [one, two, three] == [api.get(f"/links?from={a}&to={b}").json() for a, b in ("xz", "yz", "xy")]
    assert [404, 400, 404] == _statuses(api, "GET", "/links?from=y&to=x", "/links?from=y", "/links?from=z&to=x")
    assert [204, 404] == _statuses(api, "DELETE", *2 * ["/links?from=x&to=z"])
    assert [404, 200, 200] == _statuses(api, "GET", *(f"/links?from={a}&to={b}" for a, b in ("xz", "yz", "xy")))


def test_a_get_shows_the_newest_of_two_alike_and_a_delete_leaves_none(serve: Serve) -> None:
    api = serve("selectors")

    for label in "ab":
        assert label == api.post("/links", json={"from": "x", "to": "z", "label": label}).json()["label"]

    assert "b" == api.get("/links?from=x&to=z").json()["label"]
    assert [204, 404] == _statuses(api, "DELETE", *2 * ["/links?from=x&to=z"])
    assert [404] == _statuses(api, "GET", "/links?from=x&to=z")


def test_the_documented_conflict_is_about_both_of_optional_parameters(serve: Serve) -> None:
    api = serve("selectors")

    made = [api.post("/rates", json={"base": a, "quote": b}).status_code for a, b in ("xz", "yz", "xy", "xz")]

    assert [201, 201, 201, 409] == made
    assert {"base": "y", "quote": "z"} == api.get("/rates?base=y&quote=z").json()
    assert [404] == _statuses(api, "GET", "/rates?base=z&quote=z")
    assert [204, 404] == _statuses(api, "DELETE", *2 * ["/rates?base=y&quote=z"])


def test_beside_a_list_a_patch_and_a_delete_name_one_of_its_items(serve: Serve) -> None:
    api = serve("selectors")
    one, two = (api.post("/edges", json={"source": source, "target": 9}).json() for source in (1, 2))

    assert {**two, "weight": 3} == api.patch("/edges?source=2&target=9", json={"weight": 3}).json()
    assert 404 == api.patch("/edges?source=2&target=8", json={"weight": 3}).status_code
    assert [404, 204, 404] == _statuses(api, "DELETE", "/edges?source=9&target=1", *2 * ["/edges?source=1&target=9"])

    assert one not in api.get("/edges").json()
    assert [{**two, "weight": 3}] == api.get("/edges").json()


@pytest.mark.parametrize("materialize", [False, True])
def test_a_put_makes_the_item_that_the_query_names_by_two_ids(serve: Serve, materialize: bool) -> None:
    api = serve("selectors", materialize=materialize)
    of = [f"/membership?user_id={user}&group_id={group}" for user, group in ((1, 5), (2, 5), (1, 6))]

    for url in of:
        assert {"role": url} == api.put(url, json={"role": url}).json()

    assert [{"role": url} for url in of] == [api.get(url).json() for url in of]
    assert {"role": "x"} == api.put(of[1], json={"role": "x"}).json()
    assert [204] == _statuses(api, "DELETE", of[0])
    assert [{"role": "x"}, {"role": of[2]}] == [api.get(url).json() for url in of[1:]]


def test_what_no_reply_shows_names_the_item_if_its_create_has_it(serve: Serve) -> None:
    api = serve("selectors")
    one, two = (api.post("/account", json={"handle": handle, "bio": handle * 2}).json() for handle in "ab")

    assert [{"id": 1, "bio": "aa"}, {"id": 2, "bio": "bb"}] == [one, two]
    assert [one, two] == [api.get(f"/account?handle={handle}").json() for handle in "ab"]
    assert [204, 404] == _statuses(api, "DELETE", *2 * ["/account?handle=a"])
    assert [404, 200] == _statuses(api, "GET", "/account?handle=a", "/account?handle=b")


def test_the_query_of_a_create_names_the_new_item(serve: Serve) -> None:
    api = serve("selectors")

    for session in "ab":
        assert {"text": session} == api.post(f"/cart?session_id={session}", json={"text": session}).json()

    assert [{"text": "a"}, {"text": "b"}] == [api.get(f"/cart?session_id={session}").json() for session in "ab"]
    assert [204, 404] == _statuses(api, "DELETE", *2 * ["/cart?session_id=a"])
    assert [404, 200, 404] == _statuses(api, "GET", *(f"/cart?session_id={session}" for session in "abc"))


def test_a_query_names_an_item_below_a_path_parameter(serve: Serve) -> None:
    api, one = serve("selectors"), {"holder": "ada", "kind": "gold"}
    api.post("/orgs/acme/badge", json={**one, "text": "a"})
    api.post("/orgs/other/badge", json={**one, "text": "b"})

    assert {**one, "text": "c"} == api.put("/orgs/acme/badge?holder=ada&kind=gold", json={**one, "text": "c"}).json()
    assert ["c", "b"] == [
        api.get(f"/orgs/{org}/badge?holder=ada&kind=gold").json()["text"] for org in ("acme", "other")
    ]
    assert 404 == api.put("/orgs/acme/badge?holder=bob&kind=gold", json={**one, "text": "c"}).status_code


def test_any_properties_name_an_item_that_is_made_up(serve: Serve) -> None:
    api = serve("selectors", materialize=True)

    one, two = (api.get(f"/links?from={each}&to=z").json() for each in "xy")

    assert [("x", "z"), ("y", "z")] == [(each["from"], each["to"]) for each in (one, two)]
    assert [one, two] == [api.get(f"/links?from={each}&to=z").json() for each in "xy"]


def test_a_second_create_of_a_single_item_is_the_documented_conflict(serve: Serve) -> None:
    api = serve("selectors")

    assert [201, 409] == [api.post("/reminder", json={"text": text}).status_code for text in "ab"]
    assert "a" == api.get("/reminder").json()["text"]
    assert [204, 201] == [api.delete("/reminder").status_code, api.post("/reminder", json={"text": "c"}).status_code]


def test_a_single_item_that_was_made_up_gives_way_to_what_a_client_creates(serve: Serve) -> None:
    api = serve("selectors", materialize=True)

    assert [200, 201, 409] == [
        api.get("/reminder").status_code,
        *(api.post("/reminder", json={"text": text}).status_code for text in "ab"),
    ]
    assert "a" == api.get("/reminder").json()["text"]
