"""The configuration of Schemathesis' authentication."""

from __future__ import annotations

import base64
from typing import Any

from contracts.client.authentication import is_basic
from contracts.client.target import User
from contracts.client.transport import USER_AGENT
from mockserver.contract import Contract
from mockserver.openapi.document import SecurityScheme

BEARER = ("oauth2", "openIdConnect")
"""Types of security schemes whose credentials are bearer tokens (RFC 6750). Schemathesis cannot send them itself."""


def auth_settings(contract: Contract, user: User) -> dict[str, Any]:
    """The credential as Schemathesis settings, so that it chooses and omits it; other headers as they are."""
    known = contract.document.security_schemes
    sent = [(each, known[each.scheme]) for each in user.schemes]
    schemes = {each.scheme: found for each, scheme in sent if (found := _setting(scheme, user.secret, each.value))}
    used = {(each.location, each.name.lower()) for each in user.schemes if each.scheme in schemes}
    headers = {name.lower(): value for name, value in user.headers if ("header", name.lower()) not in used}
    cookies = "; ".join(f"{name}={value}" for name, value in user.cookies if ("cookie", name.lower()) not in used)
    if cookies:
        headers["cookie"] = cookies
    headers.setdefault("user-agent", USER_AGENT)
    return {**({"auth": {"openapi": schemes}} if schemes else {}), "headers": headers}


def can_omit(contract: Contract, user: User) -> bool:
    """Can Schemathesis leave out each credential? Not one in a form of no security scheme, such as `token X`."""
    fixed = auth_settings(contract, user)["headers"].values()
    return not any(secret and secret in value for secret in (user.secret, *user.other_secrets) for value in fixed)


def _setting(scheme: SecurityScheme, secret: str, value: str) -> dict[str, str]:
    """How Schemathesis sends the secret, which is in `value`, by a scheme; empty if it cannot."""
    if scheme.type == "apiKey":
        return {"api_key": secret}
    if is_basic(scheme):
        if not value.startswith("Basic "):
            return {}
        username, _, password = base64.b64decode(value.partition(" ")[2]).decode().partition(":")
        return {"username": username, "password": password}
    is_bearer = scheme.type in BEARER or (scheme.type == "http" and scheme.scheme == "bearer")
    return {"bearer": secret} if is_bearer else {}


def with_bearer_schemes(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the schemes of BEARER as HTTP bearer authentication."""
    components = document.get("components") or {}
    written = components.get("securitySchemes") or {}
    changed = {
        name: {"type": "http", "scheme": "bearer"}
        for name, scheme in written.items()
        if isinstance(scheme, dict) and scheme.get("type") in BEARER
    }
    if not changed:
        return document
    return {**document, "components": {**components, "securitySchemes": {**written, **changed}}}
