"""OAuth 2.0 tokens at the paths of `tokenUrl` (RFC 6749 section 5)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mockserver
from tests.client import Client

FLOW = {"tokenUrl": "https://login.test/oauth/token", "scopes": {"read": "Read.", "write": "Write."}}
TYPES = {"clientCredentials": FLOW, "authorizationCode": {**FLOW, "authorizationUrl": "https://login.test/authorize"}}
OPERATION = {"responses": {"204": {"description": "done"}, "401": {"description": "no"}, "403": {"description": "no"}}}


def written(folder: Path, flows: dict[str, Any], paths: dict[str, Any] | None = None) -> Path:
    guarded = {name: {**OPERATION, "security": [{"login": [name]}]} for name in ("read", "write")}
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/v1"}]}
    document["components"] = {"securitySchemes": {"login": {"type": "oauth2", "flows": flows}}}
    document["paths"] = {f"/{name}": {"get": each} for name, each in guarded.items()} | (paths or {})
    (folder / "api.json").write_text(json.dumps(document))
    return folder / "api.json"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Client]:
    with Client(mockserver.create_app(written(tmp_path, TYPES))) as client:
        yield client


def statuses(api: Client, token: str) -> list[int]:
    headers = {"authorization": f"Bearer {token}"}
    return [api.get(path, headers=headers).status_code for path in ("/v1/read", "/v1/write")]


@pytest.mark.parametrize("more", [{}, {"scope": "read write"}, {"client_id": "me", "client_secret": "x"}])
def test_a_client_gets_the_printed_token(api: Client, more: dict[str, str]) -> None:
    reply = api.post("/oauth/token", data={"grant_type": "client_credentials", **more})

    assert (200, "no-store") == (reply.status_code, reply.headers["cache-control"])
    usual = {"access_token": "sandbox", "token_type": "Bearer", "expires_in": 3600}
    assert usual == {name: value for name, value in reply.json().items() if name != "scope"}
    assert [204, 204] == statuses(api, reply.json()["access_token"])


def test_a_token_for_some_scopes_lacks_the_others(api: Client) -> None:
    reply = api.post("/oauth/token", data={"grant_type": "client_credentials", "scope": "read"})

    assert "read" == reply.json()["scope"]
    assert [204, 403] == statuses(api, reply.json()["access_token"])


def test_a_code_gives_a_token_and_one_to_refresh_it(api: Client) -> None:
    first = api.post("/oauth/token", data={"grant_type": "authorization_code", "code": "x"}).json()
    second = api.post("/oauth/token", data={"grant_type": "refresh_token", "refresh_token": first["refresh_token"]})

    assert [204, 204] == statuses(api, first["access_token"]) == statuses(api, second.json()["access_token"])


@pytest.mark.parametrize(("sent", "error"), [
    ({}, "invalid_request"), ({"grant_type": "password"}, "unsupported_grant_type"),
    ({"grant_type": "client_credentials", "scope": "read all"}, "invalid_scope"),
])  # fmt: skip
def test_a_wrong_request_for_a_token_is_refused(api: Client, sent: dict[str, str], error: str) -> None:
    reply = api.post("/oauth/token", data=sent)

    assert (400, error) == (reply.status_code, reply.json()["error"])


@pytest.mark.parametrize(("url", "path"), [("/login", "/login"), ("login", "/v1/login"), ("../login?x=1", "/login")])
def test_a_relative_url_starts_from_the_server(tmp_path: Path, url: str, path: str) -> None:
    flows = {"clientCredentials": {**FLOW, "tokenUrl": url}}
    with Client(mockserver.create_app(written(tmp_path, flows))) as api:
        assert 200 == api.post(path, data={"grant_type": "client_credentials"}).status_code
        assert 404 == api.get(path).status_code


def test_an_operation_at_that_path_is_answered_as_the_document_says(tmp_path: Path) -> None:
    flows = {"clientCredentials": {**FLOW, "tokenUrl": "/v1/token"}}
    paths = {"/token": {"post": {"responses": {"202": {"description": "taken"}}}}}
    with Client(mockserver.create_app(written(tmp_path, flows, paths))) as api:
        assert 202 == api.post("/v1/token", data={"grant_type": "client_credentials"}).status_code
