"""Compares a reply body with its template."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.fields import PLACEHOLDER


def template_differences(written: Any, seen: Any, values: Mapping[str, Any], place: str = "body") -> Iterator[str]:
    """Every place where a JSON value differs from a template. `values` are the known values of placeholders."""
    if isinstance(written, str):
        if not _matches_text(written, seen, values):
            yield f"{place} is {seen!r}, not {written!r}"
    elif isinstance(written, Mapping):
        yield from _object_differences(written, seen, values, place)
    elif isinstance(written, list):
        yield from _list_differences(written, seen, values, place)
    elif written != seen or isinstance(written, bool) != isinstance(seen, bool):
        yield f"{place} is {seen!r}, not {written!r}"


def _object_differences(written: Mapping[str, Any], seen: Any, values: Mapping[str, Any], place: str) -> Iterator[str]:
    if not isinstance(seen, Mapping):
        yield f"{place} is not an object"
        return
    for key, inner in written.items():
        if key not in seen:
            if not _may_be_absent(inner):
                yield f"{place}.{key} is missing"
        else:
            yield from template_differences(inner, seen[key], values, f"{place}.{key}")


def _may_be_absent(written: Any) -> bool:
    """Is it a placeholder such as `{next?}`, whose property may be absent?"""
    return isinstance(written, str) and written.endswith("?}") and PLACEHOLDER.fullmatch(written) is not None


def _list_differences(written: list[Any], seen: Any, values: Mapping[str, Any], place: str) -> Iterator[str]:
    if not isinstance(seen, list):
        yield f"{place} is not an array"
    elif len(written) == 1 and isinstance(written[0], Mapping) and "$each" in written[0]:
        inner = {key: value for key, value in written[0].items() if key != "$each"}
        if not seen:
            yield f"{place} is empty"
        for each in seen[:3]:
            yield from template_differences(inner, each, values, f"{place}[]")
    elif len(seen) != len(written):
        yield f"{place} has {len(seen)} entries"
    else:
        for one, other in zip(written, seen, strict=True):
            yield from template_differences(one, other, values, f"{place}[]")


TYPES: Mapping[str, type | tuple[type, ...]] = {
    "message": str, "field": str, "keyword": str, "loc": list, "items": list, "more": bool, "total": int,
    "retry_after_ms": (int, float), "path": str, "kind": str,
}  # fmt: skip
"""Placeholder → the type of its value, where it always has the same type."""


def _matches_text(written: str, seen: Any, values: Mapping[str, Any]) -> bool:
    match = PLACEHOLDER.fullmatch(written)
    if match is None:
        if PLACEHOLDER.search(written) is None:
            return bool(seen == written)
        pattern = "".join(
            re.escape(p) if i % 3 == 0 else ".*" if i % 3 == 1 else "" for i, p in enumerate(PLACEHOLDER.split(written))
        )
        return isinstance(seen, str) and re.fullmatch(pattern, seen, re.DOTALL) is not None
    name = match[1]
    if name in values:
        return bool(seen == values[name])
    return isinstance(seen, TYPES[name]) and seen != "" if name in TYPES else True
