"""Who is asking: credentials out of a request (OpenAPI 3.1 sections 4.8.27 and 4.8.30), and what they may do."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import orjson

from mockserver.behaviour.statements import ServiceStatements
from mockserver.errors import Forbidden, Unauthenticated, UnsupportedFeature
from mockserver.messages import ANONYMOUS, Principal
from mockserver.openapi.document import Document, Operation, SecurityScheme

REMEMBERED = 10_000
"""How many unlisted credentials are remembered before they are looked at anew."""

NO_GOOD = re.compile("invalid|expired|revoked", re.IGNORECASE)
"""A credential with one of these words is refused where the service lists none: what else could tell a bad one?"""

Sources = Mapping[str, Mapping[str, Any]]
Extract = Callable[[Sources], str | None]


class Keyring:
    """The credentials that a service accepts: those it lists, and any that match the documented form.

    Of a service that lists none a client may want to see how a bad one is refused: that is any that says so itself.
    """

    def __init__(self, service: ServiceStatements) -> None:
        self._pattern = re.compile(service.authentication.pattern)
        self._stated, self._refused = service.authentication, None if service.credentials else NO_GOOD
        listed = frozenset(tenant for entry in service.credentials for tenant in entry.tenants or ())
        self._reserved = listed
        self._known = {
            entry.value: Principal(
                name=entry.name,
                role=entry.role,
                home=entry.home or next(iter(entry.tenants or ()), ""),
                tenants=frozenset(entry.tenants) if entry.tenants is not None else None,
                reserved=listed,
                user=entry.user,
                credential=entry.value,
            )
            for entry in service.credentials
        }
        self._seen: dict[str, Principal] = {}

    def principal(self, credential: str) -> Principal | None:
        """Who a credential belongs to, or None when it is not accepted."""
        found = self._known.get(credential) or self._seen.get(credential)
        if found is None and self._pattern.search(credential) and not self._is_refused(credential):
            found = self._stranger(credential)
            if len(self._seen) >= REMEMBERED:
                self._seen.clear()
            self._seen[credential] = found
        return found

    def _is_refused(self, credential: str) -> bool:
        return self._refused is not None and self._refused.search(credential) is not None

    def _stranger(self, credential: str) -> Principal:
        digest = hashlib.sha256(credential.encode()).hexdigest()
        own = f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
        stranger = Principal(
            name=f"key-{digest[:8]}",
            role=self._stated.role,
            home=own,
            reserved=self._reserved,
            user=own,
            credential=credential,
        )
        return replace(stranger, tenants=frozenset({own})) if self._stated.tenants == "own" else stranger


class Authenticator:
    """The security requirement of one operation: alternatives, of each of which every scheme must be met."""

    def __init__(self, operation: Operation, document: Document, keyring: Keyring) -> None:
        self._keyring = keyring
        self._alternatives = [
            [(_extractor(document, name), frozenset(scopes)) for name, scopes in requirement]
            for requirement in operation.security
        ]
        self.is_open = not operation.security or any(not one for one in self._alternatives)
        self._anyone = ANONYMOUS if not operation.security else None
        self._admitted: dict[str | None, Principal] = {}
        self._by_header = all(_is_authorization(document, name) for one in operation.security for name, _ in one)
        challenges = [_challenge(document.security_schemes[n]) for one in operation.security for n, _ in one]
        self._challenge = ", ".join(dict.fromkeys(c for c in challenges if c)) or "Bearer"

    def known(self, authorization: str | None) -> Principal | None:
        """Who is asking, where nobody has to ask further: the operation is for anyone, or the header was admitted."""
        return self._anyone or self._admitted.get(authorization)

    def admit(self, sources: Sources) -> Principal:
        """Who is asking.

        Raises Unauthenticated, saying whether a credential is missing or wrong, and Forbidden for a token that says
        itself that it lacks a scope (RFC 6750 section 3.1).
        """
        given, lacking = False, frozenset[str]()
        for alternative in self._alternatives:
            credentials = [(extract(sources), scopes) for extract, scopes in alternative]
            given = given or any(credential is not None for credential, _ in credentials)
            found = [self._keyring.principal(c) if c is not None else None for c, _ in credentials]
            if found and found[0] is not None and all(principal is not None for principal in found):
                lacking = frozenset().union(*(_lacking(credential, scopes) for credential, scopes in credentials))
                if not lacking:
                    return self._remember(sources, found[0])
        if self.is_open:
            return ANONYMOUS
        if lacking:
            raise _insufficient(lacking)
        message = "The credential is not valid" if given else "A credential is required"
        raise Unauthenticated(message, headers=(("www-authenticate", self._challenge),))

    def _remember(self, sources: Sources, principal: Principal) -> Principal:
        """A header that was accepted once needs no second look."""
        if self._by_header and len(self._admitted) < REMEMBERED:
            self._admitted[sources["header"]["authorization"]] = principal
        return principal


def _is_authorization(document: Document, name: str) -> bool:
    scheme = document.security_schemes.get(name)
    return scheme is not None and scheme.type in ("http", "oauth2", "openIdConnect")


def _extractor(document: Document, name: str) -> Extract:
    scheme = document.security_schemes.get(name)
    if scheme is None:
        raise UnsupportedFeature(f"a security requirement names the unknown scheme {name!r}", file=document.file)
    if scheme.type == "apiKey":
        location, key = scheme.location, scheme.parameter
        key = key.lower() if location == "header" else key
        if location == "query":
            return lambda sources: next(iter(sources["query"].get(key, ())[-1:]), None)
        return lambda sources: sources[location].get(key)
    if scheme.type == "http" and scheme.scheme == "basic":
        return _basic
    if scheme.type == "mutualTLS":
        return lambda sources: "mutual-tls"
    return _bearer if scheme.type != "http" or scheme.scheme == "bearer" else _authorization(scheme.scheme)


def _lacking(credential: str | None, wanted: frozenset[str]) -> frozenset[str]:
    """The scopes that a token does not have. One that does not say has them all: nobody can tell."""
    own = _scopes(credential) if credential and wanted else None
    return wanted - own if own is not None else frozenset()


def _scopes(token: str) -> frozenset[str] | None:
    """The scopes in the claims of a JSON Web Token (RFC 9068 section 2.2.3); None where it says nothing of them."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None
    found = next((claims[n] for n in ("scope", "scp", "scopes") if n in claims), None) if type(claims) is dict else None
    if isinstance(found, str):
        return frozenset(found.split())
    return frozenset(map(str, found)) if isinstance(found, list) else None


