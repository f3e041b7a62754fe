"""What a client of OpenID Connect gets from the mock (Core 1.0, Discovery 1.0)."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import mockserver
from tests.client import Client

BACK = "http://localhost:3000/back"
URL = "https://login.test/realms/shop/.well-known/openid-configuration"
ISSUER = "http://sandbox/realms/shop"
OPERATION = {"responses": {"204": {"description": "done"}, "401": {"description": "no"}, "403": {"description": "no"}}}


def written(folder: Path, url: str = URL, paths: dict[str, Any] | None = None) -> Path:
    guarded = {name: {**OPERATION, "security": [{"login": [name]}]} for name in ("read", "write")}
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "/v1"}]}
    document["components"] = {"securitySchemes": {"login": {"type": "openIdConnect", "openIdConnectUrl": url}}}
    document["paths"] = {f"/{name}": {"get": each} for name, each in guarded.items()} | (paths or {})
    (folder / "api.json").write_text(json.dumps(document))
    return folder / "api.json"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Client]:
    with Client(mockserver.create_app(written(tmp_path), seed=1)) as client:
        yield client


def signed_in(api: Client, scope: str, **more: str) -> dict[str, Any]:
    """The reply of the token endpoint after the redirections of a browser."""
    urls = api.get("/realms/shop/.well-known/openid-configuration").json()
    asked = {"response_type": "code", "client_id": "me", "redirect_uri": BACK, "scope": scope, **more}
    back = api.get(urls["authorization_endpoint"], params=asked).headers["location"]
    form = {"grant_type": "authorization_code", "code": parse_qs(urlsplit(back).query)["code"][0]}
    reply = api.post(urls["token_endpoint"], data={**form, "redirect_uri": BACK, "client_id": "me"})
    assert 200 == reply.status_code
    found: dict[str, Any] = reply.json()
    return found


def test_the_discovery_document_names_the_urls_of_this_mock(api: Client) -> None:
    found = api.get("/realms/shop/.well-known/openid-configuration").json()

    assert ISSUER == found["issuer"]
    urls = {name: url for name, url in found.items() if name.endswith(("_endpoint", "_uri"))}
    assert {"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"} == urls.keys()
    assert {True} == {url.startswith(f"{ISSUER}/") for url in urls.values()}
    assert (["code"], ["public"]) == (found["response_types_supported"], found["subject_types_supported"])
    assert {"openid", "read", "write"} <= set(found["scopes_supported"])


def test_the_access_token_is_for_the_scopes_and_tells_who_the_user_is(api: Client) -> None:
    token = signed_in(api, "openid email read")
    headers = {"authorization": f"Bearer {token['access_token']}"}
    found = api.get("/realms/shop/userinfo", headers=headers).json()

    assert [204, 403] == [api.get(f"/v1/{name}", headers=headers).status_code for name in ("read", "write")]
    assert {"sub", "email", "email_verified"} == found.keys()
    assert "id_token" not in signed_in(api, "read")


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer expired"}, {"authorization": "Basic bWU6eA=="}])
def test_userinfo_needs_a_token(api: Client, headers: dict[str, str]) -> None:
    reply = api.get("/realms/shop/userinfo", headers=headers)

    assert (401, True) == (reply.status_code, reply.headers["www-authenticate"].startswith("Bearer"))


def test_the_issuer_may_be_at_the_root_or_named_without_its_metadata(tmp_path: Path) -> None:
    for url, issuer in (("/.well-known/openid-configuration", ""), ("https://login.test/shop/", "/shop")):
        with Client(mockserver.create_app(written(tmp_path, url))) as api:
            found = api.get(f"{issuer}/.well-known/openid-configuration").json()
            keys = api.get(found["jwks_uri"]).json()["keys"]

        assert (f"http://sandbox{issuer}", ["RS256"]) == (found["issuer"], [key["alg"] for key in keys])


def test_an_operation_that_says_who_the_user_is_is_named(tmp_path: Path) -> None:
    paths = {"/userinfo": {"get": {"responses": {"204": {"description": "mine"}}}}}
    with Client(mockserver.create_app(written(tmp_path, paths=paths))) as api:
        found = api.get("/realms/shop/.well-known/openid-configuration").json()

        assert "http://sandbox/v1/userinfo" == found["userinfo_endpoint"]
        assert 204 == api.get(found["userinfo_endpoint"]).status_code


@pytest.mark.parametrize(("method", "path", "allowed"), [
    ("GET", "token", "POST"), ("PUT", "token", "POST"), ("DELETE", "authorize", "GET, HEAD, POST"),
    ("POST", ".well-known/jwks.json", "GET, HEAD"),
])  # fmt: skip
def test_a_wrong_method_is_told_which_are_right(api: Client, method: str, path: str, allowed: str) -> None:
    reply = api.request(method, f"/realms/shop/{path}")

    assert (405, allowed) == (reply.status_code, reply.headers["allow"])


def claims(token: str) -> dict[str, Any]:
    """What a token says."""
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def test_an_identity_token_lasts_as_long_as_is_said(tmp_path: Path) -> None:
    with Client(mockserver.create_app(written(tmp_path))) as api:
        token = signed_in(api, "openid")
        said = claims(token["id_token"])

    assert token["expires_in"] == said["exp"] - said["iat"]
    assert said["iat"] - 60 < time.time() < said["exp"]


def test_an_identity_token_of_a_seeded_mock_is_valid_today(api: Client) -> None:
    assert time.time() < claims(signed_in(api, "openid")["id_token"])["exp"]


def test_the_same_seed_makes_the_same_identity_token(tmp_path: Path) -> None:
    made = []
    for _ in range(2):
        with Client(mockserver.create_app(written(tmp_path), seed=1)) as api:
            made.append(signed_in(api, "openid", nonce="n-1")["id_token"])

    assert made[0] == made[1]
