"""Authlib, a client of OAuth 2.0 and OpenID Connect by other authors, gets its tokens from a mock of the command."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.process import READY, Processes, address
from tests.web.test_oauth_endpoints import BACK, DEVICE, TYPES, VERIFIER, written
from tests.web.test_openid_connect import URL
from tests.web.test_openid_connect import written as openid_document

authlib = pytest.importorskip("authlib.integrations.requests_client", reason="Authlib is not installed")
jose = pytest.importorskip("authlib.jose", reason="Authlib is not installed")
oidc = pytest.importorskip("authlib.oidc.core", reason="Authlib is not installed")


@pytest.fixture
def printed(tmp_path: Path) -> Iterator[list[str]]:
    """What the mock prints at start."""
    document = written(tmp_path, {**TYPES, **DEVICE})
    with Processes() as processes:
        yield processes.start("serve", str(document), "--port", "0", until=READY)[1]


def metadata(printed: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{address(printed)}/.well-known/oauth-authorization-server").json()
    return found


def statuses(session: Any, printed: list[str]) -> list[int]:
    return [session.get(f"{address(printed)}/v1/{name}").status_code for name in ("read", "write")]


def test_a_client_gets_a_token_with_a_code_and_pkce(printed: list[str]) -> None:
    urls = metadata(printed)
    options = {"redirect_uri": BACK, "scope": "read", "code_challenge_method": "S256"}
    with authlib.OAuth2Session("me", "secret", token_endpoint=urls["token_endpoint"], **options) as session:
        url, state = session.create_authorization_url(urls["authorization_endpoint"], code_verifier=VERIFIER)
        back = httpx.get(url).headers["location"]
        session.fetch_token(authorization_response=back, code_verifier=VERIFIER, state=state)
        first = statuses(session, printed)
        session.refresh_token()

        assert [204, 403] == first == statuses(session, printed)
        with pytest.raises(Exception, match="invalid_grant"):
            session.fetch_token(authorization_response=back, code_verifier=VERIFIER[::-1], state=state)


def test_a_device_gets_a_token(printed: list[str]) -> None:
    urls = metadata(printed)
    codes = httpx.post(urls["device_authorization_endpoint"], data={"client_id": "tv", "scope": "write"}).json()
    with authlib.OAuth2Session("tv", token_endpoint_auth_method="none") as session:
        grant = "urn:ietf:params:oauth:grant-type:device_code"
        with pytest.raises(Exception, match="authorization_pending"):
            session.fetch_token(urls["token_endpoint"], grant_type=grant, device_code=codes["device_code"])
        time.sleep(codes["interval"])
        session.fetch_token(urls["token_endpoint"], grant_type=grant, device_code=codes["device_code"])

        assert [403, 204] == statuses(session, printed)


def test_the_urls_are_printed_at_start(printed: list[str]) -> None:
    root = address(printed)
    (line,) = [line for line in printed if line.startswith("#   OAuth:")]

    assert f"#   OAuth: token {root}/oauth/token, authorization {root}/authorize, device {root}/device" == line


def test_a_client_verifies_who_the_user_is(tmp_path: Path) -> None:
    """The identity token is signed by the key of the issuer, for the client and its nonce."""
    with Processes() as processes:
        started = processes.start("serve", str(openid_document(tmp_path)), "--port", "0", "--seed", "1", until=READY)[1]
        urls = httpx.get(f"{address(started)}{urlsplit(URL).path}").json()
        options = {"redirect_uri": BACK, "scope": "openid profile", "code_challenge_method": "S256"}
        with authlib.OAuth2Session("me", token_endpoint_auth_method="none", **options) as session:
            where = urls["authorization_endpoint"]
            url, state = session.create_authorization_url(where, code_verifier=VERIFIER, nonce="n-1")
            back = httpx.get(url).headers["location"]
            given = {"authorization_response": back, "code_verifier": VERIFIER, "state": state}
            token = session.fetch_token(urls["token_endpoint"], **given)
            user = session.get(urls["userinfo_endpoint"]).json()
        keys = jose.JsonWebKey.import_key_set(httpx.get(urls["jwks_uri"]).json())

    wanted = {"iss": {"essential": True, "value": urls["issuer"]}, "aud": {"essential": True, "value": "me"}}
    claims = jose.jwt.decode(token["id_token"], keys, claims_options=wanted, claims_cls=oidc.CodeIDToken)
    claims.params = {"nonce": "n-1", "client_id": "me"}
    claims.validate()
    assert (user["sub"], user["name"]) == (claims["sub"], claims["name"])
    with pytest.raises(jose.errors.BadSignatureError):
        jose.jwt.decode(token["id_token"][:-8] + "AAAAAAAA", keys)
