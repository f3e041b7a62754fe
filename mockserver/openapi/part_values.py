"""The parts of a multipart body as values, and what is wrong with them (OpenAPI 3.2 sections 4.14.4 and 4.15).

A part of JSON is its value, of text a text or what its schema makes of it, of a multipart body a list. Bytes become a
text too: JSON Schema has no others.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import orjson

from mockserver.errors import Fault
from mockserver.openapi import json_codec, multipart, sequences
from mockserver.openapi.direction_view import Direction
from mockserver.openapi.document import Header
from mockserver.openapi.formats import is_base64
from mockserver.openapi.media_types import is_json
from mockserver.openapi.multipart import BodyPart, UnreadableParts
from mockserver.openapi.part_encoding import PartEncoding, accepts, schema_at, types_of
from mockserver.openapi.schema_faults import faults
from mockserver.openapi.schemas import Schemas

MAX_PARTS = 2_000
"""The most parts of a multipart body. One part takes the parser fifty times as long as a field of a form."""

MAX_NESTING = 4
"""How deep multipart bodies may be in each other. OpenAPI 3.2 section 4.15.2 asks for two."""

Path = tuple[str | int, ...]
OtherReader = Callable[[bytes, str, str | None, PartEncoding], Any]
"""Reads a part that is no JSON, text or multipart body: its bytes, its content type, its schema, its encoding."""


class UnreadablePart(ValueError):
    """A part that is no value of its media type; `path` says which one."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(reason)
        self.path = path


class PartValues:
    """Reads and judges parts by their schemas in one direction. `other` reads what is read nowhere else."""

    def __init__(self, schemas: Schemas, direction: Direction, other: OtherReader | None = None) -> None:
        self._schemas, self._direction = schemas, direction
        self._other = other or (lambda content, _, pointer, __: text_of(content, pointer, schemas))

    def values(
        self, parts: Sequence[BodyPart], pointer: str | None, encoding: PartEncoding, path: Path = ()
    ) -> list[Any]:
        """The values of ordered parts, whose list the schema at `pointer` describes. Raises UnreadablePart."""
        return [
            self.value(part, schema_at(self._schemas, pointer, number), encoding.at(number), (*path, number))
            for number, part in enumerate(parts)
        ]

    def value(self, part: BodyPart, pointer: str | None, encoding: PartEncoding, path: Path = ()) -> Any:
        """The value of one part. Raises UnreadablePart."""
        kind = part.media_type or types_of(encoding, pointer, self._schemas)[0]
        sent = part.header("content-type") or kind
        try:
            if is_json(kind):
                return json_codec.read(part.content)
            if multipart.is_ordered(kind):
                if len(path) > MAX_NESTING:
                    raise UnreadablePart(path, f"nested more than {MAX_NESTING} levels deep")
                inner = multipart.read(part.content, sent, most=MAX_PARTS)
                return self.values(inner, pointer, encoding, path)
            if sequences.is_sequence(kind):
                return sequences.read(part.content, sent)
            if kind.startswith("text/"):
                return self.text(part.content.decode("utf-8"), pointer)
        except orjson.JSONDecodeError as fault:
            raise UnreadablePart(path, f"not JSON: {fault}") from None
        except UnicodeDecodeError as fault:
            raise UnreadablePart(path, f"not UTF-8 text: {fault}") from None
        except UnreadableParts as fault:
            raise UnreadablePart(path, f"not a {kind} body: {fault}") from None
        except sequences.UnreadableItem as fault:
            raise UnreadablePart((*path, fault.number - 1), str(fault)) from None
        return self._other(part.content, sent, pointer, encoding)

    def text(self, text: str, pointer: str | None) -> Any:
        """A text as the number, truth value or null that its schema asks for, if it is one; else the text."""
        types = self._schemas.types(pointer) if pointer else frozenset()
        if not types or "string" in types:
            return text
        try:
            return json_codec.read(text.strip().encode())
        except orjson.JSONDecodeError:
            return text

    def faults(
        self, parts: Sequence[BodyPart], pointer: str | None, encoding: PartEncoding, path: Path = ()
    ) -> Iterator[Fault]:
        """What is wrong with the media types and headers of ordered parts, also of those inside of parts."""
        for number, part in enumerate(parts):
            here, inner = encoding.at(number), schema_at(self._schemas, pointer, number)
            yield from self.part_faults(part, here, (*path, number))
            yield from self.nested_faults(part, inner, here, (*path, number))

    def nested_faults(self, part: BodyPart, pointer: str | None, encoding: PartEncoding, path: Path) -> Iterator[Fault]:
        """What is wrong with the media types and headers of the parts in a part: by position, or by name in a form."""
        kind = part.media_type
        if not encoding.says_more_than_types or not multipart.is_multipart(kind):
            return
        nested = multipart.read(part.content, part.header("content-type") or "", most=MAX_PARTS)
        if multipart.is_ordered(kind):
            yield from self.faults(nested, pointer, encoding, path)
            return
        for each in nested:
            here, at = encoding.named(each.name), (*path, each.name)
            yield from self.part_faults(each, here, at, may_lack_type=True)
            yield from self.nested_faults(each, None, here, at)

    def part_faults(
        self, part: BodyPart, encoding: PartEncoding, path: Path, *, may_lack_type: bool = False
    ) -> list[Fault]:
        """What is wrong with the media type and the headers of one part.

        A part without `Content-Type` is plain text (RFC 2046 section 5.1), unless it `may_lack_type`.
        """
        sent, types = part.media_type or ("" if may_lack_type else "text/plain"), encoding.content_types
        found = []
        if types and sent and not accepts(types, sent):
            seen = f"its content type is {sent}" if part.media_type else "it has no content type"
            found.append(Fault("body", path, f"the part must be {' or '.join(types)}; {seen}", "contentType"))
        for header in encoding.headers:
            found += self._header_faults(header, part.header(header.name), path)
        return found

    def _header_faults(self, header: Header, text: str | None, path: Path) -> list[Fault]:
        if text is None:
            message = f"the part needs the header {header.name}"
            return [Fault("body", path, message, "required")] if header.required else []
        if header.schema is None:
            return []
        value = self._header_value(text, header.schema)
        wrong = faults(self._schemas.validator(header.schema, self._direction), value, "body", path)
        return [
            Fault("body", path, f"the header {header.name} of the part: {each.message}", each.keyword, each.expected)
            for each in wrong
        ]

    def _header_value(self, text: str, pointer: str) -> Any:
        """The value of a header in the style `simple` (OpenAPI 3.1 section 4.8.21)."""
        if "array" in self._schemas.types(pointer):
            inner = self._schemas.items(pointer)
            return [self.text(each.strip(), inner) for each in text.split(",")]
        return self.text(text, pointer)


def text_of(content: bytes, pointer: str | None, schemas: Schemas) -> str:
    """Bytes as the text that a schema describes: base64 if it asks for that and they are no base64 already."""
    text = content.decode("utf-8", "replace")
    wants_base64 = pointer is not None and schemas.keyword(pointer, "contentEncoding") == "base64"
    return b64encode(content).decode() if wants_base64 and not is_base64(text) else text
