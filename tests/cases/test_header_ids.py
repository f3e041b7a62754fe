"""Headers that name an item, and headers that say whose data a request is about."""

from __future__ import annotations

from tests.cases.conftest import Serve
from tests.client import Client


def _named(id: str) -> dict[str, str]:
    return {"X-Device-Id": id}


def _texts(api: Client, path: str, header: str, value: str) -> list[str]:
    return [each["text"] for each in api.get(path, headers={header: value}).json()]


def test_a_header_names_one_of_several_items(serve: Serve) -> None:
    api = serve("header-ids")
    one, two = (api.post("/device", json={"name": name}).json() for name in "ab")

    assert one["id"] != two["id"]
    assert [one, two] == [api.get("/device", headers=_named(each["id"])).json() for each in (one, two)]
    changed = api.put("/device", json={"name": "c"}, headers=_named(one["id"]))
    assert (200, {**one, "name": "c"}) == (changed.status_code, changed.json())
    assert 204 == api.delete("/device", headers=_named(one["id"])).status_code
    assert 404 == api.get("/device", headers=_named(one["id"])).status_code
    assert two == api.get("/device", headers=_named(two["id"])).json()
    assert 400 == api.get("/device").status_code


def test_a_header_that_every_operation_requires_separates_tenants(serve: Serve) -> None:
    api = serve("header-ids")
    for workspace in ("acme", "globex"):
        api.post("/notes", json={"text": workspace}, headers={"X-Workspace-Id": workspace})
    api.post("/notes", json={"text": "second"}, headers={"X-Workspace-Id": "acme"})

    assert ["acme", "second"] == _texts(api, "/notes", "X-Workspace-Id", "acme")
    assert ["globex"] == _texts(api, "/notes", "X-Workspace-Id", "globex")
    assert [200, 404] == [
        api.get("/notes/2", headers={"X-Workspace-Id": each}).status_code for each in ("acme", "globex")
    ]


def test_a_header_about_the_request_separates_nothing(serve: Serve) -> None:
    api = serve("header-ids")
    for number in "12":
        api.post("/tasks", json={"text": number}, headers={"X-Request-Id": number})

    assert ["1", "2"] == _texts(api, "/tasks", "X-Request-Id", "3")
