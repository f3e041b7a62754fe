"""Response headers that repeat one of the request: `X-Correlation-ID`, documented as a parameter and in a response."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.lazy_pattern import lazy_pattern
from mockserver.messages import Reply
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas
from mockserver.openapi.server_headers import SERVER_HEADERS
from mockserver.web.request.headers import read_headers

MEANING_OTHER = frozenset({"etag", "vary", "cache-control", "content-language", "content-disposition", "location"})
"""Headers that say something else in a response than in a request (RFC 9110 section 8)."""


def echoed_headers(operation: Operation, schemas: Schemas) -> EchoedHeaders | None:
    """What repeats the headers of requests in the responses of an operation; None where it documents none in both."""
    asked = {each.name.lower() for each in operation.parameters if each.location == "header"}
    shown = {each.name.lower() for response in operation.responses for each in response.headers}
    names = frozenset(asked & shown - SERVER_HEADERS - MEANING_OTHER)
    asks = next((p for p in operation.parameters if (p.location, p.name.lower()) == ("header", ASKED_LANGUAGE)), None)
    has_language = asks is not None and LANGUAGE in shown
    usual = schemas.keyword(asks.schema, "default") if asks is not None and asks.schema else None
    return (
        EchoedHeaders(operation, names, str(usual or "") if has_language else None) if names or has_language else None
    )


LANGUAGE, ASKED_LANGUAGE = "content-language", "accept-language"
TAG = lazy_pattern(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
"""A language tag (RFC 5646), not `*`."""


class EchoedHeaders:
    """The headers that an operation's requests may have and its responses repeat.

    A response is in the `language` that the request asks for first, or in this one; None without such a header.
    """

    def __init__(self, operation: Operation, names: frozenset[str], language: str | None = None) -> None:
        self._operation, self._names, self._language = operation, names, language

    def added(self, reply: Reply, headers: Sequence[tuple[bytes, bytes]]) -> Reply:
        """The reply with the headers that its response documents and the request has sent."""
        sent = read_headers(headers)
        response = self._operation.response(reply.status)
        documented = {h.name: sent.get(h.name.lower()) for h in (response.headers if response else ())}
        repeated = {n: value for n, value in documented.items() if n.lower() in self._names and value is not None}
        written = next((name for name in documented if name.lower() == LANGUAGE), "")
        found = TAG.match(sent.get(ASKED_LANGUAGE, "") or self._language or "") if self._language is not None else None
        repeated |= {written: found[0]} if written and found is not None else {}
        others = [pair for pair in reply.headers if pair[0].lower() not in {name.lower() for name in repeated}]
        return reply._replace(headers=(*others, *repeated.items())) if repeated else reply
