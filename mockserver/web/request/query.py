"""The query of a URL, or a form: decoded and raw values by name, and names with brackets as nested objects."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from mockserver.lazy_pattern import lazy_pattern

BRACKETED_NAME = lazy_pattern(r"([^\[\]]+)((?:\[[^\[\]]*\])+)\Z")

MAX_BRACKETS = 16
"""The most brackets that a name may have; more are part of the name, so that nesting stays shallow."""

ABSENT: Any = object()
"""The value of a parameter that was not sent; None would be a value."""


class Query(dict[str, list[str]]):
    """The decoded values of each decoded name, in their order. `text` is the query as it was sent."""

    __slots__ = ("_raw", "has_brackets", "text")

    def __init__(self, text: bytes = b"") -> None:
        super().__init__()
        self.text, self._raw = text.decode("latin-1"), None
        for name, value in parse_qsl(self.text, keep_blank_values=True):
            self.setdefault(name, []).append(value)
        self.has_brackets = b"[" in text or b"%5B" in text or b"%5b" in text

    _raw: dict[str, list[str]] | None

    def raw(self, name: str) -> list[str]:
        """The values of a name as sent, still percent-encoded: an encoded comma is no separator."""
        if self._raw is None:
            self._raw = {}
            for part in self.text.split("&"):
                key, _, value = part.partition("=")
                self._raw.setdefault(unquote_plus(key), []).append(value)
        return self._raw.get(name, [])

    def bracketed(self, name: str) -> Any:
        """The value of `name[a]=1&name[b][]=2`: objects and lists of texts; ABSENT when there is no such name."""
        if not self.has_brackets:
            return ABSENT
        prefix = name + "["
        pairs = [(key_path(key), value) for key, values in self.items() if key.startswith(prefix) for value in values]
        return nest(pairs).get(name, ABSENT)


def key_path(key: str) -> tuple[str, ...]:
    """The keys of a name with brackets: `a`, `b` and an empty one for `a[b][]`."""
    match = BRACKETED_NAME.match(key)
    if match is None or match[2].count("[") > MAX_BRACKETS:
        return (key,)
    return (match[1], *match[2][1:-1].split("]["))


def nest(pairs: Iterable[tuple[tuple[str, ...], Any]]) -> dict[str, Any]:
    """Values as nested objects, by their key paths. An empty key, or a path that occurs again, appends to a list."""
    result: dict[str, Any] = {}
    for path, value in pairs:
        _put(result, path, value)
    return result


def _put(result: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for key, next_key in pairwise(path):
        if next_key == "":
            return _append(result, key, path[path.index("", 1) + 1 :], value)
        inner = result.setdefault(key, {})
        if not isinstance(inner, dict):
            inner = result[key] = {}
        result = inner
    last = path[-1]
    if last not in result:
        result[last] = value
    elif isinstance(result[last], list):
        result[last].append(value)  # in place: a copy for each value would take time to the square of their number
    else:
        result[last] = [result[last], value]
    return None


def _append(result: dict[str, Any], key: str, rest: tuple[str, ...], value: Any) -> None:
    """`a[][b]=1&a[][c]=2&a[][b]=3` are two objects: a key that the last one has begins the next."""
    entries = result[key] = _as_list(result.get(key, []))
    if not rest:
        entries.append(value)
        return
    if not entries or not isinstance(entries[-1], dict) or rest[0] in entries[-1]:
        entries.append({})
    _put(entries[-1], rest, value)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
