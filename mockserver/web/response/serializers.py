"""Serializing a value as the bytes of a media type."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from mockserver.examples.part_writer import WriteValue
from mockserver.examples.sample_files import SAMPLE_FILES, TYPE_OF_RANGE
from mockserver.lazy_module import LazyModule
from mockserver.openapi import json_codec
from mockserver.openapi.document import MediaType
from mockserver.openapi.media_types import essence, is_json, is_lines
from mockserver.openapi.schemas import Schemas

if TYPE_CHECKING:
    import yaml

    from mockserver.openapi import csv_text
    from mockserver.web.response import xml_writer
else:
    csv_text = LazyModule("mockserver.openapi.csv_text")
    yaml = LazyModule("yaml")
    xml_writer = LazyModule("mockserver.web.response.xml_writer")


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


def part_writer(schemas: Schemas, *, has_files: bool = True) -> WriteValue:
    """Writes the value of a part of a multipart body; unless it `has_files`, one of an image as a text, too."""

    def write_part(value: Any, kind: str, pointer: str | None) -> bytes:
        if kind in SAMPLE_FILES and not isinstance(value, bytes):
            return SAMPLE_FILES[kind]() if has_files else plain(value)
        return write(value, kind, MediaType(kind, pointer, {}, {}, ""), schemas)

    return write_part


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
    return csv_text.written(list(rows[0]), rows)


EVENT_FIELDS = {"event", "data", "id", "retry"}
"""The fields of a server-sent event (HTML Living Standard section 9.2.6)."""

WRITERS: dict[str, Callable[[Any], bytes]] = {
    "application/x-www-form-urlencoded": _form,
    "text/event-stream": _events,
    "text/csv": _csv,
    "application/json-seq": _sequence,
    "application/geo+json-seq": _sequence,
    "application/yaml": _yaml,
    "application/x-yaml": _yaml,
    "text/yaml": _yaml,
    "text/x-yaml": _yaml,
}
"""The serializers by media type. For other media types a text is sent as it is, and any other value as JSON."""
