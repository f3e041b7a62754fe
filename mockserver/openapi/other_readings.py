"""What an example of another type than its schema means: `example: 8000` of a text, `example: '5'` of a number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from mockserver.openapi import json_codec


def other_readings(value: Any) -> Iterator[Any]:
    """The values that an example may mean, the likeliest first: its JSON text, what it is as JSON, a list with it."""
    if isinstance(value, bool | int | float):
        yield json_codec.write(value).decode()
    elif isinstance(value, str):
        yield from _read(value)
    if value is not None and not isinstance(value, list):
        yield [value]


def _read(text: str) -> list[Any]:
    """The value of a JSON text; none for other texts."""
    try:
        return [json_codec.read(text.encode())]
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return []
