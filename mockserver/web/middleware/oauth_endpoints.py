"""Answers requests at the URLs of a document's `oauth2` flows.

The mock is no authorization server: it knows no clients and no users, and every valid request gets a token. What a
document describes at such a path is answered as any operation is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from mockserver.messages import Reply
from mockserver.web.endpoint import receive_body
from mockserver.web.oauth.authorization import device_page, device_reply, redirection
from mockserver.web.oauth.flows import AUTHORIZATION, DEVICE, METADATA, TOKEN, OAuthEndpoint, endpoints
from mockserver.web.oauth.metadata import metadata_reply
from mockserver.web.oauth.tokens import refused, token_reply
from mockserver.web.request.router import raw_path
from mockserver.web.service import Service
from mockserver.web.serving.response_writer import write

LARGEST = 65_536
"""The largest form of a request, in bytes."""

METHODS = {TOKEN: ("POST",), AUTHORIZATION: ("GET", "POST"), DEVICE: ("GET", "POST"), METADATA: ("GET",)}
"""The methods of each kind of endpoint (RFC 6749 sections 3.1 and 3.2)."""


class OAuthEndpointsMiddleware:
    """Answers requests at the URLs of OAuth flows, and passes all other requests on."""

    def __init__(self, next_app: Any, *, prefixes: Mapping[str, Service]) -> None:
        self._next = next_app
        self._endpoints: dict[tuple[str, str], tuple[str, OAuthEndpoint]] = {}
        for prefix, service in prefixes.items():
            for endpoint in endpoints(service):
                for method in METHODS[endpoint.kind]:
                    self._endpoints.setdefault((method, prefix + endpoint.path), (prefix, endpoint))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        method = {"HEAD": "GET"}.get(scope.get("method"), scope.get("method"))
        found = self._endpoints.get((method, raw_path(scope))) if scope["type"] == "http" else None
        if found is None:
            await self._next(scope, receive, send)
            return
        content = scope["query_string"] if method == "GET" else await receive_body(receive, LARGEST)
        await write(_reply(Request(scope), *found, content), (), scope, send)


def _reply(request: Request, prefix: str, endpoint: OAuthEndpoint, content: bytes) -> Reply:
    if len(content) > LARGEST:
        return refused("invalid_request", f"a form has at most {LARGEST} bytes")
    address = f"{request.url.scheme}://{request.url.netloc}{prefix}"
    fields = dict(parse_qsl(content.decode("utf-8", "replace")))
    if endpoint.kind == METADATA:
        return metadata_reply(endpoint, address)
    if endpoint.kind == AUTHORIZATION:
        return redirection(endpoint, fields)
    if endpoint.kind == DEVICE:
        is_page = request.method != "POST"
        return device_page() if is_page else device_reply(endpoint, fields, address + endpoint.path)
    return token_reply(endpoint, fields, request.headers.get("authorization", ""))
