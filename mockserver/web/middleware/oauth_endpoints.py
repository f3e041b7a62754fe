"""Answers requests at the URLs of a document's `oauth2` flows and `openIdConnect` schemes.

The mock is no authorization server: it knows no clients and no users, and every valid request gets a token. What a
document describes at such a path is answered as any operation is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from starlette.requests import Request

from mockserver.messages import Reply
from mockserver.web.endpoint import receive_body
from mockserver.web.oauth.authorization import device_page, device_reply, redirection
from mockserver.web.oauth.devices import WaitingDevices
from mockserver.web.oauth.flows import (
    AUTHORIZATION,
    DEVICE,
    DISCOVERY,
    KEYS,
    METADATA,
    TOKEN,
    USERINFO,
    OAuthEndpoint,
    endpoints,
)
from mockserver.web.oauth.identity import key_set
from mockserver.web.oauth.metadata import metadata_reply
from mockserver.web.oauth.tokens import TokenRequest, answer, refused, token_reply
from mockserver.web.oauth.userinfo import userinfo_reply
from mockserver.web.request.router import raw_path
from mockserver.web.service import Service
from mockserver.web.serving.response_writer import write

LARGEST = 65_536
"""The largest form of a request, in bytes."""

METHODS = {
    TOKEN: ("POST",),
    AUTHORIZATION: ("GET", "POST"),
    DEVICE: ("GET", "POST"),
    METADATA: ("GET",),
    DISCOVERY: ("GET",),
    KEYS: ("GET",),
    USERINFO: ("GET", "POST"),
}
"""The methods of each kind of endpoint (RFC 6749 sections 3.1 and 3.2, OpenID Connect Core 1.0 section 5.3.1)."""


class _Found(NamedTuple):
    service: Service
    prefix: str
    endpoint: OAuthEndpoint


class OAuthEndpointsMiddleware:
    """Answers requests at the URLs of OAuth flows, and passes all other requests on."""

    def __init__(self, next_app: Any, *, prefixes: Mapping[str, Service]) -> None:
        self._next, self._devices = next_app, WaitingDevices()
        self._endpoints: dict[str, dict[str, _Found]] = {}
        for prefix, service in prefixes.items():
            for endpoint in endpoints(service):
                methods = self._endpoints.setdefault(prefix + endpoint.path, {})
                for method in METHODS[endpoint.kind]:
                    methods.setdefault(method, _Found(service, prefix, endpoint))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        methods = self._endpoints.get(raw_path(scope)) if scope["type"] == "http" else None
        if methods is None:
            await self._next(scope, receive, send)
            return
        method = {"HEAD": "GET"}.get(scope["method"], scope["method"])
        found = methods.get(method)
        if found is None:
            service = next(iter(methods.values())).service
            await write(service.no_endpoint_reply(scope, (methods, ())), (), scope, send)
            return
        content = scope["query_string"] if method == "GET" else await receive_body(receive, LARGEST)
        await write(self._reply(Request(scope), found, content), (), scope, send)

    def _reply(self, request: Request, found: _Found, content: bytes) -> Reply:
        if len(content) > LARGEST:
            return refused("invalid_request", f"a form has at most {LARGEST} bytes")
        service, prefix, endpoint = found
        address = f"{request.url.scheme}://{request.url.netloc}{prefix}"
        fields = dict(parse_qsl(content.decode("utf-8", "replace")))
        authorization = request.headers.get("authorization", "")
        if endpoint.kind == TOKEN:
            now, is_seeded = service.world.clock.now(), service.world.seed is not None
            asked = TokenRequest(endpoint, fields, authorization, address, self._devices, now, is_seeded)
            return token_reply(asked)
        if endpoint.kind == AUTHORIZATION:
            return redirection(endpoint, fields)
        if endpoint.kind == DEVICE:
            is_page = request.method != "POST"
            return device_page() if is_page else device_reply(endpoint, fields, address + endpoint.path, self._devices)
        if endpoint.kind == USERINFO:
            return userinfo_reply(endpoint, authorization)
        return answer(200, key_set(), ()) if endpoint.kind == KEYS else metadata_reply(endpoint, address)
