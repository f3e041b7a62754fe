"""From a path to the operations that stand there: a tree of path segments, concrete before templated.

Source: OpenAPI 3.1 section 4.8.8, Path Templating Matching.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from mockserver.openapi.path_template import WRITTEN

TEMPLATE = re.compile(r"\{([^{}]+)\}")

Match = tuple[Any, tuple[str, ...]]
"""What was added under a path, and the raw (still percent-encoded) values of its parameters in their order."""


class _Node:
    """One segment deep in the tree: fixed texts, then patterns such as `{id}:test`, then a plain `{id}`."""

    __slots__ = ("any", "fixed", "patterns", "value")

    def __init__(self) -> None:
        self.fixed: dict[str, _Node] = {}
        self.patterns: list[tuple[re.Pattern[str], _Node]] = []
        self.any: _Node | None = None
        self.value: Any = None


class Router:
    """Path templates and what stands under them. A look-up costs the number of segments, not of paths."""

    def __init__(self) -> None:
        self._root = _Node()

    def add(self, path: str, value: Any) -> None:
        """Put a value under a path template; a template that is already there keeps its first value."""
        node = self._root
        for segment in path.split("/")[1:]:
            node = self._below(node, segment, TEMPLATE.findall(segment))
        if node.value is None:
            node.value = value

    def find(self, path: str) -> Match | None:
        """The value under the template that fits a raw path, or None."""
        values: list[str] = []
        segments = path.split("/")
        node = _stride(self._root, segments, values)
        if node is None:
            values.clear()
            node = _walk(self._root, segments, 1, values)
        return (node.value, tuple(values)) if node is not None else None

    @staticmethod
    def _below(node: _Node, segment: str, names: list[str]) -> _Node:
        if not names:
            below = node.fixed.setdefault(segment, _Node())
            return node.fixed.setdefault(quote(segment, safe=WRITTEN), below)  # as clients must write it
        if len(names) == 1 and segment == "{" + names[0] + "}":
            node.any = node.any or _Node()
            return node.any
        pattern = "".join(
            "(.+)" if part.startswith("{") and part.endswith("}") else _either(part)
            for part in re.split(r"(\{[^{}]+\})", segment)
        )
        for known, below in node.patterns:
            if known.pattern == pattern:
                return below
        below = _Node()
        node.patterns.append((re.compile(pattern), below))
        node.patterns.sort(key=lambda entry: -len(entry[0].pattern))
        return below


def _either(text: str) -> str:
    """A pattern of a text as the document has it, or as clients must write it."""
    written = quote(text, safe=WRITTEN)
    return re.escape(text) if written == text else f"(?:{re.escape(text)}|{re.escape(written)})"


def _stride(node: _Node, segments: list[str], values: list[str]) -> _Node | None:
    """The likely way, without looking back: the fixed text where there is one, else the plain template."""
    for segment in segments[1:]:
        below = node.fixed.get(segment)
        if below is None:
            if node.patterns or node.any is None or not segment:
                return None
            values.append(segment)
            below = node.any
        node = below
    return node if node.value is not None else None


def _walk(node: _Node, segments: list[str], depth: int, values: list[str]) -> _Node | None:
    if depth == len(segments):
        return node if node.value is not None else None
    segment = segments[depth]
    below = node.fixed.get(segment)
    if below is not None:
        found = _walk(below, segments, depth + 1, values)
        if found is not None:
            return found
    return _walk_templated(node, segments, depth, values) if segment else None


def _walk_templated(node: _Node, segments: list[str], depth: int, values: list[str]) -> _Node | None:
    kept = len(values)
    for pattern, below in node.patterns:
        fit = pattern.fullmatch(segments[depth])
        if fit is not None:
            values.extend(fit.groups())
            found = _walk(below, segments, depth + 1, values)
            if found is not None:
                return found
            del values[kept:]
    if node.any is None:
        return None
    values.append(segments[depth])
    found = _walk(node.any, segments, depth + 1, values)
    if found is None:
        del values[kept:]
    return found


def raw_path(scope: Any) -> str:
    """The path as the client sent it, percent-encoded, without the query (some servers leave it in)."""
    path: str = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    return path.partition("?")[0] if "?" in path else path
