"""Values as multipart bodies, each part with the media type and the headers that the document describes.

The reverse is `openapi/part_values.py`. Sources: OpenAPI 3.2 sections 4.14.4 and 4.15, RFC 2046, RFC 7578.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import structs

from mockserver.errors import Unanswerable
from mockserver.examples.example_maker import ExampleMaker
from mockserver.examples.sample_files import SAMPLE_FILES, TYPE_OF_RANGE
from mockserver.lazy_module import LazyModule
from mockserver.openapi import json_codec, multipart
from mockserver.openapi.direction_view import Direction
from mockserver.openapi.document import Header, MediaType
from mockserver.openapi.media_types import essence, is_form, is_json, is_xml
from mockserver.openapi.multipart import BodyPart
from mockserver.openapi.part_encoding import PartEncoding, encoding_of, schema_at, types_of
from mockserver.openapi.schemas import Schemas

if TYPE_CHECKING:
    import mimetypes
else:
    mimetypes = LazyModule("mimetypes")

WriteValue = Callable[[Any, str, str | None], bytes]
"""Writes the value of a part: the value, its media type, the pointer of its schema. Raises Unanswerable."""


class PartWriter:
    """Writes multipart bodies of one contract in one direction."""

    def __init__(
        self, schemas: Schemas, maker: ExampleMaker, direction: Direction, write: WriteValue | None = None
    ) -> None:
        self._schemas, self._maker, self._direction = schemas, maker, direction
        self._write = write or content_of

    def body(self, value: Any, media: MediaType, name: str, seed: int | str) -> tuple[bytes, str]:
        """The body of `value` and its content type: `name` with the boundary. Raises Unanswerable."""
        return multipart.write(self.parts(value, media, seed), name)

    def parts(self, value: Any, media: MediaType, seed: int | str) -> list[BodyPart]:
        """The parts of a list, in order, or of an object, one for each property and each item of a list in it."""
        return list(self._parts(value, media.schema, encoding_of(media, self._schemas.root), media.name, seed))

    def _parts(
        self, value: Any, pointer: str | None, encoding: PartEncoding, name: str, seed: int | str
    ) -> Iterator[BodyPart]:
        if isinstance(value, dict) and not multipart.is_ordered(name):
            yield from self._fields(value, pointer, encoding, seed)
            return
        for number, each in enumerate(value if isinstance(value, list) else [value]):
            at, here = schema_at(self._schemas, pointer, number), encoding.at(number)
            part = self._part(each, at, here, f"{seed} {number}")
            lacks_name = essence(name) == multipart.FORM and part.header("content-disposition") is None
            yield structs.replace(part, headers=(_named(str(number), ""), *part.headers)) if lacks_name else part

    def _fields(
        self, value: Mapping[str, Any], pointer: str | None, encoding: PartEncoding, seed: int | str
    ) -> Iterator[BodyPart]:
        known = self._schemas.properties(pointer) if pointer else {}
        for name, inner in value.items():
            at, here = known.get(name), encoding.named(name)
            is_several = isinstance(inner, list) and not (here.prefix or here.item)
            at = self._schemas.items(at) if is_several and at else at
            for number, each in enumerate(inner if is_several else [inner]):
                if each is not None:
                    part = self._part(each, at, here, f"{seed} {name} {number}")
                    kind = part.media_type
                    kept = part.headers if kind != "text/plain" or here.content_types else part.headers[1:]
                    yield BodyPart((_named(name, kind, is_file=self._is_file(at)), *kept), part.content)

    def _is_file(self, pointer: str | None) -> bool:
        """Does a schema say that a text is a file: by `format: binary`, or by a media type of its own?"""
        if pointer is None:
            return False
        kind = self._schemas.keyword(pointer, "contentMediaType")
        is_bytes = self._schemas.keyword(pointer, "format") == "binary" or kind == "application/octet-stream"
        return is_bytes or (isinstance(kind, str) and not is_json(kind) and not is_form(kind))

    def _part(self, value: Any, pointer: str | None, encoding: PartEncoding, seed: str) -> BodyPart:
        """One part, `Content-Type` first."""
        kind = types_of(encoding, pointer, self._schemas)[0]
        kind = TYPE_OF_RANGE.get(kind, kind)
        if multipart.is_multipart(kind):
            inner = self._parts(value, pointer, encoding, kind, seed)
            content, kind = multipart.write(inner, kind)
        else:
            content = self._write(value, kind, pointer)
        return BodyPart((("Content-Type", kind), *self._headers(encoding, seed)), content)

    def _headers(self, encoding: PartEncoding, seed: str) -> Iterator[tuple[str, str]]:
        """The headers that are required or have an example."""
        for header in encoding.headers:
            node, _ = self._schemas.resolve(header.pointer)
            if header.required or "example" in node or "examples" in node:
                yield header.name, _text(self._header_value(header, node, seed))

    def _header_value(self, header: Header, node: Mapping[str, Any], seed: str) -> Any:
        if "example" in node:
            return node["example"]
        for each in (node.get("examples") or {}).values():
            if isinstance(each, dict) and "value" in each:
                return each["value"]
        if header.schema is None:
            return "x"
        return self._maker.at(header.schema, seed=f"{seed} {header.name}", direction=self._direction)


def content_of(value: Any, kind: str, pointer: str | None) -> bytes:
    """The bytes of a value: JSON, a small file of its media type, or a text. Raises Unanswerable for XML and forms."""
    if isinstance(value, bytes):
        return value
    if is_json(kind):
        return json_codec.write(value)
    if is_xml(kind) or is_form(kind):
        raise Unanswerable(f"no part of the media type {kind} is made here", pointer=pointer or "")
    if kind in SAMPLE_FILES:
        return SAMPLE_FILES[kind]()
    return _text(value).encode()


def _named(name: str, kind: str, *, is_file: bool = False) -> tuple[str, str]:
    """The header with the name of a field. One that is a file or no text gets a file name: by it servers know files."""
    written = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    is_text = kind.startswith("text/") or is_json(kind) or is_xml(kind) or is_form(kind)
    is_file = is_file or bool(kind and not is_text)
    file = f'; filename="{written}{mimetypes.guess_extension(kind) or ".bin"}"' if is_file else ""
    return "Content-Disposition", f'form-data; name="{written}"{file}'


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return value if isinstance(value, str) else json_codec.write(value).decode()
