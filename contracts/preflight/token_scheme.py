"""Finds how a service wants a credential: by which security scheme of the document, and with which word before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from contracts.cleanup.created_items import CreatedItems
from contracts.client.request_builder import CannotBuildRequest, RequestBuilder
from contracts.client.target import ANONYMOUS, Exhausted, NoResponse, Request, Target, Unreachable, User
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

REFUSED = (401, 403)


def with_token_scheme(settings: CheckSettings) -> tuple[CheckSettings, tuple[str, ...]]:
    """The settings with users whose credential is sent in the way in which the service accepts it.

    A document may list several security schemes for one operation, and a credential is of one of them. Many documents
    have an `apiKey` in the header `Authorization` and mean `Bearer TOKEN` (OpenAPI 3.1 section 4.8.27 has the scheme
    `bearer` for that). A credential that is accepted as it is stays so. Returns a sentence for each user that is
    changed, too.
    """
    if settings.url is None or not any(_is_bare(user) or len(user.schemes) > 1 for user in settings.users):
        return settings, ()
    users, said = list[User](), list[str]()
    with settings.target() as target:
        for user in settings.users:
            fitting, how = _accepted(settings.contract, target, user)
            users.append(fitting)
            if how:
                said.append(f"{user.name}: sent as {how}")
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


def _accepted(contract: Contract, target: Target, user: User) -> tuple[User, str]:
    """The user in the form that the service accepts, and what is different; an empty text if nothing is."""
    builder = RequestBuilder(SharedState(contract, 0), CreatedItems())
    for operation in list(_secured(contract))[:MOST_OPERATIONS]:
        try:
            request = builder.request(operation, user=user)
            plain = target.send(request, user)
            if plain.status not in REFUSED:
                if target.send(builder.request(operation, user=ANONYMOUS)).status in REFUSED:
                    return user, ""  # it is accepted
                continue  # this operation needs no credential, whatever its document says
            found = _by_another_scheme(target, request, user) or _with_a_word(target, request, user, plain)
            if found is not None:
                return found
        except (CannotBuildRequest, NoResponse):
            continue
        except (Exhausted, Unreachable):
            break
    return user, ""


def _by_another_scheme(target: Target, request: Request, user: User) -> tuple[User, str] | None:
    """The user without the security schemes that refuse its credential, if another one accepts it."""
    refused = set[str]()
    for name, *others in request.security:
        if others or name in refused or name not in {each.scheme for each in user.schemes}:
            continue
        alone = user.for_security(((name,),))
        status = target.send(request, alone).status
        if 200 <= status < 300:
            left = sorted((each for each in user.schemes if each.scheme not in refused), key=lambda e: e.scheme != name)
            how = f"the document's `{name}`, because it is refused as " + ", ".join(
                f"`{each}`" for each in sorted(refused)
            )
            return replace(alone, schemes=tuple(left)), how if refused else f"the document's `{name}`"
        if status in REFUSED:
            refused.add(name)
    return None


def _with_a_word(target: Target, request: Request, user: User, plain: RecordedExchange) -> tuple[User, str] | None:
    """The user whose bare secret in `Authorization` has the word before it that the service wants."""
    for scheme in _words(plain) if _is_bare(user) else ():
        changed = _with_scheme(user, scheme)
        if 200 <= target.send(request, changed).status < 300:
            return changed, f"`Authorization: {scheme} …`, because it is refused without `{scheme}`"
    return None


def _secured(contract: Contract) -> Iterator[Operation]:
    """The GET operations that need a credential and no id."""
    for each in contract.document.operations:
        if each.method == "get" and each.security and all(each.security) and not path_template.names(each.path):
            yield each


def _words(refused: RecordedExchange) -> Iterator[str]:
    """The schemes to try: first the one that a refusal asks for (RFC 9110 section 11.6.1)."""
    asked = (refused.header("www-authenticate") or "").partition(" ")[0]
    if asked and asked.lower() not in NO_TOKEN:
        yield asked
    yield from (each for each in SCHEMES if each.lower() != asked.lower())
