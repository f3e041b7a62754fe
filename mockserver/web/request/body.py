"""Reading request bodies: from bytes and a content type to a value that matches the document."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson

from mockserver.errors import Fault, Invalid, Malformed, UnsupportedMediaType
from mockserver.lazy_module import LazyModule
from mockserver.openapi import json_codec, media_types, sequences
from mockserver.openapi.document import MediaType, RequestBody
from mockserver.openapi.multipart import is_multipart, is_ordered
from mockserver.openapi.part_encoding import is_described_as_list
from mockserver.openapi.schema_faults import faults
from mockserver.openapi.schemas import Schemas, Validator
from mockserver.web.request.bounds import refuse_deep
from mockserver.web.request.form import FormReader
from mockserver.web.request.part_reader import FormPartReader, PartReader

if TYPE_CHECKING:
    from mockserver.web.request import xml_reader
else:
    xml_reader = LazyModule("mockserver.web.request.xml_reader")

CACHED_READERS = 64
"""How many content types have their reader cached: clients send few, but an attacker may send any number."""

LONGEST_CACHED = 256
"""The longest content type whose reader is cached, in characters."""

LARGE = 100_000
"""From how many bytes on a body's first fault is the only one that is reported: to find all can take seconds."""

Parse = Callable[[bytes, str], Any]


class BodyReader:
    """The body of one operation, compiled."""

    def __init__(self, body: RequestBody, schemas: Schemas, *, is_patch: bool = False) -> None:
        """`is_patch` is for an operation whose 415 names what it takes in `Accept-Patch` too (RFC 5789 section 2.2)."""
        self._accept = ("accept", "accept-patch") if is_patch else ("accept",)
        self.required = body.required
        self._schemas, self._content = schemas, body.content
        self._readers = [_reader(media.name, media, schemas) for media in body.content]
        self._known: dict[str, MediaReader] = {}
        self.offered = ", ".join(media.name for media in body.content)

    def read(self, content: bytes, content_type: str) -> tuple[Any, str]:
        """(value, media type name). Raises Malformed, Invalid or UnsupportedMediaType."""
        if not content and self._is_no_body(content_type):
            self._refuse_missing()
            return None, ""
        reader = self.reader(content_type)
        if not content and reader.is_json:  # JSON has no empty text, so this is no body (RFC 8259 section 2)
            self._refuse_missing()
            return None, reader.name
        value = reader.parse_valid(content, content_type)
        if reader.validator is not None and not reader.validator.is_valid(value):
            found = faults(reader.validator, value, "body", is_large=len(content) > LARGE)
            raise Invalid(found[0].message, faults=found)
        return value, reader.name

    def reader(self, content_type: str) -> MediaReader:
        """The reader for a content type. Raises UnsupportedMediaType."""
        return self._known.get(content_type) or self._find(content_type)

    def json_reader(self) -> MediaReader | None:
        """The first reader for JSON; None when the operation takes none."""
        return next((reader for reader in self._readers if reader.is_json), None)

    def _is_no_body(self, content_type: str) -> bool:
        """Is an empty content with this type no body, rather than an empty one of a documented type?"""
        return not content_type or media_types.best([media.name for media in self._content], content_type) is None

    def _refuse_missing(self) -> None:
        if self.required:
            fault = Fault("body", (), "a request body is required", "required")
            raise Invalid(fault.message, faults=(fault,))

    def _find(self, content_type: str) -> MediaReader:
        """The reader for a content type, by the most specific media type that matches (OpenAPI 3.1 section 4.8.13)."""
        kind = media_types.essence(content_type)
        found = media_types.best([media.name for media in self._content], content_type)
        if found is None:
            sent = f"content type {kind!r}" if kind else "a body without a content type"
            message = f"{sent} is not supported; send {self.offered}"
            raise UnsupportedMediaType(message, headers=tuple((name, self.offered) for name in self._accept))
        media, reader = self._content[found], self._readers[found]
        if media_types.is_range(media.name):  # the content type says how to read the body, the range has the schema
            reader = _reader(kind, media, self._schemas)
        if len(self._known) < CACHED_READERS and len(content_type) <= LONGEST_CACHED:
            self._known[content_type] = reader
        return reader


