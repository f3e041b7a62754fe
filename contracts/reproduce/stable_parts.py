"""The parts of a response that are the same in every run: without times, ids and random texts.

The code of this file is copied into the generated tests, so it uses the standard library only, and `is_deep`, which is
copied too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from mockserver.openapi.json_codec import is_deep

TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)?")
RANDOM = re.compile(r"(?=.*\d)([A-Za-z]+[_-])?[0-9a-fA-F-]{8,}|(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_+/=-]{20,}")
ID = re.compile(r"(^id|Id|_id|ID)$")
DEEPEST = 200
GENERATED = re.compile(r"-[0-9a-f]{6}-\d+|[0-9a-f]{8}-[0-9a-f]{4}-")


def stable_parts(value: Any, known: Mapping[str, str], times: list[Any] | None = None) -> Any:
    """A JSON value in which known texts become names, and times and random texts become placeholders.

    `known` maps texts to names. A text that is its own name was sent, and must come back unchanged. With `times`, which
    collects the times, equal and different times are distinguished. In a list, only objects with a known text stay,
    because the other items do not belong to this test.
    """
    if isinstance(value, dict):
        return {
            key: stable_id(each, known) if ID.search(key) and type(each) is int else stable_parts(each, known, times)
            for key, each in value.items()
        }
    if isinstance(value, list):
        mine = [each for each in value if not isinstance(each, dict) or has_known_text(each, known)]
        return [stable_parts(each, known, times) for each in mine]
    if isinstance(value, str):
        return stable_text(value, known, times)
    if isinstance(value, int | float) and 1_500_000_000 < value < 5_000_000_000_000:
        return stable_time(value, times)
    return value


def stable_text(text: str, known: Mapping[str, str], times: list[Any] | None) -> str:
    """The name of a known text, a placeholder, or the text itself."""
    if text in known:
        return known[text]
    if TIME.fullmatch(text):
        return stable_time(text, times)
    for part in sorted(known, key=len, reverse=True):
        if len(part) > 5 and part != known[part]:
            text = text.replace(part, known[part])
    return "<random>" if RANDOM.fullmatch(text) else text


def stable_id(value: int, known: Mapping[str, str]) -> str:
    """The name of a known numeric id, or a placeholder."""
    return known.get(str(value), "<number>") if known.get(str(value)) != str(value) else str(value)


def stable_time(value: Any, times: list[Any] | None) -> str:
    """A placeholder for a time; with `times` it has the number of the time."""
    if times is None:
        return "<time>"
    if value not in times:
        times.append(value)
    return f"<time {times.index(value) + 1}>"


def has_known_text(value: Any, known: Mapping[str, str]) -> bool:
    """Does a value contain a known text that only this test can have sent?"""
    texts = {str(leaf) for _, leaf in leaves(value) if isinstance(leaf, str | int)} & known.keys()
    return any(known[text] != text or GENERATED.search(text) for text in texts)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every text, number, boolean and null in a JSON value, with its path."""
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*path, key))
    else:
        yield path, value


def parsed(body: str | bytes | None) -> Any:
    """A body as a JSON value; None if it is not JSON, or nested so deep that Python has no stack to walk through it."""
    try:
        value = json.loads(body) if body else None
    except (ValueError, RecursionError):
        return None
    return None if isinstance(value, dict | list) and is_deep(value, DEEPEST) else value


def texts_of_request(url: str, body: str | bytes | None) -> Iterator[str]:
    """The texts in the URL and the body of a request."""
    parts = urlsplit(url)
    yield from (unquote(step) for step in parts.path.split("/") if step)
    yield from (value for _, value in parse_qsl(parts.query))
    yield from (value for _, value in leaves(parsed(body)) if isinstance(value, str))


def stable_response(
    status: int,
    headers: Mapping[str, str],
    names: Sequence[str],
    body: bytes,
    known: Mapping[str, str],
    times: list[Any] | None = None,
) -> list[Any]:
    """The stable parts of a response: status, media type, the headers in `names`, and a JSON body."""
    kind = (headers.get("content-type") or "").partition(";")[0].strip().lower()
    selected = {name: stable_text(headers[name], known, times) if name in headers else None for name in names}
    return [status, kind, *([selected] if selected else []), stable_parts(parsed(body), known, times)]
