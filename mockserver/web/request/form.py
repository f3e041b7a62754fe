"""Forms as the objects that their schemas describe: `application/x-www-form-urlencoded` and `multipart/form-data`."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from quopri import decodestring
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, unquote_plus

from msgspec import Struct, structs

from mockserver.errors import Malformed
from mockserver.lazy_module import LazyModule
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import multipart
from mockserver.openapi.document import MediaType
from mockserver.openapi.formats import is_base64
from mockserver.openapi.media_types import is_json, is_xml
from mockserver.openapi.multipart import BodyPart, UnreadableParts
from mockserver.openapi.part_values import MAX_PARTS
from mockserver.openapi.schemas import Schemas
from mockserver.openapi.swagger import ALLOWS_EMPTY
from mockserver.web.request.bounds import MAX_FIELDS, refuse_more_than
from mockserver.web.request.coercion import Coercion, json_or_text
from mockserver.web.request.delimited import SEPARATORS, pairs_of, split
from mockserver.web.request.query import key_path, nest

if TYPE_CHECKING:
    from mockserver.web.request import xml_reader
else:
    xml_reader = LazyModule("mockserver.web.request.xml_reader")


FIRST_ELEMENT = lazy_pattern(r"\s*<([^\s<>/?!]+)")


class Field(Struct, frozen=True):
    """One field of a form.

    `sent` is the text before decoding; None for a multipart body, which has no encoding. `data` are a file's bytes,
    `part` the part of a multipart body.
    """

    name: str
    text: str
    sent: str | None = None
    data: bytes | None = None
    part: BodyPart | None = None


class FormReader:
    """Reads bodies of the media type `name`, which `media` describes in the document."""

    def __init__(self, name: str, media: MediaType, schemas: Schemas) -> None:
        self._coercion, self._schemas = Coercion(schemas, media.schema), schemas
        self._properties = schemas.properties(media.schema) if media.schema else {}
        self._encodings = media.encoding
        self._skipped = frozenset(name for name, one in media.encoding.items() if one.get(ALLOWS_EMPTY))
        self._base64 = frozenset(_base64_fields(schemas, media.schema))
        self._fields: Callable[[bytes, str], list[Field]] = _multipart if name.startswith("multipart") else _urlencoded

    def read(self, content: bytes, content_type: str) -> Any:
        """The object, its values converted to the types of the schema. Raises Malformed.

        `a=1&a=2` and `a[]=1` are lists, `a[b]=1` is an object, and `a=1,2` is a list if the document's Encoding
        Object says so (OpenAPI 3.1 section 4.8.15).
        """
        fields, declared = self._fields(content, content_type), self._coercion.properties
        count = Counter(field.name for field in fields) if self._encodings else {}
        return self._coercion.coerce(
            nest(
                (
                    (field.name,) if field.name in declared else key_path(field.name),
                    self._value(field, is_only=count[field.name] == 1) if count else field.text,
                )
                for field in map(self._encoded, fields)
                if field.text or field.name not in self._skipped
            )
        )

    def _value(self, field: Field, *, is_only: bool) -> Any:
        """The value of a field of a form with Encoding Objects; `is_only`: there is no other of its name."""
        return self._decoded(field) if is_only else field.text

    def _encoded(self, field: Field) -> Field:
        """A field whose schema wants base64: the bytes of a file that contains something else are encoded."""
        if field.data is None or field.name not in self._base64 or is_base64(field.text):
            return field
        return structs.replace(field, text=b64encode(field.data).decode())

    def _decoded(self, field: Field) -> Any:
        """The value of a field that is sent once, by its Encoding Object; its text when it has none."""
        encoding: Mapping[str, Any] = self._encodings.get(field.name) or {}
        kind = str(encoding.get("contentType", ""))
        if is_json(kind):
            return json_or_text(field.text)
        if is_xml(kind) and field.part is None:
            return self._xml(field)
        style, coercion = encoding.get("style", "form"), self._coercion.property(field.name)
        is_exploded = encoding.get("explode", style == "form") or style not in SEPARATORS
        if is_exploded or not (coercion.is_array or coercion.is_object) or field.text.startswith(("[", "{")):
            return field.text
        sent = field.sent if field.sent is not None else quote_plus(field.text)
        values = split(sent, SEPARATORS[style])
        return values if coercion.is_array else pairs_of(values, False, str)

    def _xml(self, field: Field) -> Any:
        """The value of a field that is XML, with or without an element around its properties (OpenAPI 3.2 4.24.2)."""
        at = self._properties.get(field.name)
        first = FIRST_ELEMENT.match(field.text)
        has_root = first is None or at is None or first[1] not in self._schemas.properties(at)
        text = field.text if has_root else f"<x>{field.text}</x>"
        return xml_reader.read(text.encode(), at, self._schemas)


def _base64_fields(schemas: Schemas, pointer: str | None) -> Iterator[str]:
    """The properties whose value, or each value of whose list, is base64 (JSON Schema Validation section 8.3)."""
    for name, at in schemas.properties(pointer).items() if pointer else ():
        if any(schemas.keyword(one, "contentEncoding") == "base64" for one in (at, schemas.items(at)) if one):
            yield name


def _urlencoded(content: bytes, content_type: str) -> list[Field]:
    """The fields of a URL-encoded form (URL Standard section 5.1)."""
    refuse_more_than(MAX_FIELDS, content.count(b"&"), "fields")
    parts = [part.partition("=") for part in content.decode("utf-8", "replace").split("&") if part]
    return [Field(unquote_plus(name), unquote_plus(value), value) for name, _, value in parts]


def _multipart(content: bytes, content_type: str) -> list[Field]:
    """The parts of a multipart form (RFC 7578); bytes of files that are not UTF-8 are replaced."""
    try:
        parts = multipart.read(content, content_type, most=MAX_PARTS, needs_end=False)
    except UnreadableParts as fault:
        raise Malformed(f"the multipart body cannot be read: {fault}") from None
    return [_field(part) for part in parts]


def _field(part: BodyPart) -> Field:
    name, is_file = part.field()
    if name is None:
        raise Malformed("the multipart body cannot be read: a part has no `Content-Disposition` with a name")
    data = _transferred(part)
    return Field(name, data.decode("utf-8", "replace"), data=data if is_file else None, part=part)


def _transferred(part: BodyPart) -> bytes:
    """The content without `Content-Transfer-Encoding`, which old clients still send (RFC 7578 section 4.7)."""
    coding = (part.header("content-transfer-encoding") or "").lower()
    if coding == "quoted-printable":
        return decodestring(part.content)
    if coding == "base64" and is_base64(part.content.decode("latin-1")):
        return b64decode(part.content)
    return part.content
