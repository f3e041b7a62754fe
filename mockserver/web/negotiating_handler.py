"""The handler of an operation whose success reply has several media types, or one that is not JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING, Any

from mockserver.errors import Unanswerable
from mockserver.handlers.binding.binding import bind
from mockserver.handlers.binding.bound_operation import BoundOperation
from mockserver.lazy_module import LazyModule
from mockserver.messages import Call, Reply
from mockserver.openapi import json_codec
from mockserver.openapi.document import MediaType
from mockserver.openapi.media_types import CSV, essence, is_json, is_lines, is_xml
from mockserver.state.transaction import Transaction
from mockserver.web.operation_handlers import OURS, AddressingHandler, StatefulHandler
from mockserver.web.request.content_negotiation import best_match
from mockserver.web.response import serializers
from mockserver.web.service_parts import ServiceParts

if TYPE_CHECKING:
    from mockserver.openapi import csv_text
else:
    csv_text = LazyModule("mockserver.openapi.csv_text")

YAML = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml")
"""Media types in which any value can be written."""


def stateful(bound: BoundOperation, parts: ServiceParts) -> StatefulHandler:
    """The mock's handler of an operation on a resource."""
    response = bound.operation.response(bound.renderer.status)
    media = response.content if response is not None else ()
    is_plain = len(media) < 2 and all(is_json(each.name) or "*" in each.name for each in media)
    is_content = bound.content is not None and bound.content.is_shown
    return _handler(bound, parts) if is_plain or is_content else NegotiatingHandler(bound, parts, media)


def _handler(bound: BoundOperation, parts: ServiceParts) -> StatefulHandler:
    return (AddressingHandler if bound.renderer.has_addresses else StatefulHandler)(bound, parts)


class NegotiatingHandler(StatefulHandler):
    """Applies the action, and replies in the media type that the client prefers (RFC 9110 section 12.5.1).

    JSON and XML show the items by the schema of that media type; YAML, CSV and JSON Lines write the first one's value.
    Any other media type cannot show items: the reply is then the documented example of it.
    """

    def __init__(self, bound: BoundOperation, parts: ServiceParts, media: tuple[MediaType, ...]) -> None:
        super().__init__(bound, parts)
        self._parts, self._first = parts, _handler(bound, parts)
        own = essence(bound.renderer.media_type)
        self._media = sorted(media, key=lambda each: essence(each.name) != own)  # of equal weights the first one counts
        self._names = [each.name for each in self._media]
        self._others: dict[str, StatefulHandler | None] = {}

    def reply(
        self, call: Call, transaction: Transaction, accept: str, scope: Mapping[str, Any], content: bytes
    ) -> Reply | Awaitable[Reply]:
        """The reply of the action; an awaitable when rules may ask an outside service."""
        at = best_match(accept, self._names) or 0
        media = self._media[at]
        shows = self._first if at == 0 else self._other(media)
        made = (shows or self._first).reply(call, transaction, accept, scope, content)
        written = media if shows is not None else None
        return (
            self._written(made, written, call, accept)
            if isinstance(made, Reply)
            else self._later(made, written, call, accept)
        )

    def _other(self, media: MediaType) -> StatefulHandler | None:
        """The handler that replies in another media type; None if that type cannot show items."""
        if media.name not in self._others:
            self._others[media.name] = self._made(media)
        return self._others[media.name]

    def _made(self, media: MediaType) -> StatefulHandler | None:
        if essence(media.name) in YAML or is_lines(media.name) or essence(media.name) in CSV:
            return self._first
        if not is_json(media.name) and not is_xml(media.name):
            return None
        bound = bind(self._parts.contract, self._bound.operation, self._bound.plans, media)
        return _handler(bound, self._parts) if bound is not None else None

    async def _later(self, made: Awaitable[Reply], media: MediaType | None, call: Call, accept: str) -> Reply:
        return self._written(await made, media, call, accept)

    def _written(self, reply: Reply, media: MediaType | None, call: Call, accept: str) -> Reply:
        """The reply in this media type; without one the example of what the client prefers."""
        if media is None:
            return self._parts.examples.reply(self._bound.operation, call, accept)
        name = serializers.concrete_type(media.name, accept)
        if is_json(name) or "*" in name or (reply.body is None and reply.content is None):
            return reply
        body = reply.body if reply.content is None else json_codec.read(reply.content)
        if is_lines(name) or essence(name) in CSV:
            body = _rows(body)
        elif media.schema is not None:
            self._check(body, media.schema)
        content = self._table(body) if essence(name) in CSV else None
        content = content or serializers.write(body, name, media, self._parts.contract.schemas)
        return Reply(reply.status, None, reply.headers, name, content, proven=True)

    def _table(self, body: Any) -> bytes | None:
        """A list of items as a table; None for what is no list."""
        if not isinstance(body, list):
            return None
        columns = self._bound.columns or {name: name for name in self._bound.renderer.shown or next(iter(body), {})}
        named = ({column: row.get(name) for column, name in columns.items()} for row in body)
        return csv_text.written([*columns], named)

    def _check(self, body: Any, pointer: str) -> None:
        """Raises Unanswerable for a body that the schema at `pointer` does not allow."""
        validator = self._parts.contract.schemas.validator(pointer, "response")
        if not validator.is_valid(body):
            fault = next(iter(validator.iter_errors(body)))
            raise Unanswerable(f"{OURS} reply breaks the document at {pointer}: {fault.message}")


def _rows(body: Any) -> Any:
    """The items in a body that may have something around them."""
    lists = [value for value in body.values() if isinstance(value, list)] if isinstance(body, dict) else []
    return lists[0] if len(lists) == 1 else body
