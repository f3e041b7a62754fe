"""How an operation stores or shows the content of an item, compiled at load."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mockserver.behaviour.statements import CONTENTS, WHOLE_BODY, ContentSize, OperationBehaviour
from mockserver.behaviour.statements import Content as ContentStatement
from mockserver.contract import Contract
from mockserver.examples.sample_files import SAMPLE_FILES, TYPE_OF_RANGE
from mockserver.inference.names import plain
from mockserver.lazy_module import LazyModule
from mockserver.messages import Call
from mockserver.openapi import json_codec, media_types, multipart
from mockserver.openapi.document import MediaType, Operation
from mockserver.openapi.part_values import MAX_PARTS
from mockserver.openapi.schemas import Schemas
from mockserver.state.record import Record

if TYPE_CHECKING:
    import mimetypes
else:
    mimetypes = LazyModule("mimetypes")

CONTENT = "content"
"""The key in `Record.hidden` that holds the content of an item."""

NO_TYPE = "application/octet-stream"


class SentBody(Struct, frozen=True):
    """The bytes of a request's body, and its `Content-Type`."""

    data: bytes
    content_type: str


class ItemContent(Struct, frozen=True):
    """The content of an item: its bytes, their media type, and the name of the file, if it has one."""

    data: bytes
    media_type: str
    name: str = ""


class ContentPlan(Struct, frozen=True):
    """`part` is what of a request is the content; `written` makes the properties that describe it.

    `is_shown` says that the reply is the content, in one of the `offered` media types. `sends_name` says that it has
    the name of the file in a header. `first` makes the content of an item that was created without one, `gone` is
    what is shown of a missing item by an operation that documents no 404: an empty list. `size` is how large it may be.
    """

    part: str
    written: tuple[tuple[str, Callable[[ItemContent], Any]], ...]
    name_parameters: tuple[str, ...]
    is_shown: bool
    offered: tuple[str, ...]
    sends_name: bool
    first: Callable[[], ItemContent]
    gone: ItemContent | None = None
    size: ContentSize | None = None

    def sent(self, call: Call, body: SentBody | None) -> ItemContent | None:
        """The content in a request; None if its form has no such file, or it is no form where one has it."""
        is_form = multipart.is_multipart(call.media_type)
        if is_form and self.part:
            return self._in_form(call, body)
        if self.part != WHOLE_BODY and (not self.part or media_types.is_json(call.media_type)):
            return None
        data = body.data if body is not None and body.data else _bytes(call.body)
        return ItemContent(data, call.media_type or NO_TYPE, self._named(call))

    def _in_form(self, call: Call, body: SentBody | None) -> ItemContent | None:
        if body is None or not body.data:  # another server has read the form
            given = call.body.get(self.part) if isinstance(call.body, Mapping) else None
            return ItemContent(_bytes(given), NO_TYPE) if given is not None else None
        parts = multipart.read(body.data, body.content_type, most=MAX_PARTS, needs_end=False)
        part = next((each for each in parts if each.name in (self.part, f"{self.part}[]")), None)
        if part is None:
            return None
        guessed, _ = mimetypes.guess_type(part.file_name)
        return ItemContent(part.content, part.media_type or guessed or NO_TYPE, part.file_name or self._named(call))

    def _named(self, call: Call) -> str:
        given = {**call.query, **call.headers, **call.path}
        return next((str(given[name]) for name in self.name_parameters if given.get(name)), "")

    def described(self, content: ItemContent | None) -> dict[str, Any]:
        """The properties that describe a content, as far as it is known."""
        made = ((name, write(content)) for name, write in self.written) if content is not None else ()
        return {name: value for name, value in made if value != ""}

    def media_type(self, content: ItemContent) -> str:
        """The media type in which a reply shows a content: its own if the document has it, else a documented one."""
        if not self.offered:
            return content.media_type
        found = media_types.best(self.offered, content.media_type)
        name = self.offered[found] if found is not None else self.offered[0]
        if not media_types.is_range(name):
            return name
        return content.media_type if found is not None else TYPE_OF_RANGE.get(name, NO_TYPE)


def kept(record: Record) -> ItemContent | None:
    """The content of an item; None if it has none."""
    found = record.hidden.get(CONTENT)
    return ItemContent(b64decode(found["data"]), found["media-type"], found["name"]) if found is not None else None


def keep(record: Record, content: ItemContent) -> None:
    """Give a draft its content, as a JSON value: it is part of snapshots, and of what processes share."""
    data = b64encode(content.data).decode()
    record.hidden[CONTENT] = {"data": data, "media-type": content.media_type, "name": content.name}


