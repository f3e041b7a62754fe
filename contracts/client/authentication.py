"""Authentication: users with credentials in the form that a document requires (OpenAPI 3.1 section 4.8.27)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import replace

from contracts.client.user import SchemeCredential, User
from mockserver.behaviour.statements import Credential
from mockserver.contract import Contract
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import SecurityScheme

ANY_CREDENTIAL = "contract-check-credential"
"""A credential for services that accept any credential."""

WHOLE = re.compile(r"(?i)(token|api-?key|jwt|key) [^\s:]+")
"""A credential that is given with a scheme of its own, which documents call Basic or Bearer."""

CREDENTIAL_NAME = re.compile(r"(?i)authorization|(x-)?((api|auth|access)-?)?(key|token)")
"""Names of header parameters that take a credential."""


def sandbox_users(contract: Contract) -> tuple[User, ...]:
    """The users whose credentials the behaviour file lists; if it lists none, a user with an accepted credential."""
    listed = tuple(_of_credential(contract, each) for each in contract.behaviour.service.credentials)
    if listed or not contract.document.security_schemes:
        return listed
    statement = contract.behaviour.service.authentication
    accepted = re.search(statement.pattern, ANY_CREDENTIAL) is not None
    return (user_with_secret(contract, "anyone", ANY_CREDENTIAL, role=statement.role),) if accepted else ()


def user_with_secret(contract: Contract, name: str, secret: str, *, tenant: str = "", role: str = "") -> User:
    """A user that sends `secret` in the way of the security schemes that an operation requires.

    Requests to anything else have the credential of every scheme; of those in one place, the preferred one. It is not
    in the query if a header has it: a service may refuse a request that has it twice (RFC 6750 section 2). A secret
    with a colon is preferably sent as Basic, another one preferably not.
    """
    written = contract.document.security_schemes.values()
    known = [each for each in written if each.type != "mutualTLS"]
    preferred = sorted(known, key=lambda each: is_basic(each) != (":" in secret))
    schemes = tuple(_credential(each, secret) for each in preferred)
    places: dict[str, dict[str, str]] = {"header": {}, "query": {}, "cookie": {}}
    for each in schemes:
        if _cased(each) not in {name.lower() if each.location == "header" else name for name in places[each.location]}:
            places[each.location][each.name] = each.value
    headers, query, cookies = (tuple(found.items()) for found in places.values())
    query = () if headers else query
    in_basic = (basic(secret),) if any(map(is_basic, known)) else ()
    # The scheme may be given, and then a response may contain the token without it.
    other_secrets = (*in_basic, secret.rpartition(" ")[2]) if " " in secret else in_basic
    return User(name, headers, query, cookies, tenant, role, secret, other_secrets, schemes)


def with_schemes(contract: Contract, user: User) -> User:
    """The user of given headers or cookies, with the security schemes of the document that they meet."""
    shown = {("header", name.lower(), value) for name, value in user.headers}
    shown |= {("query", *pair) for pair in user.query} | {("cookie", *pair) for pair in user.cookies}
    # What a file gives as the value of a Basic header is the encoded form of the secret (RFC 7617 section 2).
    secrets = [each for each in (user.secret, _decoded(user.secret)) if each]
    known = [_credential(each, secret) for each in contract.document.security_schemes.values() for secret in secrets]
    met = [each for each in known if (each.location, _cased(each), each.value) in shown]
    return replace(user, schemes=tuple(met))


def _cased(credential: SchemeCredential) -> str:
    return credential.name.lower() if credential.location == "header" else credential.name


def user_without_scheme(contract: Contract, name: str, secret: str) -> User:
    """A user of a document without security schemes: its secret goes into the header parameter for a credential.

    Without such a parameter, it is sent as a bearer token (RFC 6750).
    """
    header = credential_parameter(contract) or "authorization"
    value = f"Bearer {secret}" if header.lower() == "authorization" and " " not in secret else secret
    return User(name, ((header, value),), secret=secret.partition(" ")[2] or secret)


def credential_parameter(contract: Contract) -> str:
    """The name of the header parameter of the document that takes a credential; empty if there is none."""
    named = [p.name for each in contract.document.operations for p in each.parameters if p.location == "header"]
    return next((name for name in named if CREDENTIAL_NAME.fullmatch(name)), "")


def _credential(scheme: SecurityScheme, secret: str) -> SchemeCredential:
    if scheme.type != "apiKey":
        return SchemeCredential(scheme.name, "header", "authorization", authorization(scheme, secret))
    location = scheme.location if scheme.location in ("query", "cookie") else "header"
    return SchemeCredential(scheme.name, location, scheme.parameter, secret)


def is_basic(scheme: SecurityScheme) -> bool:
    """Is it HTTP Basic authentication (RFC 7617)?"""
    return scheme.type == "http" and scheme.scheme == "basic"


def basic(secret: str) -> str:
    """The header value for `name:password` (RFC 7617 section 2). Without a colon, it is a name and no password."""
    return base64.b64encode((secret if ":" in secret else f"{secret}:").encode()).decode()


def _decoded(credentials: str) -> str:
    """The `name:password` in the credentials of a Basic header; empty if they are something else."""
    try:
        found = base64.b64decode(credentials, validate=True).decode()
    except ValueError:
        return ""
    return found if ":" in found else ""


def authorization(scheme: SecurityScheme, secret: str) -> str:
    """The value of an Authorization header (RFC 9110 section 11.6.2) for a scheme.

    `Token …` is one already: no `name:password` and no token looks so, and the document may name another scheme.
    """
    if WHOLE.fullmatch(secret):
        return secret
    if is_basic(scheme):
        return f"Basic {basic(secret)}"
    return f"Bearer {secret}" if scheme.type != "http" or scheme.scheme == "bearer" else f"{scheme.scheme} {secret}"


def _of_credential(contract: Contract, credential: Credential) -> User:
    tenant = credential.home or next(iter(credential.tenants or ()), "") or example_tenant(contract)
    return user_with_secret(contract, credential.name, credential.value, tenant=tenant, role=credential.role)


def example_tenant(contract: Contract) -> str:
    """The tenant in the document's example of the parameter that names tenants; empty if there is none."""
    for name in _tenant_parameters(contract):
        for operation in contract.document.operations:
            for parameter in operation.parameters:
                if parameter.name == name:
                    node = json_pointer.lookup(contract.document.root, parameter.pointer)
                    shown = [node.get("example"), (node.get("schema") or {}).get("example")]
                    named = [e.get("value") for e in (node.get("examples") or {}).values() if isinstance(e, dict)]
                    return str(next((value for value in [*shown, *named] if value), ""))
    return ""


def _tenant_parameters(contract: Contract) -> Iterator[str]:
    for resource in contract.behaviour.resources.values():
        if resource.tenant.by in ("path", "header"):
            yield resource.tenant.name
