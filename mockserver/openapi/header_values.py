"""The value that a document shows for a response header: its example, else the example or the default of its schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import Header
from mockserver.openapi.schemas import Schemas


def documented_value(schemas: Schemas, header: Header) -> Any:
    """The value, of any JSON type; None if the document shows none."""
    stated = schemas.resolve(header.pointer)[0]
    node = value_holder(stated)
    if "example" in node:
        return node["example"]
    for example in (node.get("examples") or {}).values():
        return json_pointer.resolve(schemas.root, example, header.pointer)[0].get("value")
    schema = schemas.resolve(header.schema)[0] if header.schema else {}
    if not isinstance(schema, Mapping):
        return None
    shown = [schema[key] for key in ("example", "default", "const") if key in schema]
    return next(iter([*shown, *(schema.get("examples") or ())]), None)


def value_holder(header: Mapping[str, Any]) -> Mapping[str, Any]:
    """What has the example of a header: the header itself, or the media type in its `content`."""
    content = header.get("content")
    media = next(iter(content.values()), None) if isinstance(content, Mapping) else None
    return media if isinstance(media, Mapping) else header
