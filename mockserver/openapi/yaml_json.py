"""Parses the text of a document, JSON (RFC 8259) or YAML (`yaml_reader`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import orjson

from mockserver.document_cache import OFF, DocumentCache
from mockserver.errors import InvalidDocument
from mockserver.lazy_module import LazyModule
from mockserver.openapi import json_codec
from mockserver.openapi.foreign_files import kind_of_file
from mockserver.openapi.size_limits import BOUNDS, SizeLimits

if TYPE_CHECKING:
    from mockserver.openapi import yaml_reader
else:  # with PyYAML; a start from the document cache needs neither
    yaml_reader = LazyModule("mockserver.openapi.yaml_reader")

Format = Literal["json", "yaml"]

COMMENTS = (b"//", b"/*")
"""How comments begin that some tools allow in JSON."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def parse(
    data: bytes, *, file: str = "", bounds: SizeLimits = BOUNDS, cache: DocumentCache = OFF
) -> tuple[dict[str, Any], Format]:
    """The object that `data` holds, and its format. `cache` keeps what is read of YAML.

    Raises InvalidDocument, with line and column where known, if `data` is not valid JSON or YAML, is not an object, or
    exceeds `bounds`. Of two equal keys JSON keeps the last one (RFC 8259 section 4 leaves it open).
    """
    value, format = _bounded(data, file, bounds, cache)
    if type(value) is not dict:
        found = kind_of_file(data) or _called(value)
        raise InvalidDocument(f"expected an object at the top level, found {found}", file=file)
    _check_depth(value, file, bounds)
    return value, format


def parse_list(data: bytes, *, file: str = "", bounds: SizeLimits = BOUNDS) -> list[Any]:
    """The list that `data` holds. Raises InvalidDocument as `parse` does."""
    value, _ = _bounded(data, file, bounds, OFF)
    if type(value) is not list:
        raise InvalidDocument(f"expected a list at the top level, found {_called(value)}", file=file)
    _check_depth(value, file, bounds)
    return value


def _bounded(data: bytes, file: str, bounds: SizeLimits, cache: DocumentCache) -> tuple[Any, Format]:
    if len(data) > bounds.bytes:
        raise InvalidDocument(f"is larger than {bounds.bytes:,} bytes", file=file)
    return _read(data.removeprefix(BYTE_ORDER_MARK), file, bounds, cache)


def _read(data: bytes, file: str, bounds: SizeLimits, cache: DocumentCache) -> tuple[Any, Format]:
    if not data.lstrip().startswith((b"{", b"[", *COMMENTS)):
        return _yaml(data, file, bounds, cache), "yaml"
    try:
        return _json(data, file, bounds), "json"
    except InvalidDocument:
        if not file.endswith((".yaml", ".yml")):
            raise
        return _yaml(data, file, bounds, cache), "yaml"  # YAML in flow style may begin with a brace too


def _yaml(data: bytes, file: str, bounds: SizeLimits, cache: DocumentCache) -> Any:
    return cache.result(f"YAML {bounds}", data, object, lambda: yaml_reader.read(data, file, bounds))


def _json(data: bytes, file: str, bounds: SizeLimits) -> Any:
    # Checked before parsing, since orjson does not limit the number of values; commas in strings count too.
    separators = data.count(b",") + data.count(b"[") + data.count(b"{")
    if separators > bounds.values:
        raise InvalidDocument(f"holds more than {bounds.values:,} values", file=file)
    try:
        return json_codec.read(data)
    except orjson.JSONDecodeError as fault:
        hint = "; JSON has no comments" if _has_comment(fault) else ""
        message = f"invalid JSON at line {fault.lineno}, column {fault.colno}: {fault.msg}{hint}"
        raise InvalidDocument(message, file=file) from None


def _has_comment(fault: orjson.JSONDecodeError) -> bool:
    """Is a comment in the way, as editors allow it in some files? The parser may be one character past its start."""
    near = fault.doc[max(fault.pos - 1, 0) : fault.pos + 2]
    return "//" in near or "/*" in near


def _check_depth(value: Any, file: str, bounds: SizeLimits) -> None:
    # Level by level and not recursively: this check must not itself run out of stack.
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > bounds.depth:
            raise InvalidDocument(f"is nested deeper than {bounds.depth} levels", file=file)
        level = [
            child
            for node in level
            for child in (node.values() if type(node) is dict else node)
            if type(child) is dict or type(child) is list
        ]


def _called(value: Any) -> str:
    return {list: "a list", dict: "an object", type(None): "nothing"}.get(type(value), "a single value")
