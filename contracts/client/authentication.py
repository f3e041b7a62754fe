"""Authentication: users with credentials in the form that a document requires (OpenAPI 3.1 section 4.8.27)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from contracts.client.target import User
from mockserver.behaviour.statements import Credential
from mockserver.contract import Contract
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import SecurityScheme

ANY_CREDENTIAL = "contract-check-credential"
"""A credential for services that accept any credential."""


def sandbox_users(contract: Contract) -> tuple[User, ...]:
    """The users whose credentials the behaviour file lists; if it lists none, a user with an accepted credential."""
    listed = tuple(_of_credential(contract, each) for each in contract.behaviour.service.credentials)
    if listed or not contract.document.security_schemes:
        return listed
    statement = contract.behaviour.service.authentication
    accepted = re.search(statement.pattern, ANY_CREDENTIAL) is not None
    return (user_with_secret(contract, "anyone", ANY_CREDENTIAL, role=statement.role),) if accepted else ()


def user_with_secret(contract: Contract, name: str, secret: str, *, tenant: str = "", role: str = "") -> User:
    """A user that sends `secret` in the way of every security scheme of the document."""
    headers: dict[str, str] = {}
    query: dict[str, str] = {}
    cookies: dict[str, str] = {}
    other_secrets: tuple[str, ...] = ()
    for scheme in contract.document.security_schemes.values():
        places = {"header": headers, "query": query, "cookie": cookies}
        if scheme.type == "apiKey":
            places.get(scheme.location, headers)[scheme.parameter] = secret
        elif scheme.type != "mutualTLS":
            headers["authorization"] = authorization(scheme, secret)
            other_secrets = (basic(secret),) if is_basic(scheme) else other_secrets
    return User(
        name, tuple(headers.items()), tuple(query.items()), tuple(cookies.items()), tenant, role, secret, other_secrets
    )


def is_basic(scheme: SecurityScheme) -> bool:
    """Is it HTTP Basic authentication (RFC 7617)?"""
    return scheme.type == "http" and scheme.scheme == "basic"


def basic(secret: str) -> str:
    """The header value for `name:password` (RFC 7617 section 2). Without a colon, it is a name and no password."""
    return base64.b64encode((secret if ":" in secret else f"{secret}:").encode()).decode()


def authorization(scheme: SecurityScheme, secret: str) -> str:
    """The value of an Authorization header (RFC 9110 section 11.6.2) for a scheme."""
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
