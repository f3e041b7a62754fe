"""The response of the mock with some changes: a merge patch (RFC 7396) on its body, and header fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from mockserver.errors import Unanswerable
from mockserver.handlers.fields.patch import merged
from mockserver.messages import Reply
from mockserver.openapi import json_codec, media_types
from mockserver.web.control.overrides.answer import AnsweredRequest, PassedOn
from mockserver.web.endpoint import Endpoint
from mockserver.web.exchange import Exchange, OutgoingResponse, Pairs


class ChangedResponse(PassedOn):
    """Changes the response of the mock. A result that breaks the document is not sent, unless `is_invalid`."""

    def __init__(self, then: Mapping[str, Any], *, is_invalid: bool) -> None:
        self._then, self._is_invalid = then, is_invalid
        self._headers = tuple(
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in then.get("headers", {}).items()
        )
        self.name = "patch" if "patch" in then else "headers"

    def after(self, answered: AnsweredRequest, exchange: Exchange) -> None:
        response = exchange.response
        if response is None or exchange.streamed:
            answered.note("the response could not be changed: it was being sent already")
            return
        body, headers = response.body, response.headers
        if "patch" in self._then:
            try:
                body = self._patched(response, answered.request.endpoint)
            except (ValueError, Unanswerable) as fault:
                answered.note(f"the patch was not applied: {fault}")
        exchange.response = OutgoingResponse(response.status, _replaced(headers, self._headers, len(body)), body)

    def _patched(self, response: OutgoingResponse, endpoint: Endpoint | None) -> bytes:
        """The changed body. Raises ValueError for one that is not JSON, and Unanswerable for an invalid result."""
        kind = dict(response.headers).get(b"content-type", b"").decode("latin-1")
        if not media_types.is_json(kind):
            raise ValueError(f"the response of the mock is not JSON but {kind or 'empty'}")
        try:
            value = merged(json_codec.read(response.body), self._then["patch"])
        except orjson.JSONDecodeError as fault:
            raise ValueError(f"the response of the mock is not JSON: {fault}") from None
        if endpoint is not None and not self._is_invalid:
            reply = Reply(response.status, value, (), kind)
            endpoint.validate_response(reply, refused=response.status >= 400, by="the patched")
        return json_codec.write(value)


def _replaced(headers: Pairs, given: Pairs, length: int) -> Pairs:
    """The header fields with the given ones in place of those of the same name, and the length of the body."""
    own = tuple((name, b"%d" % length if name == b"content-length" else value) for name, value in headers)
    names = {name for name, _ in given}
    return (*(pair for pair in own if pair[0] not in names), *given)
