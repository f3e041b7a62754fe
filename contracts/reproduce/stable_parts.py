"""What of a reply is the same every time: without times, ids and whatever else is made up anew.

This file is copied into the tests that reproduce failures, so it needs nothing but Python.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from mockserver.openapi.media_types import essence

TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)?")
RANDOM = re.compile(r"(?=.*\d)([A-Za-z]+[_-])?[0-9a-fA-F-]{8,}|(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_+/=-]{20,}")
ID = re.compile(r"(^id|Id|_id|ID)$")
MADE_UP = re.compile(r"-[0-9a-f]{6}-\d+|[0-9a-f]{8}-[0-9a-f]{4}-")


def stable_parts(value: Any, known: Mapping[str, str], times: list[Any] | None = None) -> Any:
    """A JSON value with the texts of `known` by their names, and times and random texts as what they are.

    `known` maps texts to names; one that is its own name was sent, and must come back as it was. With `times`, a list
    that is filled on the way, equal times are told from different ones. Of lists of objects only those stay that have
    one of the `known` texts in them: what others made is no part of the conversation.
    """
    if isinstance(value, dict):
        return {
            key: numbered(each, known) if ID.search(key) and type(each) is int else stable_parts(each, known, times)
            for key, each in value.items()
        }
    if isinstance(value, list):
        mine = [each for each in value if not isinstance(each, dict) or mentions(each, known)]
        return [stable_parts(each, known, times) for each in mine]
    if isinstance(value, str):
        return named(value, known, times)
    if isinstance(value, int | float) and 1_500_000_000 < value < 5_000_000_000_000:
        return moment(value, times)
    return value


def named(text: str, known: Mapping[str, str], times: list[Any] | None) -> str:
    """A text by its name, or as what it is."""
    if text in known:
        return known[text]
    if TIME.fullmatch(text):
        return moment(text, times)
    for part in sorted(known, key=len, reverse=True):
        if len(part) > 5 and part != known[part]:
            text = text.replace(part, known[part])
    return "<random>" if RANDOM.fullmatch(text) else text


def numbered(value: int, known: Mapping[str, str]) -> str:
    """An id that is a number."""
    return known.get(str(value), "<number>") if known.get(str(value)) != str(value) else str(value)


def moment(value: Any, times: list[Any] | None) -> str:
    """A time, without saying which; with `times`, its number among those that were seen."""
    if times is None:
        return "<time>"
    if value not in times:
        times.append(value)
    return f"<time {times.index(value) + 1}>"


def mentions(value: Any, known: Mapping[str, str]) -> bool:
    """Does one of the texts stand in it, one that nobody else would write?"""
    texts = {str(leaf) for _, leaf in leaves(value) if isinstance(leaf, str | int)} & known.keys()
    return any(known[text] != text or MADE_UP.search(text) for text in texts)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value of a JSON value that is no object and no array, with its place."""
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*path, key))
    else:
        yield path, value


def parsed(body: str | bytes | None) -> Any:
    """A body as a JSON value; None where it is none."""
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError):
        return None


def said(url: str, body: str | bytes | None) -> Iterator[str]:
    """The texts that a request says."""
    parts = urlsplit(url)
    yield from (unquote(step) for step in parts.path.split("/") if step)
    yield from (value for _, value in parse_qsl(parts.query))
    yield from (value for _, value in leaves(parsed(body)) if isinstance(value, str))


def told(
    status: int,
    headers: Mapping[str, str],
    names: Sequence[str],
    body: bytes,
    known: Mapping[str, str],
    times: list[Any] | None = None,
) -> list[Any]:
    """A reply: its status, its media type, the headers of these `names`, and the essence of its body, if it is JSON."""
    kind = essence(headers.get("content-type") or "")
    counted = {name: named(headers[name], known, times) if name in headers else None for name in names}
    return [status, kind, *([counted] if counted else []), stable_parts(parsed(body), known, times)]
