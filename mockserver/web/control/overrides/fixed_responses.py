"""Responses that do not come from stored items: as the override says them, an example, an error by its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.errors import Refusal
from mockserver.messages import Reply
from mockserver.openapi import media_types
from mockserver.web.control.overrides.answer import AnsweredRequest, PassedOn
from mockserver.web.control.overrides.response_checks import media_of
from mockserver.web.control.overrides.service_errors import error_of_kind, error_reply
from mockserver.web.endpoint import Endpoint
from mockserver.web.exchange import OutgoingResponse
from mockserver.web.request.prefer import Preferences
from mockserver.web.response import serializers
from mockserver.web.response.preferred_response import chosen, undocumented


class FixedResponse(PassedOn):
    """A `status` with a `body`, or without one the response that is documented for the status, or an `example`."""

    def __init__(self, then: Mapping[str, Any]) -> None:
        self._then, self._status = then, then.get("status")
        self._headers = tuple((name.lower(), value) for name, value in then.get("headers", {}).items())
        self.name = f"status {self._status}" if self._status is not None else f"example {then['example']}"

    async def before(self, answered: AnsweredRequest) -> OutgoingResponse | None:
        endpoint = answered.request.endpoint
        reply = self._given(answered, endpoint) if "body" in self._then else self._documented(answered, endpoint)
        return answered.outgoing(reply._replace(headers=with_headers(reply.headers, self._headers)))

    def _given(self, answered: AnsweredRequest, endpoint: Endpoint | None) -> Reply:
        """The reply with the body of the override."""
        status, body, kind = self._then["status"], self._then["body"], self._then.get("media_type")
        response = endpoint.operation.response(status) if endpoint is not None else None
        media = media_of(response, kind) if response is not None else None
        name = kind or serializers.concrete_type(media.name if media is not None else "application/json", "*/*")
        content = None
        if endpoint is not None and not media_types.is_json(name) and not isinstance(body, str):
            content, name = endpoint.examples.written(body, name, media)
        return Reply(status, body, documented_headers(answered, endpoint, status), name, content)

    def _documented(self, answered: AnsweredRequest, endpoint: Endpoint | None) -> Reply:
        """The reply that the document has, or an error in the words of the service; empty where there is nothing."""
        status, call = self._status, answered.request.call
        if endpoint is None:
            return Reply(status or 200, None, (), "")
        operation, code = endpoint.operation, None if status is None else str(status)
        wanted = Preferences(code, self._then.get("example"), asked_by="an override")
        if status is None or operation.response(status) is not None:
            return chosen(operation, call, "*/*", wanted, endpoint.examples, endpoint.errors)
        return undocumented(wanted, operation, call, endpoint.errors)


class DocumentedError(PassedOn):
    """An error by its kind, in the service's own words, with consistent rate headers."""

    def __init__(self, kind: str, headers: Mapping[str, str]) -> None:
        self._kind, self.name = kind, f"refusal {kind}"
        self._headers = tuple((name.lower(), value) for name, value in headers.items())

    async def before(self, answered: AnsweredRequest) -> OutgoingResponse | None:
        endpoint, store = answered.request.endpoint, answered.store
        if endpoint is None or store is None:
            return None
        refusal: Refusal = error_of_kind(self._kind, endpoint, store.world.clock.now())
        reply = error_reply(refusal, endpoint, answered)
        return answered.outgoing(reply._replace(headers=with_headers(reply.headers, self._headers)))


def documented_headers(
    answered: AnsweredRequest, endpoint: Endpoint | None, status: int
) -> tuple[tuple[str, str], ...]:
    """The header fields that the document requires, or has an example for."""
    response = endpoint.operation.response(status) if endpoint is not None else None
    if endpoint is None or response is None:
        return ()
    return tuple(endpoint.examples.headers(endpoint.operation, answered.request.call, response, status))


def with_headers(own: tuple[tuple[str, str], ...], given: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Header fields, with the given ones in place of those of the same name."""
    names = {name for name, _ in given}
    return (*(pair for pair in own if pair[0].lower() not in names), *given)
