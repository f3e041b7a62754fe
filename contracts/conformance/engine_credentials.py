"""The configuration of Schemathesis' authentication."""

from __future__ import annotations

from typing import Any

from contracts.client.authentication import authorization, is_basic
from contracts.client.target import User
from mockserver.contract import Contract


def auth_settings(contract: Contract, user: User) -> dict[str, Any]:
    """The credential as Schemathesis settings, so that its security checks can omit it; other headers as they are."""
    headers = {name.lower(): value for name, value in user.headers}
    shown = {"header": headers, "query": dict(user.query), "cookie": dict(user.cookies)}
    schemes: dict[str, Any] = {}
    used: set[str] = set()
    for scheme in contract.document.security_schemes.values() if user.secret else ():
        name = scheme.parameter.lower() if scheme.location == "header" else scheme.parameter
        if scheme.type == "http" and scheme.scheme == "bearer":
            if headers.get("authorization", "").partition(" ")[2] == user.secret:
                schemes[scheme.name] = {"bearer": user.secret}
                used.add("authorization")
        elif is_basic(scheme):
            if headers.get("authorization") == authorization(scheme, user.secret):
                username, _, password = user.secret.partition(":")
                schemes[scheme.name] = {"username": username, "password": password}
                used.add("authorization")
        elif scheme.type == "apiKey" and shown.get(scheme.location, headers).get(name) == user.secret:
            schemes[scheme.name] = {"api_key": user.secret}
            used.add(name)
    headers = {name: value for name, value in headers.items() if name not in used}
    cookies = "; ".join(f"{name}={value}" for name, value in user.cookies if name not in used)
    if cookies:
        headers["cookie"] = cookies
    return {**({"auth": {"openapi": schemes}} if schemes else {}), **({"headers": headers} if headers else {})}
