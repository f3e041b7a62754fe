"""Finds how a service wants a credential that its document sends in `Authorization` without a scheme."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from contracts.cleanup.created_items import CreatedItems
from contracts.client.request_builder import CannotBuildRequest, RequestBuilder
from contracts.client.target import Exhausted, NoResponse, Target, Unreachable, User
from contracts.model.finding import RecordedExchange
from contracts.runner.settings import CheckSettings
from contracts.runner.shared import SharedState
from mockserver.contract import Contract
from mockserver.openapi import path_template
from mockserver.openapi.document import Operation

SCHEMES = ("Bearer", "Token")
"""What services put before a token: RFC 6750, and Django REST framework."""

NO_TOKEN = frozenset({"basic", "digest", "negotiate", "ntlm"})
"""Schemes that take something else than a token."""

MOST_OPERATIONS = 4


def with_token_scheme(settings: CheckSettings) -> tuple[CheckSettings, tuple[str, ...]]:
    """The settings with users whose credential is sent with a scheme, where the service accepts it only so.

    Many documents have an `apiKey` in the header `Authorization` and mean `Bearer TOKEN` (OpenAPI 3.1 section 4.8.27
    has the scheme `bearer` for that). A credential that is accepted as it is stays so. Returns a sentence for each user
    that is changed, too.
    """
    if settings.url is None or not any(map(_is_bare, settings.users)):
        return settings, ()
    users, said = list[User](), list[str]()
    with settings.target() as target:
        for user in settings.users:
            scheme = _scheme_of(settings.contract, target, user) if _is_bare(user) else ""
            users.append(_with_scheme(user, scheme) if scheme else user)
            if scheme:
                said.append(
                    f"{user.name}: sent as `Authorization: {scheme} …`, because it is refused without `{scheme}`"
                )
    return replace(settings, users=tuple(users)), tuple(said)


def _is_bare(user: User) -> bool:
    """Is the secret all that a header `Authorization` of the user has?"""
    return " " not in user.secret and any(
        name.lower() == "authorization" and value == user.secret for name, value in user.headers
    )


def _with_scheme(user: User, scheme: str) -> User:
    def written(name: str, value: str) -> str:
        return f"{scheme} {value}" if name.lower() == "authorization" and value == user.secret else value

    return replace(
        user,
        headers=tuple((name, written(name, value)) for name, value in user.headers),
        schemes=tuple(each._replace(value=written(each.name, each.value)) for each in user.schemes),
    )


def _scheme_of(contract: Contract, target: Target, user: User) -> str:
    """The scheme with which the service accepts what it refuses without one; empty if there is none."""
    builder = RequestBuilder(SharedState(contract, 0), CreatedItems())
    for operation in list(_secured(contract))[:MOST_OPERATIONS]:
        try:
            request = builder.request(operation, user=user)
            plain = target.send(request, user)
            if plain.status not in (401, 403):
                return ""  # it is accepted, or nothing can be said
            for scheme in _schemes(plain):
                if target.send(request, _with_scheme(user, scheme)).status < 300:
                    return scheme
        except (CannotBuildRequest, NoResponse):
            continue
        except (Exhausted, Unreachable):
            return ""
    return ""


def _secured(contract: Contract) -> Iterator[Operation]:
    """The GET operations that need a credential and no id."""
    for each in contract.document.operations:
        if each.method == "get" and each.security and all(each.security) and not path_template.names(each.path):
            yield each


def _schemes(refused: RecordedExchange) -> Iterator[str]:
    """The schemes to try: first the one that a refusal asks for (RFC 9110 section 11.6.1)."""
    asked = (refused.header("www-authenticate") or "").partition(" ")[0]
    if asked and asked.lower() not in NO_TOKEN:
        yield asked
    yield from (each for each in SCHEMES if each.lower() != asked.lower())
