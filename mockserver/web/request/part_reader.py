"""Multipart bodies of requests: their parts as values, and what is wrong with their media types and headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.errors import Fault, Invalid, Malformed
from mockserver.lazy_module import LazyModule
from mockserver.openapi import multipart
from mockserver.openapi.document import MediaType
from mockserver.openapi.media_types import essence, is_form, is_xml
from mockserver.openapi.multipart import BodyPart, UnreadableParts, is_multipart
from mockserver.openapi.part_encoding import PartEncoding, encoding_of
from mockserver.openapi.part_values import MAX_PARTS, OtherReader, PartValues, UnreadablePart, text_of
from mockserver.openapi.schemas import Schemas
from mockserver.web.request.form import Field, FormReader

if TYPE_CHECKING:
    from mockserver.web.request import xml_reader
else:
    xml_reader = LazyModule("mockserver.web.request.xml_reader")


class PartReader:
    """Reads bodies of ordered parts as lists (OpenAPI 3.2 section 4.14.4, "Encoding By Position")."""

    def __init__(self, media: MediaType, schemas: Schemas) -> None:
        self._schema, self._schemas = media.schema, schemas
        self._encoding = encoding_of(media, schemas.root)
        self._values = PartValues(schemas, "request", _other_reader(schemas))

    def read(self, content: bytes, content_type: str) -> list[Any]:
        """The values of the parts. Raises Malformed, naming the part."""
        return self._read(self._parts(content, content_type))

    def read_valid(self, content: bytes, content_type: str) -> list[Any]:
        """As `read`. Raises Invalid too, for a part with a wrong media type or header."""
        parts = self._parts(content, content_type)
        values = self._read(parts)
        _refuse(list(self._values.faults(parts, self._schema, self._encoding)))
        return values

    @staticmethod
    def _parts(content: bytes, content_type: str) -> list[BodyPart]:
        try:
            return multipart.read(content, content_type, most=MAX_PARTS)
        except UnreadableParts as fault:
            raise Malformed(f"the multipart body cannot be read: {fault}") from None

    def _read(self, parts: list[BodyPart]) -> list[Any]:
        try:
            return self._values.values(parts, self._schema, self._encoding)
        except UnreadablePart as fault:
            raise _malformed(fault) from None


class FormPartReader(FormReader):
    """Reads multipart forms whose Encoding Objects say something of single parts, and judges the parts by them."""

    def __init__(self, name: str, media: MediaType, schemas: Schemas) -> None:
        super().__init__(name, media, schemas)
        self._schemas, self._encoding = schemas, encoding_of(media, schemas.root)
        self._values = PartValues(schemas, "request", _other_reader(schemas))

    def read_valid(self, content: bytes, content_type: str) -> Any:
        """As `read`. Raises Invalid too, for a part with a wrong media type or header."""
        value = self.read(content, content_type)
        found = list[Fault]()
        for part in multipart.read(content, content_type, most=MAX_PARTS, needs_end=False):
            encoding = self._encoding.named(part.name)
            found += self._values.part_faults(part, encoding, (part.name,), may_lack_type=True)
            found += self._values.nested_faults(part, None, encoding, (part.name,))
        _refuse(found)
        return value

    def _value(self, field: Field, *, is_only: bool) -> Any:
        """As in FormReader; a part of XML, or that has parts itself, is read as such."""
        encoding, pointer = self._encoding.named(field.name), self._coercion.properties.get(field.name)
        is_list = self._coercion.property(field.name).is_array and not encoding.prefix and encoding.item is None
        kind = (field.part.media_type if field.part else "") or next(iter(encoding.content_types), "")
        if field.part is None or not (is_xml(kind) or is_form(kind) or is_multipart(kind)):
            return super()._value(field, is_only=is_only)
        at = self._schemas.items(pointer) if is_list and pointer else pointer
        try:
            value = self._values.value(field.part, at, encoding, (field.name,))
        except UnreadablePart as fault:
            raise _malformed(fault) from None
        return [value] if is_list and is_only else value


def _other_reader(schemas: Schemas) -> OtherReader:
    """Reads a part of XML, a form, or any bytes. Raises Malformed."""

    def read(content: bytes, sent: str, pointer: str | None, encoding: PartEncoding) -> Any:
        if is_xml(sent):
            return xml_reader.read(content, pointer, schemas)
        if is_form(sent):
            media = MediaType(essence(sent), pointer, {}, encoding.written, "")
            return FormReader(media.name, media, schemas).read(content, sent)
        return text_of(content, pointer, schemas)

    return read


def _malformed(fault: UnreadablePart) -> Malformed:
    message = str(fault)
    return Malformed(message, faults=(Fault("body", fault.path, message, "contentType"),))


def _refuse(found: list[Fault]) -> None:
    if found:
        raise Invalid(found[0].message, faults=tuple(found))
