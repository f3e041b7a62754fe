"""The users of a contract check: with given credentials, or with the public credentials of the sandbox."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from contracts.client.authentication import sandbox_users, user_with_secret, user_without_scheme, with_schemes
from contracts.client.secret_masking import secrets_of
from contracts.client.user import User, names_resource
from contracts.client.wfc_logins import logged_in
from mockserver.contract import Contract
from mockserver.errors import MockServerError


class CredentialsError(MockServerError):
    """The given credentials cannot be used; the text says why and what to give."""


@dataclass(frozen=True, slots=True)
class GivenCredentials:
    """The credentials from the command line.

    `headers` are `NAME: VALUE`. `tenants` are those of all users, in their order. `auth_file` is a Web Fuzzing Commons
    file. With `insecure`, its users log in whatever the certificate of the service is.
    """

    secrets: Sequence[str] = ()
    headers: Sequence[str] = ()
    tenants: Sequence[str] = ()
    auth_file: Path | None = None
    no_auth: bool = False
    insecure: bool = False


def users(contract: Contract, given: GivenCredentials, url: str | None) -> tuple[User, ...]:
    """The users of the service at `url` (None: the mock in this process).

    Without given credentials, those of the sandbox are used, which are sent to loopback only: other services
    receive only credentials that were given. Raises CredentialsError.
    """
    fixed = tuple(_header(text) for text in given.headers)
    if given.no_auth:
        if given.secrets or given.auth_file:
            raise CredentialsError("--no-auth cannot be combined with a credential")
        return (with_schemes(contract, _fixed(fixed)),) if fixed else ()
    user = [*_by_secret(contract, given.secrets), *_by_file(contract, given, url)]
    if not user and fixed:
        user, fixed = [with_schemes(contract, _fixed(fixed))], ()
    if not user:
        user = _of_sandbox(contract, url)
    places = [*given.tenants, *[""] * len(user)]
    user = [replace(each, tenant=place or each.tenant) for each, place in zip(user, places, strict=False)]
    hidden = secrets_of(fixed)
    return tuple(
        replace(each, headers=each.headers + fixed, other_secrets=each.other_secrets + hidden) for each in user
    )


def _by_secret(contract: Contract, secrets: Sequence[str]) -> list[User]:
    names = ["credential", *(f"credential {n}" for n in range(2, len(secrets) + 1))]
    is_named = any(each.type != "mutualTLS" for each in contract.document.security_schemes.values())
    made = user_with_secret if is_named else user_without_scheme
    return [made(contract, name, secret) for name, secret in zip(names, secrets, strict=False)]


def _by_file(contract: Contract, given: GivenCredentials, url: str | None) -> list[User]:
    path, verify = given.auth_file, not given.insecure
    found = [with_schemes(contract, each) for each in logged_in(path, url, verify=verify)] if path is not None else []
    known = sorted(contract.behaviour.resources)
    for user in found:
        for name, _ in user.fixtures:
            if not any(names_resource(name, each) for each in known):
                told = f"no resource is called {name!r}; the document has {', '.join(known) or 'none'}"
                raise CredentialsError(f"fixtures of {user.name}: {told}")
    return found


def _of_sandbox(contract: Contract, url: str | None) -> list[User]:
    found = list(sandbox_users(contract))
    if found and url is not None and not is_loopback(url):
        raise CredentialsError(
            f"no credential for {urlsplit(url).netloc}: use --auth, --header or --auth-file, or --no-auth to send "
            "none (the sandbox's public credentials are only sent to this machine)"
        )
    return found


GENTLE = 20.0
"""Requests per second to a service that is not on this machine, unless the user says otherwise."""


def default_rate(url: str | None) -> float | None:
    """The largest number of requests per second without `--rate`; None means no limit."""
    return None if url is None or is_loopback(url) else GENTLE


def is_loopback(url: str) -> bool:
    """Is the URL on this machine? Only its text decides; nothing is resolved."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _fixed(headers: tuple[tuple[str, str], ...]) -> User:
    first, *others = secrets_of(headers) or ("",)
    return User("header", headers, secret=first, other_secrets=tuple(others))


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip() or not value.strip():
        raise CredentialsError(f"--header must be 'NAME: VALUE', not {name!r}")
    return name.strip(), value.strip()
