"""Makes accounts for a check: by the operation that lets anybody register, and the one that logs in."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlencode

from contracts.cleanup.created_items import CreatedItems
from contracts.client.authentication import is_basic, user_with_secret
from contracts.client.request_bodies import MARK, RequestBodies
from contracts.client.request_builder import CannotBuildRequest, RequestBuilder
from contracts.client.target import ANONYMOUS, Exhausted, NoResponse, ReadOnly, Target, Unreachable, User
from contracts.client.transport import ReceivedResponse
from contracts.client.users import is_loopback
from contracts.model.registration import FORM, Login, Registration, is_open, logins, registrations
from contracts.model.resources import ResourceOperation
from contracts.runner.settings import CheckSettings
from contracts.runner.shared import SharedState
from mockserver.contract import Contract
from mockserver.inference.operations.account_names import LOGIN_NAME

TOKEN = re.compile(r"(?i)(access|auth|session|bearer|id|api|jwt|user|refresh)?[_-]?(token|jwt|key)")
"""The name of a property that has the credential of a user, the likeliest is `access_token` or `token`."""

SECRET = re.compile(r"(?i)password|passwd|pwd|pass_?phrase|^pass$")
"""A field for the password, or for the same once more."""

PASSWORDS = ("Contract-check-9-{}", "Cc9!{}", "Aa1{}")
"""Passwords that most rules allow, with a random part; the first that the document allows is used."""


@dataclass(frozen=True, slots=True)
class MadeAccount:
    """An account that a check made, its user, and the name by which a reader finds it."""

    user: User
    name: str
    operation: str


def with_accounts(settings: CheckSettings, *, are_given: bool) -> tuple[CheckSettings, tuple[MadeAccount, ...]]:
    """The settings with users whose accounts were made just now, so that two users can be compared.

    One is made where one credential was given, and two where none was (`are_given`) and the service wants one. Only a
    service on this machine gets accounts by itself: elsewhere they are not asked for.
    """
    known = {each.secret for each in settings.users} if are_given else set[str]()
    is_ours = settings.url is not None and is_loopback(settings.url) and not settings.read_only
    if not is_ours or len(known) > 1 or next(registrations(settings.contract), None) is None:
        return settings, ()
    with settings.target() as target:
        if not are_given and not _is_refused(settings.contract, target):
            return settings, ()
        names = ("first account", "second account")[len(known) :]
        found = [make_account(settings.contract, target, name) for name in names]
    made = tuple(each for each in found if each is not None)
    users = (*(settings.users if are_given else ()), *(each.user for each in made))
    return (replace(settings, users=users), made) if made else (settings, ())


def _is_refused(contract: Contract, target: Target) -> bool:
    """Does the service refuse the first user where a credential is needed?"""
    builder = RequestBuilder(SharedState(contract, 0), CreatedItems())
    user = next(iter(target.users), ANONYMOUS)
    for operation in contract.document.operations:
        if operation.method == "get" and not is_open(operation) and "{" not in operation.path:
            try:
                return target.send(builder.request(operation, user=user), user).status in (401, 403)
            except (CannotBuildRequest, NoResponse, Exhausted, Unreachable):
                return False
    return False


def make_account(contract: Contract, target: Target, name: str) -> MadeAccount | None:
    """Register a user called `name` in reports, and log in. None if the document shows no way, or it does not work."""
    maker = _AccountMaker(contract, target, name)
    try:
        made = (maker.made(register, [*logins(contract)]) for register in registrations(contract))
        return next((each for each in made if each is not None), None)
    except (CannotBuildRequest, NoResponse, ReadOnly, Exhausted, Unreachable):
        return None


class _AccountMaker:
    def __init__(self, contract: Contract, target: Target, name: str) -> None:
        self.contract, self.target, self.name = contract, target, name
        self.bodies = RequestBodies(contract)
        self.builder = RequestBuilder(SharedState(contract, 0), CreatedItems())

    def made(self, register: Registration, login: Sequence[Login]) -> MadeAccount | None:
        """Register, and take the credential from the response, or else from that of the login."""
        mark = f"{MARK}-{secrets.token_hex(4)}"
        for form in PASSWORDS:
            password = form.format(secrets.token_hex(6))
            body = self._registration(register, mark, password)
            response = self._sent(register.op, body) if body is not None else None
            if body is None or response is None or response.status >= 300:
                continue
            found = self._credential(response) or self._logged_in(register, login, body, password)
            user = user_with_secret(self.contract, self.name, found) if found else None
            account = str(body[register.names[0]])
            return MadeAccount(user, account, register.op.name) if user is not None else None
        return None

    def _registration(self, register: Registration, mark: str, password: str) -> dict[str, Any] | None:
        """A valid body with the names of a new account and its password; None if none is valid."""
        body = self.bodies.minimal(register.op, "account")
        if body is None:
            return None
        fields = self.bodies.properties(register.op)
        wanted = [name for name in fields if LOGIN_NAME.fullmatch(name) and name in body] or register.names[:1]
        for field in fields:
            if SECRET.search(field):
                body[field] = password
            elif field in wanted:
                texts = _names(field, str(body.get(field, "")), mark)
                body[field] = next((t for t in texts if self.bodies.accepts(register.op, body | {field: t})), texts[0])
        return body if self.bodies.accepts(register.op, body) else None

    def _logged_in(
        self, register: Registration, ways: Sequence[Login], body: Mapping[str, Any], password: str
    ) -> str | None:
        """The credential that a login gives; name and password where the document has HTTP Basic authentication."""
        known = [str(body[each]) for each in register.names if each in body]
        for login in ways:
            for name in dict.fromkeys([*(str(body[n]) for n in (login.name,) if n in body), *known]):
                response = self._sent(login.op, self._filled(login, name, password), login.media_type)
                if response.status < 300 and (found := self._credential(response)):
                    return found
        has_basic = any(map(is_basic, self.contract.document.security_schemes.values()))
        return f"{known[0]}:{password}" if has_basic and known else None

    def _filled(self, login: Login, name: str, password: str) -> dict[str, Any]:
        given = {login.name: name, login.password: password}
        if login.media_type == FORM:
            return {"grant_type": "password", **given}
        return (self.bodies.minimal(login.op, "account") or {}) | given

    def _sent(self, op: ResourceOperation, body: Mapping[str, Any], media_type: str = "") -> ReceivedResponse:
        content: Any = urlencode(body).encode() if media_type == FORM else body
        request = self.builder.request(op.operation, user=ANONYMOUS, body=content, media_type=media_type)
        return self.target.send_with_response(request)[1]

    def _credential(self, response: ReceivedResponse) -> str | None:
        """The token in the body of a response, or the cookie that a security scheme names."""
        schemes = self.contract.document.security_schemes.values()
        named = {each.parameter for each in schemes if each.type == "apiKey" and each.location == "cookie"}
        for header, value in response.headers:
            if header.lower() == "set-cookie":
                try:
                    cookies = SimpleCookie(value)
                except CookieError:
                    continue
                found = next((cookies[each].value for each in named if each in cookies), None)
                if found:
                    return found
        try:
            body = json.loads(response.body)
        except ValueError:
            return None
        return min(_tokens(body), key=lambda each: each[0], default=(0, None))[1]


def _names(field: str, present: str, mark: str) -> list[str]:
    """Names that no other account has, the likeliest to be valid first."""
    if "mail" in field.lower() or "@" in present:
        return [f"{mark}@example.com"]
    if "phone" in field.lower():
        return [f"+4930{int(mark.rpartition('-')[2], 16) % 10**8:08}"]
    letters = mark.replace("-", "")
    return [mark, letters, letters[-12:], letters[-8:]]


def _tokens(value: Any, depth: int = 0) -> Iterator[tuple[int, str]]:
    """The texts in a response that may be a credential, each with its rank: an access token comes before others."""
    if not isinstance(value, dict) or depth > 2:
        return
    for name, inner in value.items():
        if isinstance(inner, str) and inner and TOKEN.fullmatch(name):
            is_other = any(each in name.lower() for each in ("refresh", "id", "key"))
            yield depth + 3 * is_other, inner
        yield from _tokens(inner, depth + 1)
