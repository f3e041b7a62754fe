"""The check sends each operation to where its servers say, relative to the address that is checked."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

import mockserver
from contracts.model.documented_methods import methods_at
from contracts.runner.in_process import check_app, load_contract
from mockserver.openapi.server_paths import relocated
from tests.contracts.things import document

OWN = "/upload/v2"


class OnlyBelowOwnServers:
    """A service that has `/things` below `/v1`, and its POST only below the server of its own."""

    def __init__(self, app: Any) -> None:
        self.app, self.sent = app, set[tuple[str, str]]()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path, is_create = scope["path"], scope["method"] == "POST"
        if path.endswith("/things"):
            self.sent.add((scope["method"], path.removesuffix("/things")))
        if is_create != path.startswith(OWN):
            scope = {**scope, "path": "/none", "raw_path": b"/none"}
        await self.app(scope, receive, send)


def test_an_operation_with_an_own_server_is_checked_there(tmp_path: Path) -> None:
    written = document(servers=[{"url": "https://api.test/v1"}])
    written["paths"]["/things"]["post"]["servers"] = [{"url": f"https://upload.test{OWN}"}]
    file = tmp_path / "api.json"
    file.write_text(json.dumps(written))
    service = OnlyBelowOwnServers(mockserver.create_app(file, seed=1))

    result = check_app(service, load_contract(file), mode="quick")

    assert [] == [(found.expected, found.seen) for found in result.findings if found.verdict == "failure"]
    assert {OWN} == {base for method, base in service.sent if method == "POST"}
    assert {"/v1"} == {base for method, base in service.sent if method == "GET"}


class RecordedService:
    """A service that notes the method and the path of each request."""

    def __init__(self, app: Any) -> None:
        self.app, self.sent = app, set[tuple[str, str]]()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            self.sent.add((scope["method"], scope["path"]))
        await self.app(scope, receive, send)


def test_the_operations_of_a_path_with_an_own_server_are_checked_there(tmp_path: Path) -> None:
    written = document(servers=[{"url": "https://api.test/v1"}])
    written["paths"]["/things"]["servers"] = [{"url": f"https://things.test{OWN}"}]
    file = tmp_path / "api.json"
    file.write_text(json.dumps(written))
    service = RecordedService(mockserver.create_app(file, seed=1))

    result = check_app(service, load_contract(file), mode="quick")

    assert [] == [(found.expected, found.seen) for found in result.findings if found.verdict == "failure"]
    assert {OWN} == {path.removesuffix("/things") for _, path in service.sent if path.endswith("/things")}
    assert {"/v1"} == {path.partition("/things/")[0] for _, path in service.sent if "/things/" in path}


class TwoServers:
    """A service of two apps: one for the server of the document, one for that of a single operation."""

    def __init__(self, folder: Path, own: str) -> None:
        written = document(servers=[{"url": "/v1"}])
        whole, apart = deepcopy(written), deepcopy(written) | {"servers": [{"url": OWN}]}
        apart["paths"] = {"/things": {own: written["paths"]["/things"][own]}}
        whole["paths"]["/things"][own]["servers"] = [{"url": OWN}]
        del written["paths"]["/things"][own]
        for part, value in (("apart", apart), ("rest", written), ("whole", whole)):
            (folder / f"{part}.json").write_text(json.dumps(value))
        self.apart, self.rest = (mockserver.create_app(folder / f"{each}.json", seed=1) for each in ("apart", "rest"))
        self.document, self.sent = folder / "whole.json", set[tuple[str, str]]()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            self.sent.add((scope["method"], scope["path"]))
        await (self.apart if scope.get("path", "").startswith(OWN) else self.rest)(scope, receive, send)


@pytest.mark.parametrize("own", ["get", "post"])
def test_errors_are_asked_for_at_the_server_of_the_operation(tmp_path: Path, own: str) -> None:
    service = TwoServers(tmp_path, own)

    result = check_app(service, load_contract(service.document), only=["method-not-allowed", "unknown-path"])

    assert [] == [(found.expected, found.seen) for found in result.findings if found.verdict == "failure"]
    place = {"get": OWN, "post": "/v1"}[own]
    assert [f"{place}/things"] == [path for method, path in service.sent if method == "PATCH" and path[-1] == "s"]
    assert {place} == {path.partition("/things")[0] for _, path in service.sent if "unheard" in path}


def test_methods_of_one_path_may_have_different_servers(tmp_path: Path) -> None:
    """`Allow` at one server lists its methods, and not those that are at another one."""
    written = document(servers=[{"url": "/v1"}])
    written["paths"]["/things"]["post"]["servers"] = [{"url": OWN}]
    file = tmp_path / "api.json"
    file.write_text(json.dumps(written))
    contract = load_contract(file)

    assert {"POST"} == methods_at(contract, f"http://a.test{OWN}/things", "http://a.test/v1")
    assert {"GET"} == methods_at(contract, "http://a.test/v1/things", "http://a.test/v1")
    assert {"GET", "POST"} == methods_at(contract, "/things")

    result = check_app(mockserver.create_app(file, seed=1), contract, mode="quick", only=["allow_header_conformance"])

    assert [] == [found.seen for found in result.findings]


def test_an_address_that_does_not_end_with_the_servers_path_is_where_everything_is() -> None:
    assert "http://a.test/x/upload" == relocated("http://a.test/x/v1", "/v1", "/upload")
    assert "http://a.test/x/upload" == relocated("http://a.test/x", "", "/upload")
    assert "http://a.test/x" == relocated("http://a.test/x", "/v1", "/upload")
