"""Finding the operations of a path: a tree of path segments, where concrete segments win over templated ones.

Source: OpenAPI 3.1 section 4.8.8, Path Templating Matching.
"""

from __future__ import annotations

import re
from typing import Any

from mockserver.openapi.path_template import canonical

TEMPLATE = re.compile(r"\{([^{}]+)\}")

SLASH = re.compile("%2[Ff]")

Match = tuple[Any, tuple[str, ...]]
"""The value added under a path template, and the raw (percent-encoded) values of the path's parameters in order."""


class _Node:
    """A node of the tree. Children are tried in this order: `fixed` texts, `patterns` like `{id}:test`, `template`."""

    __slots__ = ("fixed", "patterns", "template", "value")

    def __init__(self) -> None:
        self.fixed: dict[str, _Node] = {}
        self.patterns: list[tuple[_Pattern, _Node]] = []
        self.template: _Node | None = None
        self.value: Any = None


class Router:
    """Path templates with a value each. The time of a look-up depends on the number of segments, not of paths."""

    def __init__(self) -> None:
        self._root = _Node()
        self._long: list[tuple[re.Pattern[str], Any]] = []
        self._has_names = False

    def add_long(self, path: str, name: str, value: Any) -> None:
        """Let the parameter `name` of a path template match several segments, if nothing else matches a path."""
        texts = TEMPLATE.split(path)
        own = ("(.+)" if each == name else "([^/]+)" for each in texts[1::2])
        pattern = re.escape(texts[0]) + "".join(map(str.__add__, own, map(re.escape, texts[2::2])))
        self._long.append((re.compile(pattern), value))
        self._long.sort(key=lambda entry: -len(entry[0].pattern))

    def accept_slashes(self) -> None:
        """Let `%2F` be a slash between segments, if nothing else matches: so clients write resource names."""
        self._has_names = True

    def add(self, path: str, value: Any) -> None:
        """Add a value under a path template; a template that exists keeps its first value."""
        node = self._root
        for segment in path.split("/")[1:]:
            node = self._child(node, segment, TEMPLATE.findall(segment))
        if node.value is None:
            node.value = value

    def find(self, path: str) -> Match | None:
        """The value under the template that matches a raw path, and the path's values; None without a match."""
        found = self._find(path)
        if found is None and self._has_names and "%2" in path:
            found = self._find(SLASH.sub("/", path))
        for pattern, value in self._long if found is None else ():
            match = pattern.fullmatch(path)
            if match is not None:
                return value, match.groups()
        return found

    def _find(self, path: str) -> Match | None:
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
            child = node.fixed.setdefault(canonical(segment), _Node())
            return node.fixed.setdefault(segment, child)
        if len(names) == 1 and segment == "{" + names[0] + "}":
            node.template = node.template or _Node()
            return node.template
        pattern = _Pattern(segment)
        for known, child in node.patterns:
            if known.literals == pattern.literals:
                return child
        child = _Node()
        node.patterns.append((pattern, child))
        node.patterns.sort(key=lambda entry: -sum(map(len, entry[0].literals)))
        return child


class _Pattern:
    """A segment with parameters and literal text, such as `{name}:cancel`; each parameter has at least one character.

    A regular expression would try every split of the segment, which takes time to the power of the parameters. The
    parts are looked for from the right instead, in linear time; like `(.+)`, an earlier parameter takes the most.
    """

    __slots__ = ("literals",)

    def __init__(self, segment: str) -> None:
        self.literals = tuple(canonical(text) for text in TEMPLATE.split(segment)[::2])

    def values(self, segment: str) -> list[str] | None:
        """The raw values in a raw segment; None when it does not match."""
        found = self._split(segment)
        return found if found is not None or "%" not in segment else self._split(canonical(segment))

    def _split(self, segment: str) -> list[str] | None:
        first, *inner, last = self.literals
        end = len(segment) - len(last)
        if not segment.startswith(first) or not segment.endswith(last) or end <= len(first):
            return None
        values: list[str] = []
        for literal in reversed(inner):
            at = segment.rfind(literal, len(first) + 1, end - 1)
            if at < 0:
                return None
            values.append(segment[at + len(literal) : end])
            end = at
        return [segment[len(first) : end], *reversed(values)]


def _fixed(node: _Node, segment: str) -> _Node | None:
    """The child of a fixed text. `%3A` means `:` (RFC 3986 section 6.2.2), which only a segment with `%` may need."""
    child = node.fixed.get(segment)
    return node.fixed.get(canonical(segment)) if child is None and "%" in segment else child


def _walk(node: _Node, segments: list[str], values: list[str]) -> _Node | None:
    """The node by the likely way: the fixed text, else the template. None when that ends or a pattern may match.

    Most paths are found here, without a call for each segment; `_backtrack` tries all ways.
    """
    for segment in segments[1:]:
        child = _fixed(node, segment)
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
    child = _fixed(node, segment)
    if child is not None:
        found = _backtrack(child, segments, depth + 1, values)
        if found is not None:
            return found
    return _backtrack_templates(node, segments, depth, values) if segment else None


def _backtrack_templates(node: _Node, segments: list[str], depth: int, values: list[str]) -> _Node | None:
    count = len(values)
    for pattern, child in node.patterns:
        own = pattern.values(segments[depth])
        if own is not None:
            values.extend(own)
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


MOUNT = "mockserver.mount"
"""The key of an ASGI scope with what is before the path that is routed, where the client sent more."""


def client_path(scope: Any) -> str:
    """The path by which the client reaches the operation, as it was sent: addresses in a reply begin like it."""
    mount: str = scope.get(MOUNT, "")
    return mount + raw_path(scope)


def raw_path(scope: Any) -> str:
    """The path as the client sent it, percent-encoded, without the query (some servers leave it in)."""
    path: str = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    return path.partition("?")[0] if "?" in path else path
