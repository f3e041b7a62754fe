"""The URLs of OAuth 2.0 flows (RFC 6749, 7636, 8414 and 8628)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

import mockserver
from tests.client import Client

FLOW = {"tokenUrl": "https://login.test/oauth/token", "scopes": {"read": "Read.", "write": "Write."}}
PLACE = "https://login.test/authorize"
TYPES = {"clientCredentials": FLOW, "authorizationCode": {**FLOW, "authorizationUrl": PLACE}}
IMPLICIT = {"implicit": {"authorizationUrl": PLACE, "scopes": FLOW["scopes"]}}
DEVICE = {"deviceAuthorization": {**FLOW, "deviceAuthorizationUrl": "https://login.test/device"}}
BACK = "http://localhost:3000/back?tab=1"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # of the verifier of RFC 7636 appendix B
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
S256 = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
ASKED = {"response_type": "code", "client_id": "me", "redirect_uri": BACK, "state": "a b"}
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
    ({"grant_type": "authorization_code"}, "invalid_request"),
    ({"grant_type": "authorization_code", "code": "expired-1"}, "invalid_grant"),
])  # fmt: skip
def test_a_wrong_request_for_a_token_is_refused(api: Client, sent: dict[str, str], error: str) -> None:
    reply = api.post("/oauth/token", data=sent)

    assert (400, error) == (reply.status_code, reply.json()["error"])


@pytest.mark.parametrize(("url", "path"), [("/login", "/login"), ("login", "/v1/login"), ("../login?x=1", "/login")])
def test_a_relative_url_starts_from_the_server(tmp_path: Path, url: str, path: str) -> None:
    flows = {"clientCredentials": {**FLOW, "tokenUrl": url}}
    with Client(mockserver.create_app(written(tmp_path, flows))) as api:
        assert 200 == api.post(path, data={"grant_type": "client_credentials"}).status_code
        wrong = api.get(path)
        assert (405, "POST") == (wrong.status_code, wrong.headers["allow"])


def test_an_operation_at_that_path_is_answered_as_the_document_says(tmp_path: Path) -> None:
    flows = {"clientCredentials": {**FLOW, "tokenUrl": "/v1/token"}}
    paths = {"/token": {"post": {"responses": {"202": {"description": "taken"}}}}}
    with Client(mockserver.create_app(written(tmp_path, flows, paths))) as api:
        assert 202 == api.post("/v1/token", data={"grant_type": "client_credentials"}).status_code


def returned(reply: httpx.Response, separator: str = "query") -> dict[str, str]:
    """What a redirection brings back to the client."""
    assert 302 == reply.status_code
    where = urlsplit(reply.headers["location"])
    assert ("localhost:3000", "/back") == (where.netloc, where.path)
    return dict(parse_qsl(getattr(where, separator)))


def redeemed(api: Client, asked: dict[str, str], **more: str) -> httpx.Response:
    code = returned(api.get("/authorize", params={**ASKED, **asked}))["code"]
    return api.post("/oauth/token", data={"grant_type": "authorization_code", "code": code, **more})


def test_a_code_is_for_the_scopes_that_were_asked_for(api: Client) -> None:
    token = redeemed(api, {"scope": "read"}, redirect_uri=BACK, client_id="me").json()
    again = api.post("/oauth/token", data={"grant_type": "refresh_token", "refresh_token": token["refresh_token"]})

    assert {"tab": "1", "state": "a b"}.items() <= returned(api.get("/authorize", params=ASKED)).items()
    assert "read" == token["scope"] == again.json()["scope"]
    assert [204, 403] == statuses(api, token["access_token"]) == statuses(api, again.json()["access_token"])


@pytest.mark.parametrize(("asked", "sent", "status"), [
    ({}, {"redirect_uri": BACK}, 200),
    ({}, {}, 400),
    ({}, {"redirect_uri": "http://localhost:3000/other"}, 400),
    ({}, {"redirect_uri": BACK, "client_id": "another"}, 400),
    (S256, {"redirect_uri": BACK, "code_verifier": VERIFIER}, 200),
    (S256, {"redirect_uri": BACK, "code_verifier": "x" * 43}, 400),
    (S256, {"redirect_uri": BACK}, 400),
    ({"code_challenge": VERIFIER}, {"redirect_uri": BACK, "code_verifier": VERIFIER}, 200),
    ({"code_challenge": VERIFIER}, {"redirect_uri": BACK, "code_verifier": CHALLENGE}, 400),
])  # fmt: skip
def test_only_the_client_that_asked_for_a_code_redeems_it(
    api: Client, asked: dict[str, str], sent: dict[str, str], status: int
) -> None:
    reply = redeemed(api, asked, **sent)

    assert (status, "invalid_grant" if status == 400 else None) == (reply.status_code, reply.json().get("error"))


@pytest.mark.parametrize(("asked", "error"), [
    ({"response_type": "token"}, "unsupported_response_type"), ({"response_type": ""}, "invalid_request"),
    ({"scope": "all"}, "invalid_scope"), ({"code_challenge": "short"}, "invalid_request"),
    ({"code_challenge": CHALLENGE, "code_challenge_method": "S512"}, "invalid_request"),
])  # fmt: skip
def test_a_wrong_request_for_a_code_is_told_to_the_client(api: Client, asked: dict[str, str], error: str) -> None:
    place = "fragment" if asked.get("response_type") == "token" else "query"
    brought = returned(api.get("/authorize", params={**ASKED, **asked}), place)

    assert (error, "a b") == (brought["error"], brought["state"])
    assert "code" not in brought


@pytest.mark.parametrize("wrong", [{"client_id": ""}, {"redirect_uri": ""}, {"redirect_uri": "/back"}])
def test_a_request_that_names_no_client_is_not_redirected(api: Client, wrong: dict[str, str]) -> None:
    reply = api.get("/authorize", params={**ASKED, **wrong})

    assert (400, "invalid_request") == (reply.status_code, reply.json()["error"])


def test_a_token_of_the_implicit_flow_is_in_the_fragment(tmp_path: Path) -> None:
    with Client(mockserver.create_app(written(tmp_path, IMPLICIT))) as api:
        brought = returned(api.get("/authorize", params={**ASKED, "response_type": "token"}), "fragment")

        assert ("Bearer", "a b") == (brought["token_type"], brought["state"])
        assert [204, 204] == statuses(api, brought["access_token"])


def test_the_codes_of_a_device_are_for_its_scopes(tmp_path: Path) -> None:
    with Client(mockserver.create_app(written(tmp_path, DEVICE))) as api:
        codes = api.post("/device", data={"client_id": "tv", "scope": "write"}).json()
        grant = "urn:ietf:params:oauth:grant-type:device_code"
        form = {"grant_type": grant, "device_code": codes["device_code"], "client_id": "tv"}
        early = api.post("/oauth/token", data=form)
        time.sleep(codes["interval"])
        token = api.post("/oauth/token", data=form).json()

        assert (400, "authorization_pending") == (early.status_code, early.json()["error"])
        assert codes["verification_uri_complete"] == f"http://sandbox/device?user_code={codes['user_code']}"
        assert 200 == api.get(codes["verification_uri_complete"]).status_code
        assert [403, 204] == statuses(api, token["access_token"])
        assert 400 == api.post("/device", data={}).status_code
        assert 400 == api.post("/oauth/token", data={**form, "client_id": "another"}).status_code


def test_the_metadata_names_the_urls_of_this_mock(tmp_path: Path) -> None:
    path = written(tmp_path, {**TYPES, **DEVICE})
    document = json.loads(path.read_text()) | {"openapi": "3.2.0"}
    scheme = document["components"]["securitySchemes"]["login"]
    scheme["oauth2MetadataUrl"] = "https://login.test/.well-known/oauth-authorization-server/shop"
    path.write_text(json.dumps(document))
    with Client(mockserver.create_app(path)) as api:
        metadata = api.get("/.well-known/oauth-authorization-server/shop").json()

    assert "http://sandbox/shop" == metadata["issuer"]
    assert "http://sandbox/oauth/token" == metadata["token_endpoint"]
    assert "http://sandbox/authorize" == metadata["authorization_endpoint"]
    assert "http://sandbox/device" == metadata["device_authorization_endpoint"]
    assert (["code"], ["read", "write"]) == (metadata["response_types_supported"], metadata["scopes_supported"])


def test_metadata_is_at_the_usual_place_where_the_document_names_none(api: Client) -> None:
    metadata = api.get("/.well-known/oauth-authorization-server").json()

    assert ("http://sandbox", "http://sandbox/oauth/token") == (metadata["issuer"], metadata["token_endpoint"])


@pytest.mark.parametrize(("secret", "status"), [("right", 200), ("revoked", 401)])
def test_the_secret_of_a_client_may_be_in_the_header(api: Client, secret: str, status: int) -> None:
    form = {"grant_type": "client_credentials"}
    reply = api.post("/oauth/token", data=form, auth=httpx.BasicAuth("me", secret))

    assert (status, status == 401) == (reply.status_code, "www-authenticate" in reply.headers)
