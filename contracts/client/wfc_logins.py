"""Users of a Web Fuzzing Commons authentication file: with fixed headers, or with a login for a token or cookies.

EvoMaster and Schemathesis read the same files. There are two ways to write a token, and both are supported:
`extractFromField`, `httpHeaderName`, `headerPrefix`; and `extractFrom`, `extractSelector`, `sendIn`, `sendName`,
`sendTemplate`. The password of a login is only sent to its endpoint.

A user may also have a `role`, a `tenant`, and `fixtures`: ids of items that exist, by the name of their resource.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import msgspec
import yaml
from schemathesis.wfc.auth import AuthenticationInfo, Header, LoginEndpoint
from schemathesis.wfc.errors import WFCError
from schemathesis.wfc.loader import load_from_dict
from schemathesis.wfc.payloads import format_login_payload
from schemathesis.wfc.tokens import extract_token_from_body, extract_token_from_header, format_token

from contracts.client.bounded_connection import tls_context, untrusted
from contracts.client.secret_masking import secrets_of
from contracts.client.transport import USER_AGENT
from contracts.client.user import User
from mockserver.errors import MockServerError

WAIT = 30.0
"""The longest time in seconds to wait for a login."""


class LoginError(MockServerError):
    """The file is invalid, or a user cannot log in. The text names file and user, and never a secret."""


def logged_in(path: Path, url: str | None, *, verify: bool = True) -> Iterator[User]:
    """The users of the file. Users with a login endpoint log in to the service at `url` now.

    Without `verify`, any certificate is accepted. Raises LoginError or UnreadableAuthorities.
    """
    for entry, own in _entries(path):
        place = f"{path.name}: user {entry.name!r}"
        if entry.login_endpoint_auth is None:
            user = _by_headers(entry)
        elif url is None and entry.login_endpoint_auth.external_endpoint_url is None:
            raise LoginError(f"{place}: a login endpoint needs --url, because the built-in mock has none")
        else:
            reply = _asked(entry.login_endpoint_auth, url or "", place, verify)
            user = _by_login(entry.name, entry.login_endpoint_auth, reply, place)
        yield replace(user, role=own.role, tenant=own.tenant, fixtures=tuple(own.fixtures.items()))


class _OwnKeys(msgspec.Struct, forbid_unknown_fields=True):
    """The keys of a user that Web Fuzzing Commons does not have."""

    role: str = ""
    tenant: str = ""
    fixtures: dict[str, tuple[str | int, ...]] = {}


def _entries(path: Path) -> list[tuple[AuthenticationInfo, _OwnKeys]]:
    try:
        read = yaml.safe_load(path.read_text("utf-8"))
        if not isinstance(read, dict):
            raise LoginError(f"{path.name}: expected an object with the key `auth`")
        own = _own_keys(read, path.name)
        return list(zip(load_from_dict(_newer(read)), own, strict=True))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        raise LoginError(f"cannot read {path.name}: {type(fault).__name__}") from None
    except WFCError as fault:
        raise LoginError(f"{path.name}: {fault}") from None


def _own_keys(read: dict[str, Any], file: str) -> list[_OwnKeys]:
    """Take our own keys out of the users of a file. `fixtures` of the file are those of all its users.

    Raises LoginError.
    """
    shared, found = read.pop("fixtures", None) or {}, []
    users = read.get("auth")
    for entry in users if isinstance(users, list) else ():
        keys = _OwnKeys.__struct_fields__ if isinstance(entry, dict) else ()
        known = {key: entry.pop(key) for key in keys if key in entry}
        try:
            own = msgspec.convert({"fixtures": shared, **known}, _OwnKeys)
        except msgspec.ValidationError as fault:
            name = entry.get("name", "") if isinstance(entry, dict) else ""
            raise LoginError(f"{file}: user {name!r}: {fault}; write fixtures as {{pet: [1, 2]}}") from None
        found.append(own)
    return found


def _newer(node: Any) -> Any:
    """The content with tokens in the newer form."""
    if isinstance(node, list):
        return [_newer(entry) for entry in node]
    if not isinstance(node, Mapping):
        return node
    return {
        key: _token(value) if key == "token" and isinstance(value, Mapping) else _newer(value)
        for key, value in node.items()
    }


def _token(written: Mapping[str, Any]) -> dict[str, Any]:
    if "extractFromField" not in written:
        return dict(written)
    return {
        "extractFrom": "body",
        "extractSelector": written["extractFromField"],
        "sendIn": "header",
        "sendName": written.get("httpHeaderName", "Authorization"),
        "sendTemplate": f"{written.get('headerPrefix', '')}{{token}}",
    }


def _pairs(headers: list[Header]) -> tuple[tuple[str, str], ...]:
    return tuple((header.name, header.value.strip()) for header in headers)


def _by_headers(entry: AuthenticationInfo) -> User:
    headers = _pairs(entry.fixed_headers)
    first, *others = secrets_of(headers) or ("",)
    return User(entry.name, headers, secret=first, other_secrets=tuple(others))


def _by_login(name: str, login: LoginEndpoint, reply: httpx.Response, place: str) -> User:
    if login.token is None:
        cookies = tuple(reply.cookies.items())
        if not cookies:
            raise LoginError(f"{place}: the login returned {reply.status_code} without a cookie")
        first, *others = [value for _, value in cookies]
        return User(name, cookies=cookies, secret=first, other_secrets=tuple(others))
    token = login.token
    try:
        found = (
            extract_token_from_body(reply.json(), token.extract_selector)
            if token.extract_from == "body"
            else extract_token_from_header(reply.headers, token.extract_selector)
        )
    except (WFCError, ValueError):
        raise LoginError(f"{place}: the login response has no token at {token.extract_selector}") from None
    sent = ((token.send_name, format_token(found, token.send_template)),)
    return User(name, sent if token.send_in == "header" else (), sent if token.send_in == "query" else (), secret=found)


def _asked(login: LoginEndpoint, url: str, place: str, verify: bool) -> httpx.Response:
    """The response of the login endpoint; its path starts at the root of the service. Raises LoginError."""
    address = login.external_endpoint_url or urljoin(url, "/" + (login.endpoint or "").lstrip("/"))
    media_type = login.content_type or "application/json"
    headers = {"content-type": media_type, "user-agent": USER_AGENT, **dict(_pairs(login.headers))}
    options: dict[str, Any] = {"timeout": WAIT, "trust_env": False, "verify": tls_context(verify=verify)}
    try:
        body, further = format_login_payload(login)
        reply = httpx.request(login.verb, address, content=body, headers={**headers, **further}, **options)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as fault:
        told = untrusted(address, fault) or f"the login at {address} failed: {type(fault).__name__}"
        raise LoginError(f"{place}: {told}") from None
    if reply.status_code >= (400 if login.token is None else 300):
        raise LoginError(f"{place}: the login at {address} returned {reply.status_code}")
    return reply
