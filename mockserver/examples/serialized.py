"""Examples that a document writes as they are sent: `serializedValue`, `externalValue` (OpenAPI 3.2 section 4.19)."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from mockserver.errors import InvalidDocument
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import pointer
from mockserver.openapi.bundle_keys import EXAMPLE_FILE
from mockserver.openapi.document import MediaType
from mockserver.openapi.media_types import is_json
from mockserver.openapi.multipart import is_multipart
from mockserver.openapi.schemas import Schemas

FIRST_BOUNDARY = lazy_pattern(rb"(?:\A|\n)--([^\r\n]{1,70})\r?\n")


def serialized_example(media: MediaType, schemas: Schemas, name: str | None = None) -> bytes | None:
    """The bytes of the example called `name`, else of the first one that is written so; None without one.

    JSON is written anew, since its value says as much.
    """
    if not media.examples or is_json(media.name):
        return None
    node, at = schemas.resolve(media.pointer)
    for key, written in (node.get("examples") or {}).items():
        example = _followed(schemas, written, at)
        if name in (None, key) and type(example.get("serializedValue")) is str:
            return str(example["serializedValue"]).encode()
        if name in (None, key) and EXAMPLE_FILE in example and "dataValue" not in example:
            return b64decode(example[EXAMPLE_FILE])
    return None


def serialized_type(name: str, content: bytes) -> str:
    """The content type of such an example: that of a multipart body has the boundary that begins its first part."""
    first = FIRST_BOUNDARY.search(content) if is_multipart(name) else None
    if first is None or "boundary=" in name:
        return name
    return f'{name}; boundary="{first[1].decode("latin-1")}"'


def _followed(schemas: Schemas, written: Any, at: str) -> Mapping[str, Any]:
    try:
        node, _ = pointer.resolve(schemas.root, written, at)
    except InvalidDocument:
        return {}
    return node if isinstance(node, Mapping) else {}
