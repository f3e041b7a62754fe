"""Tables as text: CSV (RFC 4180), also with semicolons or tabs between the columns."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from typing import Any, NamedTuple

from mockserver.openapi import json_codec

SEPARATORS = ",;\t|"
"""What may be between the columns. The one that the first line has most often is."""


class Row(NamedTuple):
    """A row of a table: the number of its line, and its cells by the names of the columns."""

    line: int
    cells: Mapping[str, str]


def header(text: str) -> tuple[str, ...]:
    """The names of the columns, in the first line; none of a text without one."""
    return next((tuple(cell.strip() for cell in cells) for cells in _reader(text) if any(cells)), ())


def rows(text: str) -> Iterator[Row]:
    """The rows below the header. Raises ValueError for a text that is no table."""
    reader, names = _reader(text), tuple[str, ...]()
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not names:
                names = tuple(cell.strip() for cell in cells)
                continue
            yield Row(reader.line_num, dict(zip(names, cells, strict=False)))
    except csv.Error as fault:
        raise ValueError(f"line {reader.line_num}: {fault}") from None


def written(columns: Sequence[str], items: Iterable[Mapping[str, Any]]) -> bytes:
    """A table of a header line and a row for each item."""
    lines = [[*columns], *([_text(item.get(name)) for name in columns] for item in items)]
    return "".join(",".join(map(_cell, line)) + "\r\n" for line in lines).encode()


def _reader(text: str) -> Any:
    text = text.removeprefix("\ufeff")
    first = text.lstrip("\r\n").partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    return csv.reader(StringIO(text, newline=""), delimiter=separator)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json_codec.write(value).decode()


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\r\n') else text