def content_plan(
    contract: Contract, operation: Operation, behaviour: OperationBehaviour, stated: ContentStatement | None
) -> ContentPlan | None:
    """The plan of an operation; None if it neither stores nor shows a content."""
    action = behaviour.action
    is_shown = action is not None and action.does in CONTENTS
    if action is None or (not is_shown and not action.content):
        return None
    success = operation.success()
    media = success.content if success is not None else ()
    shows_item = any(
        media_types.may_be_json(m.name) and m.schema and contract.schemas.properties(m.schema) for m in media
    )
    headers = success.headers if success is not None else ()
    return ContentPlan(
        part=action.content or (WHOLE_BODY if action.does == "replace-content" else ""),
        written=tuple(content_writers(contract, action.of, stated)) if stated is not None else (),
        name_parameters=_name_parameters(operation, stated),
        is_shown=is_shown and not shows_item and (bool(media) or action.does == "get-content"),
        offered=tuple(each.name for each in media),
        sends_name=any(header.name.lower() == "content-disposition" for header in headers),
        first=partial(_first, contract, operation, media),
        gone=_gone(contract, operation, media) if is_shown else None,
        size=behaviour.content_size,
    )


def _gone(contract: Contract, operation: Operation, media: Sequence[MediaType]) -> ItemContent | None:
    if operation.response(404) is not None or len(media) != 1 or not media[0].schema:
        return None
    is_list = contract.schemas.types(media[0].schema) - {"null"} == {"array"} and media_types.is_json(media[0].name)
    can_be_empty = is_list and contract.schemas.validator(media[0].schema, "response").is_valid([])
    return ItemContent(b"[]", media[0].name) if can_be_empty else None


def _name_parameters(operation: Operation, stated: ContentStatement | None) -> tuple[str, ...]:
    """The parameters that name the file of a request, the likeliest first."""
    wanted = {"filename", "name", plain(stated.name) if stated is not None else ""} - {""}
    named = [p.name for p in operation.parameters if plain(p.name) in wanted or plain(p.name).endswith("filename")]
    return tuple(sorted(named, key=lambda name: "file" not in plain(name)))


def content_writers(
    contract: Contract, resource: str, stated: ContentStatement
) -> list[tuple[str, Callable[[ItemContent], Any]]]:
    """The properties of an item that describe its content, each with the function that makes the value."""
    writers: list[tuple[str, Callable[[ItemContent], Any]]] = [
        (stated.name, lambda content: content.name),
        (stated.size, partial(_size, is_text=_is_text(contract, resource, stated.size))),
        (stated.media_type, lambda content: content.media_type),
        (stated.md5, partial(_digest, kind="md5", written=stated.written)),
        (stated.sha1, partial(_digest, kind="sha1", written=stated.written)),
        (stated.sha256, partial(_digest, kind="sha256", written=stated.written)),
    ]
    return [(name, write) for name, write in writers if name]


def _is_text(contract: Contract, resource: str, name: str) -> bool:
    """Do replies show a property as a text alone?"""
    schemas = contract.schemas
    replies = [operation.success() for operation, _ in contract.acting.get(resource, ())]
    shown = [media.schema for reply in replies if reply is not None for media in reply.content if media.schema]
    found = (at for pointer in shown for at in _named(schemas, pointer, name, DEPTH))
    return any(schemas.types(at) - {"null"} == {"string"} for at in found)


DEPTH = 3
"""How deep in a reply an item is looked for."""


def _named(schemas: Schemas, pointer: str, name: str, depth: int) -> list[str]:
    """The pointers of the schemas of a property, also inside the objects and lists around an item."""
    properties = schemas.properties(schemas.items(pointer) or pointer)
    if name in properties or not depth:
        return [properties[name]] if name in properties else []
    return [found for at in properties.values() for found in _named(schemas, at, name, depth - 1)]


def _size(content: ItemContent, *, is_text: bool) -> int | str:
    return str(len(content.data)) if is_text else len(content.data)


def _digest(content: ItemContent, *, kind: str, written: str) -> str:
    made = hashlib.new(kind, content.data, usedforsecurity=False)
    return b64encode(made.digest()).decode() if written == "base64" else made.hexdigest()


def _bytes(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    return value.encode() if isinstance(value, str) else json_codec.write(value)


def _first(contract: Contract, operation: Operation, media: Sequence[MediaType]) -> ItemContent:
    """The content of an item that was created without one: the documented example, else a generated value or file."""
    if not media:
        return ItemContent(b"", NO_TYPE)
    first = media[0]
    name = TYPE_OF_RANGE.get(media_types.essence(first.name), first.name)
    has_value = bool(first.examples) or first.schema is not None
    value = contract.examples.content(first, seed=operation.operation_id) if has_value else ""
    if media_types.is_json(name):
        return ItemContent(json_codec.write(value), name)
    kind = media_types.essence(name)
    if kind in SAMPLE_FILES and not isinstance(value, bytes):
        return ItemContent(SAMPLE_FILES[kind](), name)
    return ItemContent(_bytes(value), name)
