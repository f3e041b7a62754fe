"""The servers of a document, of a path and of an operation say below which paths the mock answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mockserver.cli.startup_banner import lines
from tests.client import Client
from tests.web.document import answers, document, served

ROW = answers({"type": "array", "items": {"type": "string"}})
VERSIONS = {"url": "https://{region}.test/{version}", "variables": {
    "region": {"default": "eu", "enum": ["eu", "us"]}, "version": {"default": "v1", "enum": ["v1", "v2"]},
}}  # fmt: skip


def statuses(folder: Path, written: Any, *targets: str) -> list[int]:
    with Client(served(folder, written)) as client:
        return [client.get(target).status_code for target in targets]


def test_each_server_and_each_value_of_a_variable_is_a_prefix(tmp_path: Path) -> None:
    servers = [VERSIONS, {"url": "https://sandbox.test/sandbox/"}, {"url": "/{unknown}/x"}]
    written = document({"/a": {"get": {"responses": ROW}}}, servers=servers)

    assert [200, 200, 200] == statuses(tmp_path, written, "/v1/a", "/v2/a", "/sandbox/a")
    assert [404, 404, 404] == statuses(tmp_path, written, "/a", "/v3/a", "/%7Bunknown%7D/x/a")


def test_an_operation_with_own_servers_is_below_them_and_below_those_of_the_document(tmp_path: Path) -> None:
    item = {
        "servers": [{"url": "https://upload.test/upload/v1"}],
        "get": {"responses": ROW},
        "put": {"servers": [{"url": "/fast"}], "responses": ROW},
    }
    written = document({"/a": item, "/b": {"get": {"responses": ROW}}}, servers=[{"url": "/v1"}])

    assert [200, 200, 405, 404] == statuses(tmp_path, written, "/upload/v1/a", "/v1/a", "/fast/a", "/upload/v1/b")


def test_what_is_created_below_one_server_is_there_below_the_other(tmp_path: Path) -> None:
    thing = {"type": "object", "required": ["id", "name"], "properties": {
        "id": {"type": "string", "readOnly": True}, "name": {"type": "string"}}}  # fmt: skip
    body = {"required": True, "content": {"application/json": {"schema": thing}}}
    paths = {
        "/things": {"post": {"servers": [{"url": "/upload"}], "requestBody": body, "responses": answers(thing, "201")}},
        "/things/{id}": {"get": {"responses": answers(thing) | answers({}, "404")}},
    }
    with Client(served(tmp_path, document(paths, servers=[{"url": "/v1"}, {"url": "/v2"}]))) as client:
        made = client.post("/upload/things", json={"name": "x"})
        first = client.get("/_mock/services").json()[0]["curl"]
        row = client.get("/_mock/operations").json()[0]

        assert [made.json()] * 2 == [client.get(f"/{v}/things/{made.json()['id']}").json() for v in ("v1", "v2")]
        assert "/upload/things" in first
        assert "/upload/things" == row["path"]


@pytest.mark.parametrize("servers", [[{"url": "/v1"}, {"url": "/"}], [{"url": "/v1"}, {"url": "https://a.test"}]])
def test_a_further_server_at_the_root_never_hides_the_pages_of_the_mock(tmp_path: Path, servers: Any) -> None:
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in "ab"]
    catching = document({"/{a}/{b}": {"get": {"parameters": parameters, "responses": ROW}}}, servers=servers)
    plain = document({"/a": {"get": {"responses": ROW}}}, servers=servers)

    with Client(served(tmp_path, catching)) as client:
        assert "3.1.0" == client.get("/test/openapi.json").json()["openapi"]
        assert [200, 404] == [client.get(path).status_code for path in ("/v1/x/y", "/x/y")]
    assert [200, 200] == statuses(tmp_path, plain, "/v1/a", "/a")


def test_an_override_is_found_below_each_server(tmp_path: Path) -> None:
    written = document({"/a": {"get": {"responses": ROW}}}, servers=[{"url": "/v1"}, {"url": "/v2"}])
    override = {"when": {"method": "GET", "path": "/a"}, "then": {"status": 503}, "invalid": True}
    with Client(served(tmp_path, written)) as client:
        added = client.post("/_mock/overrides", json=override)

        assert [201, 503, 503] == [added.status_code, *(client.get(f"/{v}/a").status_code for v in ("v1", "v2"))]


def test_the_404_says_what_paths_begin_with(tmp_path: Path) -> None:
    written = document({"/a": {"get": {"responses": ROW}}}, servers=[{"url": "/v1"}, {"url": "/v2"}])
    with Client(served(tmp_path, written)) as client:
        assert "paths begin with /v1" in client.get("/a").text
        assert "there is no path /b" in client.get("/v2/b").text


def test_the_banner_names_the_other_servers_and_not_too_many(tmp_path: Path) -> None:
    paths = {f"/{n}": {"get": {"servers": [{"url": f"/own/{n}"}], "responses": ROW}} for n in range(9)}
    written = document(paths, servers=[{"url": f"/v{n}"} for n in range(9)])

    said = [line for line in lines(served(tmp_path, written), "http://mock", None, 0) if line.startswith("#   ")]

    assert [
        "#   also at: http://mock/v1, http://mock/v2, http://mock/v3 and more",
        *(f"#   GET /{n} also at: http://mock/own/{n}" for n in range(3)),
        "#   6 more servers of operations; /_mock/operations has the paths",
    ] == said
