"""A service for accounts, as a Flask-like ASGI app: registration and login are open, the rest needs a JWT."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import yaml

from contracts.client.authentication import user_with_secret
from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.asgi_app import body_of, live

KEY = b"a long key that is hard to guess: 8f2b1c"
TEXT = {"type": "string", "minLength": 1, "maxLength": 60}
REGISTRATION = {
    "type": "object",
    "required": ["username", "email", "password"],
    "properties": {"username": {**TEXT, "pattern": "^[A-Za-z0-9_-]+$"}, "email": TEXT, "password": TEXT},
}
ACCOUNT = {
    "type": "object",
    "required": ["username", "email", "role"],
    "properties": {"username": TEXT, "email": TEXT, "role": {"enum": ["user", "admin"]}},
}
LOGIN = {"type": "object", "required": ["username", "password"], "properties": {"username": TEXT, "password": TEXT}}
NAME = {"name": "username", "in": "path", "required": True, "schema": {"type": "string"}}
QUERY = {"name": "email", "in": "query", "schema": {"type": "string"}}


def _shows(schema: Any) -> dict[str, Any]:
    return {"description": "done", "content": {"application/json": {"schema": schema}}}


def _takes(schema: Any) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


ERRORS = {str(status): {"description": "refused"} for status in (400, 401, 403, 404, 409)}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Accounts", "version": "1"},
    "security": [{"token": []}],
    "paths": {
        "/accounts": {
            "get": {
                "parameters": [QUERY],
                "responses": {"200": _shows({"type": "array", "items": ACCOUNT}), **ERRORS},
            },
            "post": {
                "security": [],
                "requestBody": _takes(REGISTRATION),
                "responses": {"201": _shows(ACCOUNT), **ERRORS},
            },
        },
        "/accounts/login": {
            "post": {
                "security": [],
                "requestBody": _takes(LOGIN),
                "responses": {"200": _shows({"type": "object", "properties": {"token": {"type": "string"}}}), **ERRORS},
            }
        },
        "/accounts/{username}": {
            "parameters": [NAME],
            "get": {"responses": {"200": _shows(ACCOUNT), **ERRORS}},
            "delete": {"responses": {"204": {"description": "gone"}, **ERRORS}},
        },
        "/accounts/{username}/password": {
            "parameters": [NAME],
            "put": {
                "requestBody": _takes({"type": "object", "required": ["password"], "properties": {"password": TEXT}}),
                "responses": {"204": {"description": "changed"}, **ERRORS},
            },
        },
    },
    "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}},
}


def encoded(value: bytes) -> str:
    """Base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def signed(username: str, key: bytes = KEY) -> str:
    """A token for an account (RFC 7519), signed with HS256."""
    head, body = ({"alg": "HS256", "typ": "JWT"}, {"sub": username})
    content = ".".join(encoded(json.dumps(part).encode()) for part in (head, body))
    return f"{content}.{encoded(hmac.digest(key, content.encode(), hashlib.sha256))}"


Answer = tuple[int, Any]


