"""The value that a document shows for a response header: its example, else the example or the default of its schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from mockserver.openapi import json_codec
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import Header
from mockserver.openapi.schemas import Schemas


def documented_value(schemas: Schemas, header: Header) -> Any:
    """The value, of any JSON type; None if the document shows none, and allows more than one."""
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
    only = schema.get("enum") if len(schema.get("enum") or ()) == 1 else ()
    return next(iter([*shown, *(schema.get("examples") or ()), *(only or ())]), None)


def value_holder(header: Mapping[str, Any]) -> Mapping[str, Any]:
    """What has the example of a header: the header itself, or the media type in its `content`."""
    content = header.get("content")
    media = next(iter(content.values()), None) if isinstance(content, Mapping) else None
    return media if isinstance(media, Mapping) else header


def header_text(value: Any, explode: bool = False) -> str:
    """A header's value in the style `simple` (OpenAPI 3.1 section 4.8.21), percent-encoded where it is not ASCII."""
    if isinstance(value, dict) and explode:
        parts = [f"{name}={_plain(each)}" for name, each in value.items()]
    elif isinstance(value, dict):
        parts = [str(part) for pair in value.items() for part in pair]
    else:
        parts = [_plain(part) for part in (value if isinstance(value, list) else [value])]
    return re.sub(r"[^\x20-\x7e]+", lambda found: quote(found.group()), ",".join(parts)).strip()


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json_codec.write(value).decode()
