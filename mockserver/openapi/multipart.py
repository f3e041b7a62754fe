"""Multipart bodies as bytes: splitting one into its parts, and joining parts to one (RFC 2046 section 5.1)."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mockserver.lazy_module import LazyModule
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.media_types import essence

if TYPE_CHECKING:
    from python_multipart import exceptions as parser_errors
    from python_multipart import multipart as multipart_parser
else:
    parser_errors = LazyModule("python_multipart.exceptions")
    multipart_parser = LazyModule("python_multipart.multipart")

BOUNDARY = "mockserver-part"
"""What separates parts. A number is added if a part contains it."""

FORM = "multipart/form-data"

MAX_HEADERS, MAX_HEADER = 64, 16_384
"""The most headers of a part, and the most bytes of one."""

# Without a handler, what the parser logs about bodies that clients send would be printed to the terminal.
logging.getLogger("python_multipart").addHandler(logging.NullHandler())


class UnreadableParts(ValueError):
    """A body that is no multipart body; the text says why."""


class BodyPart(Struct, frozen=True):
    """One part: its headers as they are written, and its content."""

    headers: tuple[tuple[str, str], ...]
    content: bytes

    def header(self, name: str) -> str | None:
        """The value of a header, several joined by commas (RFC 9110 section 5.3); None without one."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(found) if found else None

    @property
    def media_type(self) -> str:
        """Its media type without parameters; empty if the part does not say."""
        return essence(self.header("content-type") or "")

    @property
    def name(self) -> str:
        """The name of the field that it is, in a form (RFC 7578 section 4.2); empty without one."""
        return self.field()[0] or ""

    @property
    def is_file(self) -> bool:
        """Does it have a file name?"""
        return self.field()[1]

    @property
    def file_name(self) -> str:
        """Its file name without folders (RFC 7578 section 4.2); empty without one."""
        name = self._options().get(b"filename", b"").decode("utf-8", "replace")
        return name.replace("\\", "/").rpartition("/")[2]

    def field(self) -> tuple[str | None, bool]:
        """The name of the field that it is (None if the part gives none), and whether it has a file name.

        An empty text is a name as well (RFC 7578 section 4.2 wants one, of any length).
        """
        options = self._options()
        name = options.get(b"name")
        return None if name is None else name.decode("utf-8", "replace"), b"filename" in options

    def _options(self) -> dict[bytes, bytes]:
        written = (self.header("content-disposition") or "").encode().decode("latin-1")  # the parser knows no other
        return multipart_parser.parse_options_header(written)[1]


def is_multipart(name: str) -> bool:
    """Is it a multipart media type?"""
    return essence(name).startswith("multipart/")


def is_ordered(name: str) -> bool:
    """Is it a multipart media type whose parts have no names, so that their order counts (OpenAPI 3.2 section 4.14)?"""
    return is_multipart(name) and essence(name) != FORM


def read(
    content: bytes, content_type: str, *, most: int, is_cut: bool = False, needs_end: bool = True
) -> list[BodyPart]:
    """The parts of a body. Raises UnreadableParts, also for more than `most` parts.

    What is before the first boundary and after the last is passed over. A last part that has no end is left out of a
    body that `is_cut`, because it did not end in time, and where nothing `needs_end`.
    """
    boundary = _boundary(content_type)
    start = _start(content, boundary)
    if start < 0:
        if is_cut:
            return []
        raise UnreadableParts(f"there is no boundary `--{boundary.decode('latin-1')}` in it")
    if content.count(b"--" + boundary) > most + 1:
        raise UnreadableParts(f"it has more than {most:,} parts")
    collector = _Collector()
    rest = content[start:] if start else content
    if rest.startswith(b"--" + boundary + b"--"):
        return []  # the first boundary is the last one
    try:
        callbacks: Any = collector.callbacks()
        parser = multipart_parser.MultipartParser(
            boundary, callbacks, max_header_count=MAX_HEADERS, max_header_size=MAX_HEADER
        )
        parser.write(rest)
    except parser_errors.FormParserError as fault:
        raise UnreadableParts(str(fault)) from None
    if needs_end and not is_cut and not collector.is_ended:
        raise UnreadableParts(f"the last boundary `--{boundary.decode('latin-1')}--` is missing")
    return collector.parts


def _boundary(content_type: str) -> bytes:
    _, options = multipart_parser.parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise UnreadableParts("its content type has no boundary")
    return boundary


def _start(content: bytes, boundary: bytes) -> int:
    """Where the first boundary is, at the begin of a line; -1 for none."""
    mark = b"--" + boundary
    if content.startswith(mark):
        return 0
    found = content.find(b"\n" + mark)
    return found + 1 if found >= 0 else -1


class _Collector:
    """Puts together what the parser finds."""

    def __init__(self) -> None:
        self.parts: list[BodyPart] = []
        self.is_ended = False
        self._begin()

    def callbacks(self) -> dict[str, Any]:
        """The functions that the parser calls, by their names."""
        return {
            "on_part_begin": self._begin,
            "on_part_data": lambda data, start, end: self._content.append(data[start:end]),
            "on_part_end": self._end,
            "on_header_field": lambda data, start, end: self._name.append(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.append(data[start:end]),
            "on_header_end": self._end_header,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        self._headers: list[tuple[str, str]] = []
        self._content: list[bytes] = []
        self._name: list[bytes] = []
        self._value: list[bytes] = []

    def _end_header(self) -> None:
        name, value = (b"".join(each).decode("utf-8", "replace").strip() for each in (self._name, self._value))
        self._headers.append((name, value))
        self._name, self._value = [], []

    def _end(self) -> None:
        self.parts.append(BodyPart(tuple(self._headers), b"".join(self._content)))

    def _finish(self) -> None:
        self.is_ended = True


def write(parts: Iterable[BodyPart], media_type: str) -> tuple[bytes, str]:
    """The body of the given parts, and its content type: the media type with the boundary."""
    written = [b"".join([*map(_line, part.headers), b"\r\n", part.content, b"\r\n"]) for part in parts]
    boundary, number = BOUNDARY, 1
    while any(boundary.encode() in each for each in written):
        boundary, number = f"{BOUNDARY}-{number}", number + 1
    mark = b"--" + boundary.encode()
    body = b"".join(mark + b"\r\n" + each for each in written) + mark + b"--\r\n"
    return body, f"{media_type}; boundary={boundary}"


def _line(header: tuple[str, str]) -> bytes:
    """The line of a header; a line break in its value would end it, so it becomes a space."""
    name, value = header
    return f"{name}: {BREAK.sub(' ', value)}\r\n".encode()


BREAK = lazy_pattern(r"[\r\n\0]+")


def pieces(content: bytes, content_type: str) -> list[bytes]:
    """The bytes of each part with the boundary before it, which together are the body; the last one is its end."""
    try:
        boundary = re.escape(_boundary(content_type))
    except UnreadableParts:
        return [content]
    return [each for each in re.split(rb"(?=^--" + boundary + rb"(?:--)?\r?$)", content, flags=re.MULTILINE) if each]
