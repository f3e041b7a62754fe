"""The query of an address, or a form, as sent: values by name, also before they were decoded, and brackets folded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

STEPS = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)\Z")

DEEPEST = 16
"""How many brackets a name may have; one with more is a name like any other."""

ABSENT: Any = object()
"""The value of what was not sent."""


class Query(dict[str, list[str]]):
    """The decoded values of every decoded name, in their order."""

    __slots__ = ("_raw", "_text", "has_brackets")

    def __init__(self, text: bytes = b"") -> None:
        super().__init__()
        self._text, self._raw = text.decode("latin-1"), None
        for name, value in parse_qsl(self._text, keep_blank_values=True):
            self.setdefault(name, []).append(value)
        self.has_brackets = b"[" in text or b"%5B" in text or b"%5b" in text

    _raw: dict[str, list[str]] | None

    def raw(self, name: str) -> list[str]:
        """The values of a name as they were sent, percent-encoded: an encoded comma is still no separator."""
        if self._raw is None:
            self._raw = {}
            for part in self._text.split("&"):
                key, _, value = part.partition("=")
                self._raw.setdefault(unquote_plus(key), []).append(value)
        return self._raw.get(name, [])

    def bracketed(self, name: str) -> Any:
        """What `name[a]=1&name[b][]=2` mean together: objects and lists of texts; ABSENT where there is nothing."""
        if not self.has_brackets:
            return ABSENT
        prefix = name + "["
        pairs = [(steps(key), value) for key, values in self.items() if key.startswith(prefix) for value in values]
        return fold(pairs).get(name, ABSENT)


def steps(key: str) -> tuple[str, ...]:
    """`a[b][]` is a, b and an empty one."""
    match = STEPS.match(key)
    if match is None or match[2].count("[") > DEEPEST:
        return (key,)
    return (match[1], *match[2][1:-1].split("]["))


def fold(pairs: Iterable[tuple[tuple[str, ...], Any]]) -> dict[str, Any]:
    """Values by their steps as nested objects; an empty step appends to a list, as does a value that comes again."""
    found: dict[str, Any] = {}
    for path, value in pairs:
        _put(found, path, value)
    return found


def _put(found: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step, following in pairwise(path):
        if following == "":
            return _append(found, step, path[path.index("", 1) + 1 :], value)
        inner = found.setdefault(step, {})
        if not isinstance(inner, dict):
            inner = found[step] = {}
        found = inner
    last = path[-1]
    found[last] = value if last not in found else [*_listed(found[last]), value]
    return None


def _append(found: dict[str, Any], step: str, rest: tuple[str, ...], value: Any) -> None:
    """`a[][b]=1&a[][c]=2&a[][b]=3` are two objects: a name that comes again begins the next."""
    entries = found[step] = _listed(found.get(step, []))
    if not rest:
        entries.append(value)
        return
    if not entries or not isinstance(entries[-1], dict) or rest[0] in entries[-1]:
        entries.append({})
    _put(entries[-1], rest, value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
