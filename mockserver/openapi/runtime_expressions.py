"""Runtime expressions: values of a request and its response, as `callbacks` and `links` name them.

OpenAPI 3.1 section 4.8.20.4: `$url`, `$method`, `$statusCode`, `$request.` and `$response.` with `header.NAME`,
`query.NAME`, `path.NAME` or `body#/POINTER`; a text may contain several in braces.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from mockserver.errors import InvalidDocument
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import pointer as json_pointer


class ExpressionValues(Struct, frozen=True):
    """A request and its response, as expressions see them. `url` is absolute; names of headers are in lower case."""

    url: str
    method: str
    status: int
    path: Mapping[str, Any] = {}
    query: Mapping[str, Any] = {}
    headers: Mapping[str, str] = {}
    body: Any = None
    response_headers: Mapping[str, str] = {}
    response_body: Any = None


Read = Callable[[ExpressionValues], Any]
"""The value of one expression; None if the request or response has none."""

EMBEDDED = lazy_pattern(r"\{(\$[^{}]*)\}")

WHOLE: Mapping[str, Read] = {
    "$url": lambda values: values.url,
    "$method": lambda values: values.method,
    "$statusCode": lambda values: values.status,
    "$request.body": lambda values: values.body,
    "$response.body": lambda values: values.response_body,
}
"""The expressions without a name at their end."""

FIELDS: Mapping[str, Callable[[ExpressionValues], Mapping[str, Any]]] = {
    "$request.header.": lambda values: values.headers,
    "$response.header.": lambda values: values.response_headers,
    "$request.query.": lambda values: values.query,
    "$request.path.": lambda values: values.path,
}
"""The beginnings of expressions that end with a name."""

FORMS = (
    "$url, $method, $statusCode, $request.header.NAME, $request.query.NAME, $request.path.NAME, "
    "$request.body#/POINTER, $response.header.NAME, $response.body#/POINTER"
)
"""For error messages."""


class RuntimeTemplate:
    """A text with expressions in it, or one expression. `text` is as the document writes it."""

    def __init__(self, text: str) -> None:
        """Raises InvalidDocument, which says what is allowed, for what looks like an expression and is none."""
        self.text = text
        parts = [text] if text.startswith("$") else EMBEDDED.split(text)
        self._literals = ["", ""] if text.startswith("$") else parts[::2]
        self._reads = [compiled(each) for each in (parts if text.startswith("$") else parts[1::2])]

    @property
    def leading(self) -> str:
        """The expression at the beginning of the text; empty if it begins with anything else."""
        if self.text.startswith("$"):
            return self.text
        found = EMBEDDED.match(self.text)
        return found[1] if found else ""

    def evaluate(self, values: ExpressionValues) -> str | None:
        """The text with the values in it; None if one of them is missing.

        A value at the beginning is used as it is, since it may be an address; the others are encoded for a URL.
        """
        found = [read(values) for read in self._reads]
        if any(value is None or isinstance(value, dict | list) for value in found):
            return None
        made = self._literals[0]
        for value, literal in zip(found, self._literals[1:], strict=True):
            made += (quote(_text(value), safe="") if made else _text(value)) + literal
        return made


def compiled(expression: str) -> Read:
    """A function that reads the value of an expression. Raises InvalidDocument for one that is none."""
    if expression in WHOLE:
        return WHOLE[expression]
    place, hash, pointer = expression.partition("#")
    if hash and place in ("$request.body", "$response.body") and (not pointer or pointer.startswith("/")):
        return _below(WHOLE[place], pointer)
    for begin, fields in FIELDS.items():
        name = expression.removeprefix(begin)
        if expression.startswith(begin) and name:
            return _named(fields, name.lower() if ".header." in begin else name)
    raise InvalidDocument(f"{expression!r} is no runtime expression; there are: {FORMS}")


def _below(read: Read, pointer: str) -> Read:
    steps = json_pointer.split(pointer)

    def value(values: ExpressionValues) -> Any:
        node = read(values)
        for step in steps:
            node = _step(node, step)
        return node

    return value


def _step(node: Any, step: str) -> Any:
    if isinstance(node, dict):
        return node.get(step)
    is_index = isinstance(node, list) and step.isdecimal() and int(step) < len(node)
    return node[int(step)] if is_index else None


def _named(fields: Callable[[ExpressionValues], Mapping[str, Any]], name: str) -> Read:
    return lambda values: fields(values).get(name)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
