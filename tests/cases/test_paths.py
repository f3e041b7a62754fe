"""Cases about paths: what is equivalent by RFC 3986 section 6.2.2 is the same."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import pytest

import mockserver
from tests.cases.conftest import DOCUMENTS, Serve


async def answer(raw: bytes, document: str = "paths") -> tuple[int, bytes]:
    """Status and body for a path exactly as sent: an HTTP client would normalize it."""
    sent: list[Any] = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": raw.decode("latin-1"), "raw_path": raw, "query_string": b"", "headers": [(b"host", b"sandbox")],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2),
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await mockserver.create_app(DOCUMENTS / f"{document}.yaml", seed=1)(scope, receive, send)
    return sent[0]["status"], sent[1]["body"]


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("/v1/foo:cancel", "cancel"), ("/v1/foo%3Acancel", "cancel"), ("/v1/foo%3acancel", "cancel"),
        ("/v1/a:b", "a:b"), ("/v1/a%3ab", "a:b"), ("/v1/%61:b", "a:b"),
        ("/100%25", "percent"), ("/100%", "percent"),
        ("/a%20b/%C3%BC", "space"), ("/a%20b/%c3%bc", "space"),
        ("/x%2Fy", "slash"), ("/x%2fy", "slash"),
        ("/m/1-2-3-4-5-6x", "many"),
    ],
)  # fmt: skip
def test_equivalent_paths_lead_to_one_operation(path: str, operation: str) -> None:
    assert (200, b'{"op":"%b"}' % operation.encode()) == asyncio.run(answer(path.encode()))


@pytest.mark.parametrize("path", ["/x/y", "/v1/foo%253Acancel", "/m/1-2-3-4-5-x", "/m/" + "1-" * 20_000 + "y"])
def test_other_paths_lead_to_none(path: str) -> None:
    assert 404 == asyncio.run(answer(path.encode()))[0]


@pytest.mark.parametrize(
    ("path", "hit"),
    [
        ("/v1/test/test", "concrete"), ("/v1/1/2", "templated"), ("/resource/1/new", "new"),
        ("/contracts/a/items/notes", "notes"), ("/contracts/a/items/20230729", "date"),
    ],
)  # fmt: skip
def test_01_a_concrete_path_wins_over_a_template_before_it(serve: Serve, path: str, hit: str) -> None:
    api = serve("01-path-specificity")

    assert hit == api.get(path).json()["hit"]
    assert 405 == api.delete("/contracts/a/items/notes").status_code


@pytest.mark.parametrize("name", ["a/b", "a b", "a+b", "ü", "x%y", "q?r", "..", "a#b", "a;b=c", "日本"])
def test_41_an_item_is_found_by_any_id(serve: Serve, name: str) -> None:
    api = serve("41-encoded-ids")

    made = api.post("/files", json={"path": name, "size": 1})

    assert f"/files/{quote(name, safe='')}" == made.headers["location"]
    if name != "..":  # this client resolves it (RFC 3986 section 5.2.4)
        assert {"path": name, "size": 1} == api.get(made.headers["location"]).json()
        assert 204 == api.delete(made.headers["location"]).status_code


def test_41_a_plus_in_the_query_is_a_space_and_in_the_path_itself(serve: Serve) -> None:
    api = serve("41-encoded-ids")
    api.post("/files", json={"path": "a+b"})

    assert [{"path": "a+b"}] == api.get("/files?path=a%2Bb").json()
    assert [] == api.get("/files?path=a+b").json()
    assert {"path": "a+b"} == api.get("/files/a+b").json()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/l/.1,2", 200), ("/l/.1.2", 400), ("/le/.1.2", 200), ("/le/.1,2", 400), ("/le/%2E1%2e2", 200),
        ("/lo/.x=1.y=a", 200), ("/lo/.x=b", 400), ("/lp/.5", 200), ("/lp/%2E5", 200), ("/ls/.a.b", 200),
        ("/ls/.a%2Cb", 200), ("/ls/.x;y", 200), ("/ls/.x%3By", 200),
        ("/m/;a=1,2", 200), ("/m/;a=1%2C2", 400), ("/me/;a=1;a=2", 200), ("/me/;a=1;a=x", 400), ("/me/;b=1", 400),
        ("/mo/;x=1;y=2", 200), ("/mo/;y=2", 400), ("/mp/;a=5", 200), ("/mp/;b=5", 400), ("/mm;a=1;b=2", 200),
        ("/s/a,b", 200), ("/s/c%2Cd", 200), ("/s/a,c%2Cd", 200), ("/s/a%2Cb", 400), ("/s/e%2Ff,a", 200),
        ("/s/%ff", 400),
        ("/p/x%2Fy/end", 200), ("/p/x%2fy/end", 200), ("/p/x/y/end", 404), ("/p/x%252Fy/end", 200), ("/p/%zz/end", 400),
        ("/p/a%20b/end", 200), ("/p/a+b/end", 400), ("/p/%/end", 400),
        ("/e/5%2ejson", 200), ("/100%25/x", 200), ("/50%25/x", 200), ("/%6C/.1,2", 200),
    ],
)  # fmt: skip
def test_separators_in_a_path_are_read_as_sent_and_values_decoded(path: str, status: int) -> None:
    assert status == asyncio.run(answer(path.encode(), "path-styles"))[0]


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("/files?op=copy", "copy"),
        ("/files?x=1&op=move", "move"),
        ("/files?op=other", "list"),
        ("/files", "list"),
        ("/buckets/a", "bucket"),
        ("/buckets/a?acl", "acl"),
        ("/buckets/a?acl=&part=1", "part"),
        ("/buckets/a?tags", "tags"),
        ("/find?name=x", "by name"),
        ("/find?id=1", "by id"),
        ("/?Action=Create", "created"),
        ("/?Action=List", "listed"),
    ],
)
def test_operations_are_told_apart_by_what_is_behind_their_path(serve: Serve, path: str, operation: str) -> None:
    assert operation == serve("told-apart").get(path).json()


def test_operations_are_told_apart_by_a_header_that_is_behind_their_path(serve: Serve) -> None:
    api = serve("told-apart")

    assert ["put", "got"] == [api.post("/", headers={"X-Amz-Target": f"S.{name}"}).json() for name in ("Put", "Get")]


def test_a_request_for_none_of_the_operations_of_a_path_is_told_what_there_is(serve: Serve) -> None:
    refused = serve("told-apart").get("/?Action=Drop")

    assert (404, True) == (refused.status_code, "there are: Action=List, Action=Create" in refused.json()["detail"])


def test_a_flag_behind_paths_is_a_parameter_of_collections_and_items(serve: Serve) -> None:
    api = serve("flags-behind-paths")
    flag = {"beta": "true"}

    made, other = (api.post("/v1/agents", params=flag, json={"name": name}).json() for name in "ab")
    path = f"/v1/agents/{made['id']}"

    assert [made, other] == api.get("/v1/agents", params=flag).json()["data"]
    assert made | {"name": "c"} == api.post(path, params=flag, json={"name": "c"}).json()
    assert api.post(f"{path}/archive", params=flag).json()["archived_at"] is not None
    assert api.get(path, params=flag).json()["archived_at"] is not None
    refused = api.get(path)
    assert 400 == refused.status_code
    assert "beta is required" in refused.text
    assert 204 == api.delete(path, params=flag).status_code
    assert 404 == api.get(path, params=flag).status_code
    assert [other] == api.get("/v1/agents", params=flag).json()["data"]


def test_a_flag_tells_apart_what_the_document_has_with_and_without_it(serve: Serve) -> None:
    api = serve("flags-behind-paths")

    assert [True, False] == [api.get("/v1/models", params=each).json()["stable"] for each in ({}, {"beta": "true"})]
    assert "/v1/agents?beta=true" in api.get("/openapi.json").json()["paths"]


def test_a_parameter_that_is_named_behind_a_path_is_one_of_the_item(serve: Serve) -> None:
    api = serve("flags-behind-paths")

    made = api.post("/v1/devices", json={"name": "a"}).json()

    assert made == api.get(f"/v1/devices/{made['id']}", params={"kind": "id"}).json()
    assert 400 == api.get(f"/v1/devices/{made['id']}").status_code
    assert 204 == api.delete(f"/v1/devices/{made['id']}").status_code
    assert 404 == api.get(f"/v1/devices/{made['id']}", params={"kind": "id"}).status_code


def test_a_list_behind_a_path_may_say_what_a_delete_takes_away(serve: Serve) -> None:
    api = serve("flags-behind-paths")
    kept = {"tags": {"a": "1", "b": "2"}}
    api.put("/v1/tags/x", json=kept)

    assert 204 == api.delete("/v1/tags/x", params={"keys": "c"}).status_code
    assert kept == api.get("/v1/tags/x").json()