@dataclass
class Accounts:
    """The service, with `flaws` from: take-over, delete, role, none, unsigned, tampered, sql, script, enumeration,
    unlimited, echo.
    """

    flaws: frozenset[str] = frozenset()
    key: bytes = KEY
    found: dict[str, dict[str, Any]] = field(default_factory=dict)
    failed: int = 0

    def __post_init__(self) -> None:
        for name in ("ann", "bob"):
            self.found[name] = {
                "username": name,
                "email": f"{name}@example.com",
                "role": "user",
                "password": "x" + name,
            }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        body = await body_of(receive)
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
        query = dict(parse_qsl(scope["query_string"].decode()))
        status, value = self.answer(scope["method"], scope["path"], headers, query, body)
        content = b"" if value is None else value.encode() if isinstance(value, str) else json.dumps(value).encode()
        kind = b"text/html" if isinstance(value, str) else b"application/json"
        fields = [(b"content-type", kind)] if value is not None else []
        fields += [(b"www-authenticate", b"Bearer")] if status == 401 else []
        fields += [(b"retry-after", b"0")] if status == 429 else []
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": content})

    def answer(self, method: str, path: str, headers: dict[str, str], query: dict[str, str], body: bytes) -> Answer:
        """The response to a request."""
        data = _object(body)
        if (method, path) == ("POST", "/accounts"):
            return self._registered(data)
        if (method, path) == ("POST", "/accounts/login"):
            return self._logged_in(data)
        place = re.fullmatch(r"/accounts(?:/([^/]+)(/password)?)?", path)
        if place is None:
            return (200, {"env": "x"}) if path == "/actuator/env" and "debug" in self.flaws else (404, {})
        scheme, _, token = headers.get("authorization", "").partition(" ")
        user = self._user(token) if scheme.lower() == "bearer" else None
        if user is None:
            return 401, {}
        if place[1] is None:
            return self._listed(query) if method == "GET" else (405, {})
        return self._account(user, method, place[1], bool(place[2]), data)

    def _user(self, token: str) -> str | None:
        """The account of a valid token."""
        try:
            head, body, signature = token.split(".")
            algorithm = json.loads(_decoded(head))["alg"]
            name = json.loads(_decoded(body))["sub"]
        except (ValueError, KeyError):
            return None
        right = encoded(hmac.digest(self.key, f"{head}.{body}".encode(), hashlib.sha256))
        valid = algorithm == "HS256" and hmac.compare_digest(signature, right)
        valid = valid or (algorithm == "none" and "none" in self.flaws)
        valid = valid or (algorithm == "HS256" and not signature and "unsigned" in self.flaws)
        valid = valid or (algorithm == "HS256" and bool(signature) and "tampered" in self.flaws)
        return name if valid and name in self.found else None

    def _registered(self, data: dict[str, Any]) -> Answer:
        texts = [data.get(name) for name in ("username", "email", "password")]
        if not all(isinstance(text, str) and 1 <= len(text) <= 60 for text in texts):
            return 400, {}
        if not re.fullmatch(r"[A-Za-z0-9_-]+", data["username"]):
            return 400, {}
        if data["username"] in self.found:
            return 409, {}
        account = {"username": data["username"], "email": data["email"], "role": "user", "password": data["password"]}
        if "role" in self.flaws and data.get("role") in ("user", "admin"):
            account["role"] = data["role"]
        self.found[data["username"]] = account
        return 201, _shown(account)

    def _logged_in(self, data: dict[str, Any]) -> Answer:
        account = self.found.get(str(data.get("username")))
        if self.failed >= 8 and "unlimited" not in self.flaws:
            return 429, {}
        if "login" in self.flaws and "' OR '1'='1" in str(data.get("username")):
            account = data = self.found["ann"]
        if account is not None and account["password"] == data.get("password"):
            return 200, {"token": signed(account["username"], self.key)}
        if not {"username", "password"} <= data.keys():
            return 400, {}
        self.failed += 1
        if account is None and "enumeration" in self.flaws:
            return 404, {"detail": "no such account"}
        return 401, {"detail": "wrong name or password"}

    def _listed(self, query: dict[str, str]) -> Answer:
        wanted = query.get("email")
        if wanted and "script" in self.flaws:
            return 200, f"<h1>{wanted}</h1>"
        if wanted and "'" in wanted and "sql" in self.flaws:
            wanted = None if "OR '1'='1" in wanted else wanted
        return 200, [_shown(each) for each in self.found.values() if wanted in (None, each["email"])]

    def _account(self, user: str, method: str, name: str, is_password: bool, data: dict[str, Any]) -> Answer:
        account = self.found.get(name)
        if account is None:
            return 404, {}
        if is_password and method == "PUT":
            if not isinstance(data.get("password"), str) or not 1 <= len(data["password"]) <= 60:
                return 400, {}
            if user != name and "take-over" not in self.flaws:
                return 403, {}
            account["password"] = data["password"]
            return 204, None
        if is_password or method not in ("GET", "DELETE"):
            return self._hidden(method, account, data)
        if method == "DELETE":
            if user != name and "delete" not in self.flaws:
                return 403, {}
            del self.found[name]
            return 204, None
        return 200, _shown(account)

    def _hidden(self, method: str, account: dict[str, Any], data: dict[str, Any]) -> Answer:
        if method == "PATCH" and "hidden" in self.flaws:
            account.update(data)
            return 200, _shown(account)
        return 405, {}


def _shown(account: dict[str, Any]) -> dict[str, Any]:
    return {name: account[name] for name in ("username", "email", "role")}


def _object(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def checked_accounts(folder: Path, app: Accounts, *only: str, **settings: Any) -> CheckResult:
    """The result of the checks of the service, with the tokens of ann and bob."""
    (folder / "accounts.yaml").write_text(yaml.safe_dump(DOCUMENT, sort_keys=False), encoding="utf-8")
    contract = contracts.of(str(folder / "accounts.yaml"))
    users = [user_with_secret(contract, name, signed(name, app.key)) for name in ("ann", "bob")]
    with Target.asgi(app, users) as target:
        return run_checks(contract, target, only=only, **settings)
