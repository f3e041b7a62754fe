"""What the expressions of a link see of an exchange (OpenAPI 3.1 section 4.8.20)."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from contracts.model.finding import RecordedExchange
from mockserver.openapi.document import Operation
from mockserver.openapi.link_values import path_values
from mockserver.openapi.runtime_expressions import ExpressionValues


def values_of(operation: Operation, exchange: RecordedExchange) -> ExpressionValues:
    """What expressions see of an exchange of an operation."""
    return ExpressionValues(
        url=exchange.url,
        method=exchange.method,
        status=exchange.status,
        path=path_values(operation, exchange.url),
        query=dict(parse_qsl(urlsplit(exchange.url).query)),
        headers={name.lower(): value for name, value in exchange.headers},
        body=exchange.sent,
        response_headers={name.lower(): value for name, value in exchange.reply_headers},
        response_body=exchange.json,
    )
