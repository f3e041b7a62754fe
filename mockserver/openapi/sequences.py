"""Bodies that repeat one structure, read as the list of their items (OpenAPI 3.2 section 4.14.3).

JSON Lines and NDJSON have a value a line, JSON text sequences (RFC 7464) a value after each record separator, and event
streams (HTML Living Standard section 9.2.6) fields in lines, with an empty line after each event.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson

from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import json_codec, multipart
from mockserver.openapi.media_types import essence, is_lines

EVENTS = "text/event-stream"
SEPARATOR = b"\x1e"
"""The character before each value of a JSON text sequence (RFC 7464 section 2.2)."""


class UnreadableItem(ValueError):
    """An item that is no value of its media type; `number` counts from 1."""

    def __init__(self, number: int, name: str, reason: str) -> None:
        super().__init__(f"{name} {number} is not JSON: {reason}")
        self.number = number


def is_sequence(name: str) -> bool:
    """Is a body of this media type a sequence that is read here?"""
    return is_lines(name) or _is_json_seq(name) or essence(name) == EVENTS


def is_list_of_values(name: str) -> bool:
    """Is a body of this media type a list of JSON values: lines, or a JSON text sequence?"""
    return is_lines(name) or _is_json_seq(name)


def read(content: bytes, name: str, *, is_cut: bool = False) -> list[Any]:
    """The items of a body of the media type `name`. Raises UnreadableItem.

    Of a body that `is_cut`, because it did not end in time, a last item that has no end is left out.
    """
    return list(items(content, name, is_cut=is_cut))


def items(content: bytes, name: str, *, is_cut: bool = False) -> Iterator[Any]:
    """The items as `read` returns them, one after the other."""
    if essence(name) == EVENTS:
        return _events(content)
    if _is_json_seq(name):
        return _values(_texts(content, is_cut), "value")
    return _values(_lines(content, is_cut), "line")


def pieces(content: bytes, name: str) -> list[bytes]:
    """The bytes of each item, which together are the body: what a server sends one after the other."""
    kind = essence(name)
    if multipart.is_ordered(kind):
        return multipart.pieces(content, name)
    mark = rb"(?<=\n\n)" if kind == EVENTS else rb"(?=\x1e)" if _is_json_seq(name) else rb"(?<=\n)"
    return [each for each in re.split(mark, content) if each]


def written(texts: Iterable[bytes], name: str) -> bytes:
    """A body of JSON texts: lines, or a JSON text sequence."""
    mark = SEPARATOR if _is_json_seq(name) else b""
    return b"".join(mark + text + b"\n" for text in texts)


def is_stream(name: str) -> bool:
    """May a body of this media type be sent item by item, and go on for ever?"""
    return is_sequence(name) or multipart.is_ordered(name)


def _is_json_seq(name: str) -> bool:
    return essence(name).endswith(("/json-seq", "+json-seq"))


def _lines(content: bytes, is_cut: bool) -> Iterator[tuple[int, bytes]]:
    """The lines that are not empty, with their numbers."""
    lines = content.split(b"\n")
    whole = lines[:-1] if is_cut else lines
    return ((number, line) for number, line in enumerate(whole, 1) if line.strip())


def _texts(content: bytes, is_cut: bool) -> Iterator[tuple[int, bytes]]:
    """The texts between record separators. Several separators in a row count as one (RFC 7464 section 2.1)."""
    texts = [text for text in content.split(SEPARATOR) if text.strip()]
    whole = texts[:-1] if is_cut and not content.endswith(b"\n") else texts
    return enumerate(whole, 1)


def _values(texts: Iterator[tuple[int, bytes]], name: str) -> Iterator[Any]:
    for number, text in texts:
        try:
            yield json_codec.read(text)
        except orjson.JSONDecodeError as fault:
            raise UnreadableItem(number, name, str(fault)) from None


def _events(content: bytes) -> Iterator[dict[str, Any]]:
    """The events as objects of their fields. One without data is not dispatched, and so is one without an end."""
    text = content.decode("utf-8", "replace").removeprefix("\ufeff")
    fields: dict[str, Any] = {}
    for line in LINE_END.split(text):
        if line:
            _field(fields, line)
            continue
        if "data" in fields:
            yield fields
        fields = {}


LINE_END = lazy_pattern("\r\n|\r|\n")


def _field(fields: dict[str, Any], line: str) -> None:
    """Add one line to an event; comments and fields that the standard does not know are ignored."""
    name, _, value = line.partition(":")
    add = FIELDS.get(name)
    if add is not None:
        add(fields, value.removeprefix(" "))


def _data(fields: dict[str, Any], value: str) -> None:
    fields["data"] = f"{fields['data']}\n{value}" if "data" in fields else value


def _retry(fields: dict[str, Any], value: str) -> None:
    if value.isascii() and value.isdecimal() and len(value) <= MAX_DIGITS:
        fields["retry"] = int(value)


def _id(fields: dict[str, Any], value: str) -> None:
    if "\0" not in value:
        fields["id"] = value


def _event(fields: dict[str, Any], value: str) -> None:
    fields["event"] = value


MAX_DIGITS = 15
"""The most digits of a `retry` time in milliseconds: more are no time that a client could wait."""

FIELDS: dict[str, Callable[[dict[str, Any], str], None]] = {
    "data": _data,
    "event": _event,
    "id": _id,
    "retry": _retry,
}
"""How each field of an event is read (HTML Living Standard section 9.2.6)."""


def as_described(event: dict[str, Any], is_valid: Callable[[Any], bool]) -> Any:
    """An event as the value that its schema describes.

    That is the object of its fields, whose data are a text. Authors also describe the data as the JSON value in that
    text, or describe nothing but this value; so the first of these that `is_valid` is taken, else the event.
    """
    if is_valid(event):
        return event
    try:
        data = json_codec.read(event["data"].encode())
    except (KeyError, orjson.JSONDecodeError):
        return event
    return next((each for each in ({**event, "data": data}, data) if is_valid(each)), event)
