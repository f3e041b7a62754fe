"""Serializing a value as the bytes of a media type."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import yaml

from mockserver.openapi import json_codec
from mockserver.openapi.document import MediaType
from mockserver.openapi.media_types import essence, is_json, is_lines
from mockserver.openapi.schemas import Schemas
from mockserver.web.response import xml_writer

TYPE_OF_RANGE = {
    "*/*": "application/octet-stream",
    "application/*": "application/json",
    "text/*": "text/plain",
    "image/*": "image/png",
    "audio/*": "audio/mpeg",
    "video/*": "video/mp4",
}
"""The media type that is sent for a documented range when the client accepts no specific type in it."""


def write(value: Any, name: str, media: MediaType | None, schemas: Schemas) -> bytes:
    """The bytes of `value` as the media type `name`, which `media` describes in the document."""
    kind = essence(name)
    if isinstance(value, bytes):
        return value
    if is_json(kind):
        return json_codec.write(value)
    if is_lines(kind):
        return lines(value)
    if kind.endswith(("/xml", "+xml")) and not isinstance(value, str):
        return xml_writer.write(value, media.schema if media else None, schemas)
    if isinstance(value, str) and kind in SAMPLE_FILES:
        return SAMPLE_FILES[kind]()
    return WRITERS.get(kind, plain)(value)


def lines(value: Any) -> bytes:
    """JSON Lines and NDJSON: one item on each line, each ended by a newline; a value that is no list is one line."""
    items = value if isinstance(value, list) else [value]
    return b"".join(json_codec.write(item) + b"\n" for item in items)


def concrete_type(name: str, accept: str) -> str:
    """The documented media type; for a range, the first type in it that the client accepts, else a common one."""
    if "*" not in name:
        return name
    kind = name.partition("*")[0]
    wanted = (part.partition(";")[0].strip().lower() for part in accept.split(","))
    return next((w for w in wanted if "*" not in w and w.startswith(kind) and "/" in w), TYPE_OF_RANGE.get(name, name))


def plain(value: Any) -> bytes:
    """A text as it is, null as no bytes, any other value as JSON."""
    if value is None:
        return b""
    return value.encode() if isinstance(value, str) else json_codec.write(value)


def _form(value: Any) -> bytes:
    if not isinstance(value, dict):
        return plain(value)
    texts = {k: v if isinstance(v, str | list) else json_codec.write(v).decode() for k, v in value.items()}
    return urlencode(texts, doseq=True).encode()


def _events(value: Any) -> bytes:
    """Server-sent events (HTML Living Standard section 9.2): a stream as it is, else one event for each value."""
    if isinstance(value, str) and value.lstrip().startswith(("data:", "event:", "id:", ":")):
        return value.rstrip("\n").encode() + b"\n\n"
    events = value if isinstance(value, list) else [value]
    return b"".join(_event(event if _has_fields(event) else {"data": event}) for event in events)


def _has_fields(event: Any) -> bool:
    """Are these the fields of an event, and not its data? (OpenAPI 3.2 section 4.14.4)"""
    return isinstance(event, dict) and event.keys() <= EVENT_FIELDS and not event.keys().isdisjoint(("data", "event"))


def _event(fields: dict[str, Any]) -> bytes:
    lines = ((name, line) for name, value in fields.items() for line in plain(value).split(b"\n"))
    return b"".join(name.encode() + b": " + line + b"\n" for name, line in lines) + b"\n"


def _sequence(value: Any) -> bytes:
    """A JSON text sequence (RFC 7464 section 2.2): each value between a record separator and a newline."""
    values = value if isinstance(value, list) else [value]
    return b"".join(b"\x1e" + json_codec.write(each) + b"\n" for each in values)


def _yaml(value: Any) -> bytes:
    return yaml.safe_dump(value, sort_keys=False).encode() if not isinstance(value, str) else value.encode()


def _csv(value: Any) -> bytes:
    """A list of objects as rows below a header line (RFC 4180); a text as it is."""
    rows = value if isinstance(value, list) and all(isinstance(row, dict) for row in value) else None
    if not rows:
        return plain(value)
    names = list(rows[0])
    lines = [names, *([row.get(name, "") for name in names] for row in rows)]
    return "".join(",".join(_cell(cell) for cell in line) + "\r\n" for line in lines).encode()


def _cell(value: Any) -> str:
    text = value if isinstance(value, str) else json_codec.write(value).decode()
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\r\n') else text


def _png() -> bytes:
    """One grey pixel (PNG, ISO/IEC 15948)."""
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\x80")),
        (b"IEND", b""),
    )
    written = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def _gif() -> bytes:
    """One pixel (GIF89a)."""
    return b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"


def _pdf() -> bytes:
    """One empty page (ISO 32000)."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>",
    )
    text, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(text))
        text += b"%d 0 obj%sendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"xref\n0 4\n0000000000 65535 f \n%strailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return text + tail % (table, len(text))


def _zip() -> bytes:
    """An archive without entries (APPNOTE section 4.3.16)."""
    return b"PK\x05\x06" + bytes(18)


EVENT_FIELDS = {"event", "data", "id", "retry"}
"""The fields of a server-sent event (HTML Living Standard section 9.2.6)."""

WRITERS: dict[str, Callable[[Any], bytes]] = {
    "application/x-www-form-urlencoded": _form, "text/event-stream": _events, "text/csv": _csv,
    "application/json-seq": _sequence, "application/geo+json-seq": _sequence,
    "application/yaml": _yaml, "application/x-yaml": _yaml, "text/yaml": _yaml, "text/x-yaml": _yaml,
}  # fmt: skip
"""The serializers by media type. For other media types a text is sent as it is, and any other value as JSON."""

SAMPLE_FILES: dict[str, Callable[[], bytes]] = {
    "image/png": _png,
    "image/gif": _gif,
    "application/pdf": _pdf,
    "application/zip": _zip,
}
"""Small complete files for media types whose bytes are no text; they replace a generated string."""