class MediaReader:
    """One media type of a body: how its bytes become a value, and what validates the value.

    `parse_valid` refuses what no value shows: the media types and headers of parts.
    """

    __slots__ = ("is_json", "name", "parse", "parse_valid", "validator")

    def __init__(self, name: str, parse: Parse, validator: Validator | None, parse_valid: Parse | None = None) -> None:
        self.name, self.parse, self.validator = name, parse, validator
        self.parse_valid = parse_valid or parse
        self.is_json = parse is _json


def _reader(name: str, media: MediaType, schemas: Schemas) -> MediaReader:
    """The reader for bodies of the media type `name`, which `media` describes in the document."""
    name = media_types.essence(name)
    validator = schemas.validator(media.schema, "request") if media.schema else None
    if media_types.is_json(name):
        return MediaReader(name, _json, validator)
    if sequences.is_sequence(name) and not _is_one_text(name, media, schemas):
        listed = schemas.lines_validator(media.schema, "request") if media.schema else None
        return MediaReader(name, partial(_sequence, is_valid=_item_test(media, schemas)), listed)
    if is_ordered(name) or (is_multipart(name) and is_described_as_list(media, schemas)):
        parts = PartReader(media, schemas)
        return MediaReader(name, parts.read, validator, parts.read_valid)
    if is_multipart(name) and media.encoding:
        form = FormPartReader(name, media, schemas)
        return MediaReader(name, form.read, validator, form.read_valid)
    if media_types.is_form(name):
        return MediaReader(name, FormReader(name, media, schemas).read, validator)
    if media_types.is_xml(name):
        return MediaReader(name, lambda content, _: xml_reader.read(content, media.schema, schemas), validator)
    if name.startswith("text/"):
        return MediaReader(name, _text, validator)
    return MediaReader(name, lambda content, _: content, None)


BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What some clients write before a text, and a parser of JSON may ignore (RFC 8259 section 8.1)."""


def _json(content: bytes, content_type: str) -> Any:
    try:
        value = json_codec.read(content.removeprefix(BYTE_ORDER_MARK))
    except orjson.JSONDecodeError as fault:
        message = f"not JSON: {fault}"
        faults = (Fault("body", (), message, "json"),)
        raise Malformed(message, faults=faults, position=fault.pos) from None
    refuse_deep(content, value)
    return value


def _is_one_text(name: str, media: MediaType, schemas: Schemas) -> bool:
    """Does the document describe events as one text? Before 3.2 there was no other way."""
    return name == sequences.EVENTS and not (media.schema and "array" in schemas.types(media.schema))


def _item_test(media: MediaType, schemas: Schemas) -> Callable[[Any], bool] | None:
    """Says of an event if its schema describes it so; None for lines and JSON text sequences."""
    at = schemas.items(media.schema) if media.schema and media_types.essence(media.name) == sequences.EVENTS else None
    return schemas.validator(at, "request").is_valid if at else None


def _sequence(content: bytes, content_type: str, *, is_valid: Callable[[Any], bool] | None) -> list[Any]:
    """The items of a sequence of JSON values or events. Raises Malformed, naming the item."""
    try:
        found = sequences.read(content, content_type)
    except sequences.UnreadableItem as fault:
        message = str(fault)
        raise Malformed(message, faults=(Fault("body", (fault.number - 1,), message, "json"),)) from None
    refuse_deep(content, found)
    return found if is_valid is None else [sequences.as_described(event, is_valid) for event in found]


def _text(content: bytes, content_type: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise Malformed(f"the body is not UTF-8 text: {fault}") from None
