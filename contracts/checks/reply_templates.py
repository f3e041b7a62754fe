"""Compares a reply body with its template."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import as_json
from contracts.checks.state.fields import PLACEHOLDER
from mockserver.behaviour.templates import EACH, IF


def template_differences(template: Any, value: Any, values: Mapping[str, Any], place: str = "body") -> Iterator[str]:
    """Every place where a JSON value differs from a template. `values` are the known values of placeholders."""
    if isinstance(template, str):
        if not _matches_text(template, value, values):
            yield f"{place} is {as_json(value)}, not {as_json(template)}"
    elif isinstance(template, Mapping):
        yield from _object_differences(template, value, values, place)
    elif isinstance(template, list):
        yield from _list_differences(template, value, values, place)
    elif template != value or isinstance(template, bool) != isinstance(value, bool):
        yield f"{place} is {as_json(value)}, not {as_json(template)}"


def without_examples(template: Any) -> Any:
    """The template with any value in place of each one that is no placeholder."""
    if isinstance(template, Mapping):
        return {key: value if key in (EACH, IF) else without_examples(value) for key, value in template.items()}
    if isinstance(template, list):
        return [without_examples(each) for each in template]
    return template if isinstance(template, str) and PLACEHOLDER.search(template) else "{any}"


def _object_differences(
    template: Mapping[str, Any], value: Any, values: Mapping[str, Any], place: str
) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{place} is not an object"
        return
    for key, inner in template.items():
        if key == IF:
            continue
        if key not in value:
            if not _may_be_absent(inner):
                yield f"{place}.{key} is missing"
        else:
            yield from template_differences(inner, value[key], values, f"{place}.{key}")


def _may_be_absent(template: Any) -> bool:
    """Is it a placeholder such as `{next?}`, or an object with `$if`, whose property may be absent?"""
    if isinstance(template, Mapping):
        return IF in template
    return isinstance(template, str) and template.endswith("?}") and PLACEHOLDER.fullmatch(template) is not None


def _list_differences(template: list[Any], value: Any, values: Mapping[str, Any], place: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{place} is not an array"
    elif len(template) == 1 and isinstance(template[0], Mapping) and EACH in template[0]:
        inner = {key: value for key, value in template[0].items() if key != EACH}
        if not value:
            yield f"{place} is empty"
        for each in value[:3]:
            yield from template_differences(inner, each, values, f"{place}[]")
    elif len(value) != len(template):
        yield f"{place} has {len(value)} entries"
    else:
        for one, other in zip(template, value, strict=True):
            yield from template_differences(one, other, values, f"{place}[]")


TYPES: Mapping[str, type | tuple[type, ...]] = {
    "message": str,
    "field": str,
    "keyword": str,
    "loc": list,
    "items": list,
    "more": bool,
    "total": int,
    "retry_after_ms": (int, float),
    "path": str,
    "kind": str,
}
"""Placeholder → the type of its value, where it always has the same type."""


def _matches_text(template: str, value: Any, values: Mapping[str, Any]) -> bool:
    match = PLACEHOLDER.fullmatch(template)
    if match is None:
        if PLACEHOLDER.search(template) is None:
            return bool(value == template)
        pattern = "".join(
            re.escape(p) if i % 3 == 0 else ".*" if i % 3 == 1 else ""
            for i, p in enumerate(PLACEHOLDER.split(template))
        )
        return isinstance(value, str) and re.fullmatch(pattern, value, re.DOTALL) is not None
    name = match[1]
    if name in values:
        return bool(value == values[name])
    return isinstance(value, TYPES[name]) and value != "" if name in TYPES else True
