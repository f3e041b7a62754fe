"""Makes the requests of webhooks and callbacks: their headers, their query and their body."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from msgspec import Struct

from mockserver.behaviour import templates
from mockserver.behaviour.statements import SEVERAL
from mockserver.contract import Contract
from mockserver.errors import Unanswerable
from mockserver.examples.part_writer import PartWriter
from mockserver.openapi import json_codec, media_types, multipart
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import MediaType, Parameter
from mockserver.openapi.outgoing_requests import OutgoingRequest
from mockserver.webhooks.filled_body import BodyFiller, Facts
from mockserver.webhooks.message_ids import is_uuid

OURS = ("content-type", "content-length", "host", "accept", "authorization")
"""Header parameters that are not filled: the sender sets them, or their content is unknown."""


class Message(Struct, frozen=True):
    """The request of a delivery, before it is signed. `query` belongs to the address; `body` is None without one."""

    method: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None

    def address(self, url: str) -> str:
        """The address with the query of the message."""
        if not self.query:
            return url
        return f"{url}{'&' if urlsplit(url).query else '?'}{self.query}"


class MessageMaker:
    """Makes the requests of one contract. A request that no body can be made for is sent without one."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._parts = PartWriter(contract.schemas, contract.examples, "request")
        self._fillers: dict[tuple[str, str], BodyFiller] = {}

    def message(self, request: OutgoingRequest, facts: Facts, seed: int | str) -> Message:
        """The request that tells of what happened; the same for the same facts and seed.

        Raises Unanswerable if no valid body can be made.
        """
        operation, headers = request.operation, list(self._headers(request, seed))
        media, content = self._media(request), None
        if media is not None:
            value = self.body(request, media, facts, seed)
            content, kind = self._written(media, value, seed)
            if content is not None:
                headers.insert(0, ("content-type", kind))
        return Message(operation.http_method, self._query(request, seed), tuple(headers), content)

    def shows_uuid(self, request: OutgoingRequest, header: str) -> bool:
        """Does the document show a UUID in the header that names a delivery?"""
        return any(
            is_uuid(self._value(each, 0)) or bool(each.schema and self._format(each.schema) == "uuid")
            for each in request.operation.parameters
            if each.location == "header" and each.name.lower() == header.lower()
        )

    def _format(self, pointer: str) -> Any:
        return self._contract.schemas.keyword(pointer, "format")

    def with_body(self, request: OutgoingRequest, body: bytes, seed: int | str) -> Message:
        """The request with a body that a user wrote."""
        media = self._media(request)
        kind = _sent(media.name) if media is not None else "application/json"
        headers = (("content-type", kind), *self._headers(request, seed))
        return Message(request.operation.http_method, self._query(request, seed), headers, body)

    def body(self, request: OutgoingRequest, media: MediaType, facts: Facts, seed: int | str) -> Any:
        """The value of the body: valid, and filled with the facts."""
        example = self._contract.examples.content(media, seed=seed)
        if media.schema is None:
            return facts.item if example is None else example
        key = (media.schema, facts.resource)
        if key not in self._fillers:
            self._fillers[key] = BodyFiller(
                self._contract.schemas, media.schema, frozenset(_item_schemas(self._contract, facts.resource))
            )
        return self._fillers[key].filled(example, facts)

    def _written(self, media: MediaType, value: Any, seed: int | str) -> tuple[bytes | None, str]:
        """The body as bytes, and its content type. Raises Unanswerable for a media type that cannot be written."""
        if value is not None and multipart.is_multipart(media.name):
            return self._parts.body(value, media, media.name, seed)
        return _written(media.name, value), _sent(media.name)

    @staticmethod
    def _media(request: OutgoingRequest) -> MediaType | None:
        """The media type that is sent: JSON if there is one."""
        body = request.operation.request_body
        content = body.content if body is not None else ()
        return next(
            (media for media in content if media_types.may_be_json(media.name)), content[0] if content else None
        )

    def _headers(self, request: OutgoingRequest, seed: int | str) -> Iterator[tuple[str, str]]:
        for parameter in request.operation.parameters:
            if parameter.location == "header" and parameter.name.lower() not in OURS:
                value = self._value(parameter, seed)
                if value is not None:
                    yield parameter.name.lower(), "".join(letter for letter in _text(value) if " " <= letter <= "~")

    def _query(self, request: OutgoingRequest, seed: int | str) -> str:
        wanted = (each for each in request.operation.parameters if each.location == "query" and each.required)
        return urlencode([(each.name, _text(self._value(each, seed))) for each in wanted])

    def _value(self, parameter: Parameter, seed: int | str) -> Any:
        """The example of a parameter, else a generated value; None for one that is optional and has no example."""
        schemas = self._contract.schemas
        node, at = schemas.resolve(parameter.pointer)
        if "example" in node:
            return node["example"]
        for written in (node.get("examples") or {}).values():
            return json_pointer.resolve(schemas.root, written, at)[0].get("value")
        if not parameter.required:
            return None
        if parameter.schema is None:
            return ""
        return self._contract.examples.at(parameter.schema, seed=seed, direction="request")


def _item_schemas(contract: Contract, resource: str) -> Iterator[str]:
    """The resolved pointers of the schemas by which replies show an item of a resource."""
    for operation, stated in contract.acting.get(resource, ()):
        success = operation.success()
        media = (
            next((m for m in success.content if m.schema and media_types.is_json(m.name)), None) if success else None
        )
        if media is None or stated.action is None or stated.action.does in ("delete", "delete-many"):
            continue
        is_list = stated.action.does in SEVERAL
        template = stated.reply.body if stated.reply is not None else "{item}"
        path = () if template == "{item}" else templates.find(template, "items" if is_list else "item")
        entry = (0, *templates.within_entry(template, "items", "item")) if is_list else ()
        at = contract.schemas.below(media.schema, (*path, *entry)) if path is not None else None
        if at is not None:
            yield contract.schemas.resolve(at)[1]


def _written(name: str, value: Any) -> bytes | None:
    """The body as bytes. Raises Unanswerable for a media type that cannot be written."""
    if value is None:
        return None
    if media_types.may_be_json(name):
        return json_codec.write(value)
    if media_types.essence(name) == "application/x-www-form-urlencoded" and isinstance(value, dict):
        return urlencode([(key, _text(each)) for key, each in value.items()]).encode()
    if isinstance(value, str):
        return value.encode()
    raise Unanswerable(f"a body of the media type {name} cannot be sent")


def _sent(name: str) -> str:
    return "application/json" if media_types.is_range(name) else name


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json_codec.write(value).decode()
