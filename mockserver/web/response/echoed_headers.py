"""Response headers that repeat one of the request: `X-Correlation-ID`, documented as a parameter and in a response."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.messages import Reply
from mockserver.openapi.document import Operation
from mockserver.openapi.server_headers import SERVER_HEADERS
from mockserver.web.request.headers import read_headers

MEANING_OTHER = frozenset({"etag", "vary", "cache-control", "content-language", "content-disposition", "location"})
"""Headers that say something else in a response than in a request (RFC 9110 section 8)."""


class EchoedHeaders:
    """The headers that an operation's requests may have and its responses repeat."""

    def __init__(self, operation: Operation) -> None:
        asked = {each.name.lower() for each in operation.parameters if each.location == "header"}
        asked -= SERVER_HEADERS | MEANING_OTHER
        self._operation = operation
        self._names = {each.name.lower() for r in operation.responses for each in r.headers} & asked

    def __bool__(self) -> bool:
        return bool(self._names)

    def added(self, reply: Reply, headers: Sequence[tuple[bytes, bytes]]) -> Reply:
        """The reply with the headers that its response documents and the request has sent."""
        sent = read_headers(headers)
        response = self._operation.response(reply.status)
        documented = {h.name: sent.get(h.name.lower()) for h in (response.headers if response else ())}
        repeated = {n: value for n, value in documented.items() if n.lower() in self._names and value is not None}
        others = [pair for pair in reply.headers if pair[0].lower() not in {name.lower() for name in repeated}]
        return reply._replace(headers=(*others, *repeated.items())) if repeated else reply
