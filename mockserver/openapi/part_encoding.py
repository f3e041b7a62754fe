"""How the parts of a multipart body are encoded: the Encoding Objects of a document (OpenAPI 3.2 section 4.15)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct, field

from mockserver.openapi.document import Header, MediaType
from mockserver.openapi.document_reader import documented_headers
from mockserver.openapi.media_types import essence
from mockserver.openapi.pointer import join, lookup, resolve
from mockserver.openapi.schemas import Schemas

STYLED = ("style", "explode", "allowReserved")
"""Fields that make `contentType` ignored when they are written (OpenAPI 3.1 section 4.8.15.1)."""

BINARY = "application/octet-stream"


class PartEncoding(Struct, frozen=True):
    """One Encoding Object, for one part.

    `content_types` are media types and ranges; empty where the document does not say. The others are Encoding Objects
    for the parts of a part that is a multipart body or a form itself: by name, the first by position, all others.
    """

    content_types: tuple[str, ...] = ()
    headers: tuple[Header, ...] = ()
    by_name: Mapping[str, PartEncoding] = field(default_factory=lambda: MappingProxyType({}))
    prefix: tuple[PartEncoding, ...] = ()
    item: PartEncoding | None = None
    written: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def at(self, position: int) -> PartEncoding:
        """The encoding of the part at a position, counted from 0."""
        if position < len(self.prefix):
            return self.prefix[position]
        return self.item or NOT_STATED

    def named(self, name: str) -> PartEncoding:
        """The encoding of the field of that name."""
        return self.by_name.get(name, NOT_STATED)

    @property
    def says_more_than_types(self) -> bool:
        """Does it say anything of single parts?"""
        return bool(self.by_name or self.prefix or self.item)


NOT_STATED = PartEncoding()


def encoding_of(media: MediaType, root: Mapping[str, Any]) -> PartEncoding:
    """The encoding of the parts of a body of this media type, in the document `root`."""
    node = lookup(root, media.pointer)
    node, at = resolve(root, node, media.pointer) if isinstance(node, dict) else ({}, media.pointer)
    return _encoding({key: node[key] for key in NESTED if key in node}, at, root)


NESTED = ("encoding", "prefixEncoding", "itemEncoding")
"""The fields that Media Type Objects and Encoding Objects have in common (OpenAPI 3.2 section 4.15.2)."""


def _encoding(node: Any, at: str, root: Mapping[str, Any]) -> PartEncoding:
    if not isinstance(node, dict):
        return NOT_STATED
    by_name, prefix, item = (node.get(key) for key in NESTED)
    headers = node.get("headers") or {}
    types = "" if any(key in node for key in STYLED) else str(node.get("contentType") or "")
    return PartEncoding(
        tuple(text.strip().lower() for text in types.split(",") if text.strip()),
        tuple(h for h in documented_headers(root, headers, at) if h.name.lower() != "content-type"),
        {name: _encoding(each, join(at, "encoding", name), root) for name, each in (by_name or {}).items()},
        tuple(_encoding(each, join(at, "prefixEncoding", n), root) for n, each in enumerate(prefix or ())),
        _encoding(item, join(at, "itemEncoding"), root) if item is not None else None,
        by_name or {},
    )


def is_described_as_list(media: MediaType, schemas: Schemas) -> bool:
    """Does the schema of a body describe a list, so that its parts count by their positions?"""
    return media.schema is not None and "array" in schemas.types(media.schema)


def schema_at(schemas: Schemas, pointer: str | None, position: int) -> str | None:
    """The pointer of the schema of one item of a list: of `prefixItems`, else of `items`; None if none is stated."""
    for node, here in schemas.branches(pointer) if pointer else ():
        listed = node.get("prefixItems")
        if isinstance(listed, list) and position < len(listed):
            return join(here, "prefixItems", position)
    return schemas.items(pointer) if pointer else None


def types_of(encoding: PartEncoding, pointer: str | None, schemas: Schemas) -> tuple[str, ...]:
    """The media types that a part may have: those of the document, else the default for its schema (section 4.15.1)."""
    if encoding.content_types or pointer is None:
        return encoding.content_types or (BINARY,)
    types = schemas.types(pointer) - {"null"}
    if types and types <= {"object", "array"}:
        return ("application/json",)
    if not types:
        has_parts = bool(schemas.properties(pointer)) or schemas.items(pointer) is not None
        return ("application/json",) if has_parts else (BINARY,)
    kind = schemas.keyword(pointer, "contentMediaType")  # `format: binary` of 3.0 is one, too
    if isinstance(kind, str) and kind:
        return (kind.lower(),)
    return ("text/plain",) if schemas.keyword(pointer, "contentEncoding") is None else (BINARY,)


def accepts(types: tuple[str, ...], sent: str) -> bool:
    """Is the media type of a part one of those, or in one of those ranges?"""
    kind = essence(sent)
    return any(
        each in ("*/*", kind) or (each.endswith("/*") and kind.startswith(each[:-1])) for each in map(essence, types)
    )
