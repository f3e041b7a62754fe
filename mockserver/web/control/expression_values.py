"""A committed request as the runtime expressions of callbacks see it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import orjson

from mockserver.contract import Contract
from mockserver.handlers.outgoing import CommittedRequest
from mockserver.openapi import json_codec
from mockserver.openapi.runtime_expressions import ExpressionValues
from mockserver.web.request.headers import read_headers
from mockserver.web.request.router import raw_path


def expression_values(request: CommittedRequest) -> ExpressionValues:
    """The values that expressions name. A query parameter that is not documented counts as text."""
    call, reply, scope = request.call, request.reply, request.scope
    query = scope["query_string"].decode("latin-1")
    sent = dict(reversed(parse_qsl(query, keep_blank_values=True)))  # of a repeated one, the first
    return ExpressionValues(
        url=f"{_origin(request)}{raw_path(scope)}{f'?{query}' if query else ''}",
        method=call.method,
        status=reply.status,
        path=call.path,
        query={**sent, **call.query},
        headers=read_headers(scope["headers"]),
        body=call.body,
        response_headers={name.lower(): value for name, value in reply.headers} | {"content-type": reply.media_type},
        response_body=_body(request),
    )


def own_address(request: CommittedRequest, contract: Contract) -> str:
    """The base URL of the service, as the client wrote it; relative addresses are relative to it."""
    path, prefix = raw_path(request.scope), f"/{contract.name}/"
    return _origin(request) + (prefix[:-1] if path.startswith(prefix) else "") + contract.document.base_path + "/"


def _origin(request: CommittedRequest) -> str:
    scope = request.scope
    host = read_headers(scope["headers"]).get("host", "127.0.0.1")
    return f"{scope.get('scheme', 'http')}://{host}"


def _body(request: CommittedRequest) -> Any:
    reply = request.reply
    if reply.body is not None or reply.content is None:
        return reply.body
    try:
        return json_codec.read(reply.content)
    except orjson.JSONDecodeError:
        return None
