"""Answers requests for OAuth 2.0 tokens at the paths of `tokenUrl` and `refreshUrl` (RFC 6749 section 5).

The mock is no authorization server: it knows no clients and no users, and every valid request gets a token. What a
document describes at such a path is answered as any operation is.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urljoin, urlsplit

import orjson

from mockserver.messages import Reply
from mockserver.openapi import pointer as json_pointer
from mockserver.web.endpoint import receive_body
from mockserver.web.request.authentication import Keyring
from mockserver.web.request.router import raw_path
from mockserver.web.service import Service
from mockserver.web.serving.response_writer import write

GRANTS: Mapping[str, tuple[str, ...]] = {
    "clientCredentials": ("client_credentials",),
    "password": ("password", "refresh_token"),
    "authorizationCode": ("authorization_code", "refresh_token"),
    "deviceAuthorization": ("urn:ietf:params:oauth:grant-type:device_code", "refresh_token"),
}
"""Flow of OpenAPI 3.2 section 4.28 → the `grant_type` of its requests for tokens (RFC 6749 section 4, RFC 8628)."""

LARGEST = 65_536
"""The largest body of a request for a token, in bytes."""

SECONDS = 3600
"""How long a token is said to be valid. The mock accepts it for ever."""

UNCACHED = (("cache-control", "no-store"),)


class TokenRequests(NamedTuple):
    """What the requests for tokens at one path may ask for."""

    keyring: Keyring
    grants: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()


class TokenEndpointMiddleware:
    """Answers requests for tokens, and passes all other requests on."""

    def __init__(self, next_app: Any, *, prefixes: Mapping[str, Service]) -> None:
        self._next = next_app
        self._paths: dict[str, TokenRequests] = {}
        for prefix, service in prefixes.items():
            for path, grants, scopes in _flows(service):
                known = self._paths.get(prefix + path, TokenRequests(service.keyring))
                self._paths[prefix + path] = TokenRequests(
                    service.keyring, known.grants | grants, known.scopes | scopes
                )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        is_asked = scope["type"] == "http" and scope["method"] == "POST"
        asked = self._paths.get(raw_path(scope)) if is_asked else None
        if asked is None:
            await self._next(scope, receive, send)
        else:
            await write(_reply(asked, await receive_body(receive, LARGEST)), (), scope, send)


def _flows(service: Service) -> Iterator[tuple[str, frozenset[str], frozenset[str]]]:
    """The paths at which the flows of a service have tokens, with their grants and scopes."""
    root, base = service.contract.document.root, service.contract.document.base_path
    for written in ((root.get("components") or {}).get("securitySchemes") or {}).values():
        scheme, _ = json_pointer.resolve(root, written, "")
        for name, flow in (scheme.get("flows") or {}).items():
            for key in ("tokenUrl", "refreshUrl") if name in GRANTS and type(flow) is dict else ():
                if type(flow.get(key)) is str:
                    path = urlsplit(urljoin(base + "/", flow[key])).path
                    yield path, frozenset(GRANTS[name]), frozenset(flow.get("scopes") or ())


def _reply(asked: TokenRequests, content: bytes) -> Reply:
    """A token, or why there is none (RFC 6749 sections 5.1 and 5.2)."""
    fields = dict(parse_qsl(content[:LARGEST].decode("utf-8", "replace")))
    grant, scopes = fields.get("grant_type", ""), fields.get("scope", "").split()
    if not grant:
        return _refusal("invalid_request", "the form has no grant_type")
    if grant not in asked.grants:
        return _refusal("unsupported_grant_type", f"the document has flows for {', '.join(sorted(asked.grants))}")
    unknown = [scope for scope in scopes if scope not in asked.scopes]
    if unknown:
        return _refusal("invalid_scope", f"{unknown[0]} is not among the scopes {', '.join(sorted(asked.scopes))}")
    made: dict[str, Any] = {"access_token": _token(asked, scopes), "token_type": "Bearer", "expires_in": SECONDS}
    made |= {"scope": " ".join(scopes)} if scopes else {}
    made |= {} if grant == "client_credentials" else {"refresh_token": asked.keyring.printed}
    return Reply(200, made, UNCACHED, "application/json", orjson.dumps(made), proven=True)


def _refusal(error: str, description: str) -> Reply:
    made = {"error": error, "error_description": description}
    return Reply(400, made, UNCACHED, "application/json", orjson.dumps(made), proven=True)


def _token(asked: TokenRequests, scopes: list[str]) -> str:
    """The printed credential; for some of the scopes only, an unsigned JSON Web Token that claims these."""
    printed = asked.keyring.printed
    if not scopes or asked.scopes == set(scopes):
        return printed
    parts = ({"alg": "none"}, {"sub": printed, "scope": " ".join(scopes)})
    made = ".".join(urlsafe_b64encode(orjson.dumps(part)).rstrip(b"=").decode() for part in parts) + ".unsigned"
    return made if asked.keyring.principal(made) is not None else printed
