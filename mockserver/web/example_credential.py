"""The parts of a request that carry a credential, as the security schemes of an operation ask for it."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote

from msgspec import Struct

from mockserver.openapi.document import Operation, SecurityScheme
from mockserver.web.service import Service


class SentCredential(Struct, frozen=True):
    """Header fields by the names that the document gives them, and the query."""

    headers: dict[str, str]
    query: bytes


NO_AUTHORIZATION = SentCredential({}, b"")


def authorization(service: Service, operation: Operation, credential: str) -> SentCredential:
    """What a request sends for the first alternative of the operation's security requirement (OpenAPI 3.1 4.8.30)."""
    schemes = service.contract.document.security_schemes
    needed = [schemes[name] for name, _ in operation.security[0]] if operation.security else []
    needed = [scheme for scheme in needed if scheme.type != "mutualTLS"]  # which is not in the request
    headers = dict(_field(scheme, credential) for scheme in needed if scheme.location != "query")
    keys = [f"{quote(scheme.parameter)}={quote(credential)}" for scheme in needed if scheme.location == "query"]
    return SentCredential(headers, "&".join(keys).encode())


def _field(scheme: SecurityScheme, credential: str) -> tuple[str, str]:
    if scheme.type == "apiKey":
        cookie = scheme.location == "cookie"
        return ("Cookie", f"{scheme.parameter}={credential}") if cookie else (scheme.parameter, credential)
    if scheme.type == "http" and scheme.scheme == "basic":
        pair = credential if ":" in credential else f"user:{credential}"
        return "Authorization", f"Basic {b64encode(pair.encode()).decode()}"
    is_other = scheme.type == "http" and scheme.scheme != "bearer"
    return "Authorization", f"{scheme.scheme if is_other else 'Bearer'} {credential}"
