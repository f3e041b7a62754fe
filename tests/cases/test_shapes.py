"""Shapes of well-known services: records in an object `fields`, queries below the item that others name."""

from __future__ import annotations

from typing import Any

from tests.cases.conftest import Serve
from tests.client import Client

TABLE = "/v0/base/tasks"


def _records(api: Client, url: str = TABLE) -> list[Any]:
    found: list[Any] = api.get(url).json()["records"]
    return found


def test_records_are_found_where_a_path_has_nothing_but_parameters(serve: Serve) -> None:
    api = serve("records")

    made = api.post(TABLE, json={"records": [{"fields": {"n": 1}}, {"fields": {"n": 2}}]}).json()["records"]

    assert [{"n": 1}, {"n": 2}] == [each["fields"] for each in made]
    assert made == _records(api)
    assert made == [api.get(f"{TABLE}/{each['id']}").json() for each in made]
    assert [] == _records(api, "/v0/base/other")
    assert 404 == api.get(f"{TABLE}/{made[0]['id']}x").status_code


def test_one_record_without_the_list_is_created_too(serve: Serve) -> None:
    api = serve("records")

    made = [api.post(TABLE, json={"fields": {"n": n}}).json()["records"] for n in (1, 2)]

    assert [*made[0], *made[1]] == _records(api)


def test_a_patch_keeps_the_fields_that_it_does_not_send(serve: Serve) -> None:
    api = serve("records")
    one, two = api.post(TABLE, json={"records": [{"fields": {"n": n}} for n in (1, 2)]}).json()["records"]

    changed = api.patch(f"{TABLE}/{one['id']}", json={"fields": {"m": 3}}).json()
    several = api.patch(TABLE, json={"records": [{"id": each["id"], "fields": {"k": 4}} for each in (one, two)]})

    assert {"n": 1, "m": 3} == changed["fields"]
    assert [{"n": 1, "m": 3, "k": 4}, {"n": 2, "k": 4}] == [each["fields"] for each in several.json()["records"]]
    assert several.json()["records"] == _records(api)


def test_a_delete_names_records_as_the_list_calls_them(serve: Serve) -> None:
    api = serve("records")
    one, two, three = api.post(TABLE, json={"records": [{"fields": {"n": n}} for n in range(3)]}).json()["records"]

    api.delete(TABLE, params={"records[]": [one["id"], three["id"]]})

    assert [two] == _records(api)


def test_an_offset_that_a_reply_gives_as_a_text_leads_to_the_next_page(serve: Serve) -> None:
    api = serve("records")
    made = api.post(TABLE, json={"records": [{"fields": {"n": n}} for n in range(3)]}).json()["records"]

    first = api.get(TABLE, params={"pageSize": 2}).json()
    second = api.get(TABLE, params={"pageSize": 2, "offset": first["offset"]}).json()

    assert [made[:2], made[2:]] == [first["records"], second["records"]]
    assert "offset" not in second


def test_a_query_below_an_item_lists_those_that_name_it_inside_of_an_object(serve: Serve) -> None:
    api = serve("pages-of-databases")
    tasks, notes = (api.post("/v1/databases", json={"parent": {}}).json()["id"] for _ in range(2))
    made = [
        api.post("/v1/pages", json={"parent": {"database_id": of}, "properties": {"n": n}}).json()
        for n, of in enumerate((tasks, notes, tasks))
    ]

    first = api.post(f"/v1/databases/{tasks}/query", json={"page_size": 1}).json()
    second = api.post(
        f"/v1/databases/{tasks}/query", json={"page_size": 1, "start_cursor": first["next_cursor"]}
    ).json()

    assert ([made[0]], True) == (first["results"], first["has_more"])
    assert ([made[2]], False, None) == (second["results"], second["has_more"], second["next_cursor"])
    assert [made[1]] == api.post(f"/v1/databases/{notes}/query").json()["results"]
    assert 404 == api.post("/v1/databases/other/query", json={}).status_code
    changed = api.patch(f"/v1/pages/{made[1]['id']}", json={"properties": {"m": 5}}).json()
    assert {"n": 1, "m": 5} == changed["properties"]


def test_a_reply_shows_the_item_behind_an_id_where_a_request_asks_for_it(serve: Serve) -> None:
    api = serve("expand")
    ada = api.post("/v1/customers", data={"name": "Ada"}).json()
    made = api.post("/v1/charges", data={"amount": "5", "customer": ada["id"]}).json()
    url = f"/v1/charges/{made['id']}"

    assert ada["id"] == made["customer"] == api.get(url).json()["customer"]
    assert ada == api.get(url, params={"expand[]": "customer"}).json()["customer"]
    assert [ada] == [each["customer"] for each in api.get("/v1/charges?expand[]=data.customer").json()["data"]]
    assert ada == api.post("/v1/charges", data={"customer": ada["id"], "expand[]": "customer"}).json()["customer"]
    assert made == api.get(url, params={"expand[]": "amount"}).json() == api.get(url).json()


def test_an_id_that_no_item_has_stays_an_id(serve: Serve) -> None:
    api = serve("expand")
    made = api.post("/v1/charges", data={"amount": "5", "customer": "cus_1"}).json()

    shown = api.get(f"/v1/charges/{made['id']}", params={"expand[]": "customer"}).json()

    assert "cus_1" == made["customer"] == shown["customer"]
