"""Finding the operations of a path: a tree of path segments, where concrete segments win over templated ones.

Source: OpenAPI 3.1 section 4.8.8, Path Templating Matching.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from mockserver.openapi.path_template import WRITTEN

TEMPLATE = re.compile(r"\{([^{}]+)\}")

Match = tuple[Any, tuple[str, ...]]
"""The value added under a path template, and the raw (percent-encoded) values of the path's parameters in order."""


class _Node:
    """A node of the tree. Children are tried in this order: `fixed` texts, `patterns` like `{id}:test`, `template`."""

    __slots__ = ("fixed", "patterns", "template", "value")

    def __init__(self) -> None:
        self.fixed: dict[str, _Node] = {}
        self.patterns: list[tuple[re.Pattern[str], _Node]] = []
        self.template: _Node | None = None
        self.value: Any = None


class Router:
    """Path templates with a value each. The time of a look-up depends on the number of segments, not of paths."""

    def __init__(self) -> None:
        self._root = _Node()

    def add(self, path: str, value: Any) -> None:
        """Add a value under a path template; a template that exists keeps its first value."""
        node = self._root
        for segment in path.split("/")[1:]:
            node = self._child(node, segment, TEMPLATE.findall(segment))
        if node.value is None:
            node.value = value

    def find(self, path: str) -> Match | None:
        """The value under the template that matches a raw path, and the path's values; None without a match."""
        values: list[str] = []
        segments = path.split("/")
        node = _walk(self._root, segments, values)
        if node is None:
            values.clear()
            node = _backtrack(self._root, segments, 1, values)
        return (node.value, tuple(values)) if node is not None else None

    @staticmethod
    def _child(node: _Node, segment: str, names: list[str]) -> _Node:
        if not names:
            child = node.fixed.setdefault(segment, _Node())
            return node.fixed.setdefault(quote(segment, safe=WRITTEN), child)  # clients percent-encode it
        if len(names) == 1 and segment == "{" + names[0] + "}":
            node.template = node.template or _Node()
            return node.template
        pattern = "".join(
            "(.+)" if part.startswith("{") and part.endswith("}") else _literal(part)
            for part in re.split(r"(\{[^{}]+\})", segment)
        )
        for known, child in node.patterns:
            if known.pattern == pattern:
                return child
        child = _Node()
        node.patterns.append((re.compile(pattern), child))
        node.patterns.sort(key=lambda entry: -len(entry[0].pattern))
        return child


def _literal(text: str) -> str:
    """A pattern for a text, as it is in the document or percent-encoded by a client."""
    written = quote(text, safe=WRITTEN)
    return re.escape(text) if written == text else f"(?:{re.escape(text)}|{re.escape(written)})"


def _walk(node: _Node, segments: list[str], values: list[str]) -> _Node | None:
    """The node by the likely way: the fixed text, else the template. None when that ends or a pattern may match.

    Most paths are found here, without a call for each segment; `_backtrack` tries all ways.
    """
    for segment in segments[1:]:
        child = node.fixed.get(segment)
        if child is None:
            if node.patterns or node.template is None or not segment:
                return None
            values.append(segment)
            child = node.template
        node = child
    return node if node.value is not None else None


def _backtrack(node: _Node, segments: list[str], depth: int, values: list[str]) -> _Node | None:
    if depth == len(segments):
        return node if node.value is not None else None
    segment = segments[depth]
    child = node.fixed.get(segment)
    if child is not None:
        found = _backtrack(child, segments, depth + 1, values)
        if found is not None:
            return found
    return _backtrack_templates(node, segments, depth, values) if segment else None


def _backtrack_templates(node: _Node, segments: list[str], depth: int, values: list[str]) -> _Node | None:
    count = len(values)
    for pattern, child in node.patterns:
        match = pattern.fullmatch(segments[depth])
        if match is not None:
            values.extend(match.groups())
            found = _backtrack(child, segments, depth + 1, values)
            if found is not None:
                return found
            del values[count:]
    if node.template is None:
        return None
    values.append(segments[depth])
    found = _backtrack(node.template, segments, depth + 1, values)
    if found is None:
        del values[count:]
    return found


def raw_path(scope: Any) -> str:
    """The path as the client sent it, percent-encoded, without the query (some servers leave it in)."""
    path: str = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    return path.partition("?")[0] if "?" in path else path