def _insufficient(lacking: frozenset[str]) -> Forbidden:
    scopes = " ".join(sorted(lacking))
    challenge = f'Bearer error="insufficient_scope", scope="{scopes}"'
    return Forbidden(f"The token lacks the scope {scopes}", headers=(("www-authenticate", challenge),))


def _bearer(sources: Sources) -> str | None:
    """`Authorization: Bearer …` (RFC 6750 section 2.1)."""
    scheme, _, credential = sources["header"].get("authorization", "").partition(" ")
    return credential.strip() if scheme.lower() == "bearer" and credential.strip() else None


def _basic(sources: Sources) -> str | None:
    """`Authorization: Basic …` (RFC 7617): `user:password`, decoded; neither of the two is nobody."""
    scheme, _, credential = sources["header"].get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(credential, validate=True).decode()
    except ValueError:
        return None
    return decoded if ":" in decoded and decoded != ":" else None


def _authorization(wanted: str) -> Extract:
    def extract(sources: Sources) -> str | None:
        scheme, _, credential = sources["header"].get("authorization", "").partition(" ")
        return credential if scheme.lower() == wanted and credential else None

    return extract


def _challenge(scheme: SecurityScheme) -> str:
    if scheme.type == "http":
        return 'Basic realm="sandbox"' if scheme.scheme == "basic" else scheme.scheme.capitalize()
    return "" if scheme.type == "apiKey" else "Bearer"
