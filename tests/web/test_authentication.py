"""Security requirements: each kind of scheme, all schemes of a requirement, and any of several requirements."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.web.document import answers, document, served

OAUTH = {"authorizationCode": {"authorizationUrl": "https://id.example.com/a", "tokenUrl": "https://id.example.com/t",
                               "scopes": {"read": "Read", "write": "Write"}}}  # fmt: skip
SCHEMES = {
    "basic": {"type": "http", "scheme": "Basic"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "digest": {"type": "http", "scheme": "digest"},
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "session"},
    "oauth": {"type": "oauth2", "flows": OAUTH},
    "openid": {"type": "openIdConnect", "openIdConnectUrl": "https://id.example.com/.well-known/openid-configuration"},
}


def encoded(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def token(**claims: Any) -> str:
    """An unsigned JSON Web Token (RFC 7519 section 6)."""
    parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
    return ".".join([base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts]) + ".signature"


GOOD: dict[str, dict[str, Any]] = {
    "basic": {"headers": {"Authorization": f"Basic {encoded('ada:secret')}"}},
    "bearer": {"headers": {"Authorization": "bearer  abc"}},
    "digest": {"headers": {"Authorization": 'Digest username="ada"'}},
    "header": {"headers": {"x-key": "abc"}},
    "query": {"params": {"key": "abc"}},
    "cookie": {"headers": {"Cookie": 'theme={"dark":1}; session="abc"; x=y'}},
    "oauth": {"headers": {"Authorization": "Bearer abc"}},
    "openid": {"headers": {"Authorization": "Bearer abc"}},
}

BAD: list[tuple[str, dict[str, Any]]] = [
    *((scheme, {}) for scheme in SCHEMES),
    ("basic", {"headers": {"Authorization": "Basic not*base64"}}),
    ("basic", {"headers": {"Authorization": f"Basic {encoded('no colon')}"}}),
    ("basic", {"headers": {"Authorization": f"Basic {encoded(':')}"}}),
    ("basic", GOOD["bearer"]),
    ("bearer", GOOD["basic"]),
    ("bearer", {"headers": {"Authorization": "Bearer "}}),
    ("bearer", {"headers": {"Authorization": "abc"}}),
    ("bearer", GOOD["query"]),
    ("digest", GOOD["basic"]),
    ("header", {"headers": {"X-Key": ""}}),
    ("header", {"params": {"X-Key": "abc"}}),
    ("query", {"headers": {"key": "abc"}}),
    ("query", {"params": {"key": ""}}),
    ("cookie", {"headers": {"session": "abc"}}),
    ("oauth", GOOD["basic"]),
    ("openid", {"params": {"access_token": "abc"}}),
]


Security = list[dict[str, list[str]]]


def ask(folder: Path, security: Security, request: dict[str, Any], *, everywhere: Security | None = None) -> Any:
    """The reply to a request for an operation with these security requirements; the document has others."""
    operation = {"security": security, "responses": answers({"const": "in"})}
    rest = {"security": everywhere} if everywhere is not None else {}
    written = document({"/in": {"get": operation}}, components={"securitySchemes": SCHEMES}, **rest)
    with Client(served(folder, written)) as client:
        return client.get("/in", **request)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_credential_of_the_scheme_is_accepted(tmp_path: Path, scheme: str) -> None:
    assert 200 == ask(tmp_path, [{scheme: []}], GOOD[scheme]).status_code


@pytest.mark.parametrize(("scheme", "request_"), BAD)
def test_without_a_credential_the_challenge_names_the_scheme(
    tmp_path: Path, scheme: str, request_: dict[str, Any]
) -> None:
    response = ask(tmp_path, [{scheme: []}], request_)

    expected = {"basic": "Basic", "digest": "Digest", "header": "APIKey", "query": "APIKey", "cookie": "APIKey"}.get(
        scheme, "Bearer"
    )
    assert 401 == response.status_code
    assert expected == response.headers["www-authenticate"].partition(" ")[0]


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("bearer", {"headers": {"Authorization": "Bearer an-expired-token"}}),
    ("oauth", {"headers": {"Authorization": "Bearer REVOKED"}}),
    ("basic", {"headers": {"Authorization": f"Basic {encoded('ada:invalid')}"}}),
    ("header", {"headers": {"X-Key": "invalid"}}),
    ("query", {"params": {"key": "SOME-INVALID-VALUE"}}),
    ("cookie", {"headers": {"Cookie": "session=expired"}}),
]


@pytest.mark.parametrize(("scheme", "request_"), REFUSED)
def test_a_credential_with_the_word_invalid_expired_or_revoked_is_refused(
    tmp_path: Path, scheme: str, request_: dict[str, Any]
) -> None:
    """So that a client can test how it handles a 401."""
    response = ask(tmp_path, [{scheme: []}], request_)

    assert 401 == response.status_code
    assert "not valid" in response.json()["detail"]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ((), 401),
        (("header",), 401),
        (("query",), 401),
        (("header", "query"), 200),
        (("cookie",), 200),
        (("bearer",), 401),
    ],
)
def test_all_of_one_requirement_or_any_of_several(tmp_path: Path, given: tuple[str, ...], status: int) -> None:
    request: dict[str, Any] = {"headers": {}, "params": {}}
    for scheme in given:
        for part, values in GOOD[scheme].items():
            request[part] |= values

    assert status == ask(tmp_path, [{"header": [], "query": []}, {"cookie": []}], request).status_code


def test_an_empty_requirement_makes_the_others_optional(tmp_path: Path) -> None:
    for request in ({}, GOOD["bearer"], GOOD["basic"]):
        assert 200 == ask(tmp_path, [{"bearer": []}, {}], request).status_code


def test_an_operation_may_be_public_in_a_document_that_is_not(tmp_path: Path) -> None:
    assert 200 == ask(tmp_path, [], {}, everywhere=[{"bearer": []}]).status_code


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"scope": "read write"}, 200), ({"scp": ["read", "write"]}, 200), ({"sub": "ada"}, 200),
        ({"scope": "read"}, 403), ({"scp": []}, 403),
    ],
)  # fmt: skip
def test_a_token_whose_claims_lack_a_scope_is_forbidden(tmp_path: Path, claims: dict[str, Any], status: int) -> None:
    request = {"headers": {"Authorization": f"Bearer {token(**claims)}"}}

    response = ask(tmp_path, [{"oauth": ["read", "write"]}], request)

    assert status == response.status_code
    if status == 403:
        assert 'error="insufficient_scope"' in response.headers["www-authenticate"]
        assert "write" in response.json()["detail"]


def test_another_requirement_is_enough_when_a_scope_is_missing(tmp_path: Path) -> None:
    request = {"headers": {"Authorization": f"Bearer {token(scope='read')}", "X-Key": "abc"}}

    assert 200 == ask(tmp_path, [{"oauth": ["write"]}, {"header": []}], request).status_code


@pytest.mark.parametrize(
    ("security", "words"),
    [
        ([{"bearer": []}], "send Authorization: Bearer CREDENTIAL (bearer); "),
        ([{"basic": []}], "send Authorization: Basic CREDENTIAL (basic); "),
        ([{"header": []}], "send X-Key: CREDENTIAL (header); "),
        ([{"query": []}, {"cookie": []}], "send ?key=CREDENTIAL (query), or Cookie: session=CREDENTIAL (cookie); "),
        ([{"header": [], "oauth": []}], "send X-Key: CREDENTIAL (header) and Authorization: Bearer CREDENTIAL (oauth)"),
    ],
)
def test_a_401_names_the_scheme_the_header_and_where_the_credential_is(
    tmp_path: Path, security: list[Any], words: str
) -> None:
    detail = ask(tmp_path, security, {}).json()["detail"]

    assert detail.startswith(f"A credential is required: {words}")
    assert detail.endswith("mockserver serve prints one at start")


@pytest.mark.parametrize("most", [10, 300])
def test_a_401_says_no_more_than_its_schema_has_room_for(tmp_path: Path, most: int) -> None:
    error = {
        "type": "object",
        "required": ["message"],
        "properties": {"message": {"type": "string", "maxLength": most}},
    }
    responses = answers({"type": "string"}) | answers(error, status="401")
    written = document(
        {"/a": {"get": {"responses": responses, "security": [{"bearer": []}]}}}, components={"securitySchemes": SCHEMES}
    )
    with Client(served(tmp_path, written)) as client:
        reply = client.get("/a")

    assert 401 == reply.status_code
    assert len(reply.json()["message"]) <= most
    assert ("(bearer)" in reply.json()["message"]) == (most == 300)
