"""Authlib, a client of OAuth 2.0 by other authors, gets its tokens from a mock that the command started."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.process import READY, Processes, address
from tests.web.test_oauth_endpoints import BACK, DEVICE, TYPES, VERIFIER, written

authlib = pytest.importorskip("authlib.integrations.requests_client", reason="Authlib is not installed")


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
        session.fetch_token(urls["token_endpoint"], grant_type=grant, device_code=codes["device_code"])

        assert [403, 204] == statuses(session, printed)


def test_the_urls_are_printed_at_start(printed: list[str]) -> None:
    root = address(printed)
    (line,) = [line for line in printed if line.startswith("#   OAuth:")]

    assert f"#   OAuth: token {root}/oauth/token, authorization {root}/authorize, device {root}/device" == line
