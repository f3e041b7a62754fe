"""Authentication: the credentials of a request, and who they belong to (OpenAPI 3.1 sections 4.8.27 and 4.8.30)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from msgspec.structs import replace

from mockserver.behaviour.statements import ServiceStatements
from mockserver.errors import Forbidden, Unauthenticated, UnsupportedFeature
from mockserver.lazy_pattern import lazy_pattern
from mockserver.messages import ANONYMOUS, Principal
from mockserver.openapi.document import Document, Operation, SecurityScheme

CACHED_CREDENTIALS = 1_000
"""How many accepted credentials are cached: clients choose their texts, so memory must be bounded."""

LONGEST_CACHED = 4_096
"""The longest credential that is cached, in characters."""

MOST_CHOICES = 3
"""How many alternatives of a security requirement the message of a 401 lists."""

ANY_CREDENTIAL = "sandbox"
"""The credential to show for a service that lists none: it accepts any."""

INVALID_WORDS = lazy_pattern("invalid|expired|revoked", re.IGNORECASE)
"""Words of a credential that a service without listed credentials refuses, so that clients can test a 401."""

CERTIFICATE = "mockserver.client_certificate"
"""The key, in the state of an ASGI scope, of the name in a client certificate; missing if the server asks for none."""

WITHOUT_TLS = "mutual-tls"
"""The credential of all requests where the server asks for no client certificate."""

Sources = Mapping[str, Mapping[str, Any]]
Extract = Callable[[Sources], str | None]


class Keyring:
    """The credentials that a service accepts: those it lists, and any that match the documented pattern.

    A service that lists none accepts any credential but those with one of INVALID_WORDS. `printed` is the credential
    that the sandbox prints at start.
    """

    def __init__(self, service: ServiceStatements) -> None:
        self._pattern = re.compile(service.authentication.pattern)
        self._authentication, self._refused = service.authentication, None if service.credentials else INVALID_WORDS
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
                account=entry.user or entry.name,
            )
            for entry in service.credentials
        }
        self._seen: dict[str, Principal] = {}
        self.printed = next(iter(self._known), ANY_CREDENTIAL)

    @property
    def tenants(self) -> list[str]:
        """The tenants that listed credentials name."""
        return sorted(
            {tenant for each in self._known.values() for tenant in (each.home, *(each.tenants or ())) if tenant}
        )

    def client_of(self, tenant: str) -> Principal:
        """A client with access to the tenant: one that is at home there, else the first listed one that may enter."""
        known = self._known.values()
        at_home = next((each for each in known if tenant in (each.home, *(each.tenants or ()))), None)
        return at_home or next((each for each in known if each.may_enter(tenant)), None) or self.anyone()

    def anyone(self) -> Principal:
        """The client of all requests without a credential when none is needed: the first listed one, in any tenant."""
        first = self._known.get(self.printed) or self._unlisted(self.printed)
        return replace(first, tenants=None, reserved=frozenset())

    def principal(self, credential: str) -> Principal | None:
        """The principal of a credential; None when it is not accepted."""
        found = self._known.get(credential) or self._seen.get(credential)
        if found is None and self._pattern.search(credential) and not self._is_refused(credential):
            found = self._unlisted(credential)
            if len(credential) <= LONGEST_CACHED:
                if len(self._seen) >= CACHED_CREDENTIALS:
                    self._seen.clear()
                self._seen[credential] = found
        return found

    def _is_refused(self, credential: str) -> bool:
        return self._refused is not None and self._refused.search(credential) is not None

    def _unlisted(self, credential: str) -> Principal:
        digest = hashlib.sha256(credential.encode()).hexdigest()
        home = f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
        unlisted = Principal(
            name=f"key-{digest[:8]}",
            role=self._authentication.role,
            home=home,
            reserved=self._reserved,
            user=home,
            credential=credential,
        )
        return replace(unlisted, tenants=frozenset({home})) if self._authentication.tenants == "own" else unlisted


class Authenticator:
    """The security requirement of one operation: alternatives; each needs all of its schemes.

    `anyone` is the client of a request without an accepted credential, where none is needed (`--no-auth`).
    """

    def __init__(
        self, operation: Operation, document: Document, keyring: Keyring, anyone: Principal | None = None
    ) -> None:
        self._keyring, self._anyone = keyring, anyone
        self._alternatives = [
            [(_extractor(document, name), frozenset(scopes)) for name, scopes in requirement]
            for requirement in operation.security
        ]
        self.is_open = not operation.security or any(not alternative for alternative in self._alternatives)
        self._public = ANONYMOUS if not operation.security else None
        self._cached: dict[str | None, Principal] = {}
        self._by_header = all(
            _is_authorization(document, name) for alternative in operation.security for name, _ in alternative
        )
        if anyone is not None and self._by_header:
            self._cached[None] = anyone
        challenges = [
            _challenge(document.security_schemes[n]) for alternative in operation.security for n, _ in alternative
        ]
        self._expected = _expected(operation, document)
        self._challenge = ", ".join(dict.fromkeys(c for c in challenges if c)) or "Bearer"

    def cached_principal(self, authorization: str | None) -> Principal | None:
        """The principal, if no check is needed: the operation is public, or the header was accepted before."""
        return self._public or self._cached.get(authorization)

    def authenticate(self, sources: Sources) -> Principal:
        """The principal of the request.

        Raises Unauthenticated, whose message says if a credential is missing or wrong, and Forbidden for a token whose
        claims lack a scope (RFC 6750 section 3.1).
        """
        is_given, lacking = False, frozenset[str]()
        for alternative in self._alternatives:
            credentials = [(extract(sources), scopes) for extract, scopes in alternative]
            is_given = is_given or any(credential is not None for credential, _ in credentials)
            found = [self._keyring.principal(c) if c is not None else None for c, _ in credentials]
            if found and found[0] is not None and all(principal is not None for principal in found):
                lacking = frozenset().union(*(_lacking(credential, scopes) for credential, scopes in credentials))
                if not lacking:
                    return self._cache(sources, found[0])
        if self._anyone is not None:
            return self._anyone
        if self.is_open:
            return ANONYMOUS
        if lacking:
            raise _insufficient(lacking)
        message = "The credential is not valid" if is_given else "A credential is required"
        raise Unauthenticated(f"{message}{self._expected}", headers=(("www-authenticate", self._challenge),))

    def _cache(self, sources: Sources, principal: Principal) -> Principal:
        """Cache the principal by the header, if the header alone decided."""
        if self._by_header and len(sources["header"]["authorization"]) <= LONGEST_CACHED:
            if len(self._cached) >= CACHED_CREDENTIALS:
                self._cached.clear()
            self._cached[sources["header"]["authorization"]] = principal
        return principal


def _expected(operation: Operation, document: Document) -> str:
    """What a request has to send, and where to find it, for the message of a 401."""
    choices = [
        " and ".join(_sent_by(document.security_schemes[name]) for name, _ in alternative)
        for alternative in operation.security
        if alternative
    ]
    schemes = (document.security_schemes[name] for alternative in operation.security for name, _ in alternative)
    hint = "mockserver serve prints one at start"
    if all(scheme.type == "mutualTLS" for scheme in schemes):
        hint = "it must be signed by an authority in the file of --client-ca"
    return f": send {', or '.join(choices[:MOST_CHOICES])}; {hint}"


def _sent_by(scheme: SecurityScheme) -> str:
    """Where the credential of a scheme is sent: `Authorization: Bearer CREDENTIAL (bearerAuth)`."""
    if scheme.type == "apiKey":
        where = {"header": f"{scheme.parameter}: CREDENTIAL", "query": f"?{scheme.parameter}=CREDENTIAL"}
        return f"{where.get(scheme.location, f'Cookie: {scheme.parameter}=CREDENTIAL')} ({scheme.name})"
    if scheme.type == "mutualTLS":
        return f"a client certificate ({scheme.name})"
    kind = scheme.scheme.capitalize() if scheme.type == "http" else "Bearer"
    return f"Authorization: {kind} CREDENTIAL ({scheme.name})"


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
        return lambda sources: sources["connection"].get(CERTIFICATE, WITHOUT_TLS)
    return _bearer if scheme.type != "http" or scheme.scheme == "bearer" else _authorization(scheme.scheme)


def _lacking(credential: str | None, required: frozenset[str]) -> frozenset[str]:
    """The scopes that a token lacks. A token without scopes in its claims has them all: they cannot be checked."""
    granted = scopes_of(credential) if credential and required else None
    return required - granted if granted is not None else frozenset()


def scopes_of(token: str) -> frozenset[str] | None:
    """The scopes in the claims of a JSON Web Token (RFC 9068 section 2.2.3); None when there is no such claim."""
    claims = claims_of(token)
    found = next((claims[n] for n in ("scope", "scp", "scopes") if n in claims), None)
    if isinstance(found, str):
        return frozenset(found.split())
    return frozenset(map(str, found)) if isinstance(found, list) else None


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a JSON Web Token, whose signature is not verified; empty for any other token."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if type(claims) is dict else {}


def _insufficient(lacking: frozenset[str]) -> Forbidden:
    scopes = " ".join(sorted(lacking))
    challenge = f'Bearer error="insufficient_scope", scope="{scopes}"'
    return Forbidden(f"The token lacks the scope {scopes}", headers=(("www-authenticate", challenge),))


def _bearer(sources: Sources) -> str | None:
    """`Authorization: Bearer …` (RFC 6750 section 2.1)."""
    scheme, _, credential = sources["header"].get("authorization", "").partition(" ")
    return credential.strip() if scheme.lower() == "bearer" and credential.strip() else None


def _basic(sources: Sources) -> str | None:
    """`Authorization: Basic …` (RFC 7617): `user:password`, decoded; None when both are empty."""
    scheme, _, credential = sources["header"].get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(credential, validate=True).decode()
    except ValueError:
        return None
    return decoded if ":" in decoded and decoded != ":" else None


def _authorization(scheme_name: str) -> Extract:
    def extract(sources: Sources) -> str | None:
        scheme, _, credential = sources["header"].get("authorization", "").partition(" ")
        return credential if scheme.lower() == scheme_name and credential else None

    return extract


def _challenge(scheme: SecurityScheme) -> str:
    if scheme.type == "http":
        return 'Basic realm="sandbox"' if scheme.scheme == "basic" else scheme.scheme.capitalize()
    # RFC 9110 section 15.5.2 wants a challenge in every 401, and there is no registered one for API keys and for client
    # certificates. FastAPI sends `APIKey` too; `Bearer` would name a header that the service does not read.
    return {"apiKey": "APIKey", "mutualTLS": "ClientCertificate"}.get(scheme.type, "Bearer")
