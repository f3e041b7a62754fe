"""The names that an object may have beside its declared properties: `additionalProperties` and `patternProperties`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mockserver.openapi.regex import matches
from mockserver.openapi.schemas import Schemas

IsName = Callable[[str], bool]

NEVER: tuple[Any, ...] = (False, {"not": {}})
"""The schemas that no value matches."""


def taken_names(schemas: Schemas, pointer: str) -> IsName | None:
    """Which names an object takes because its schema says so; None if it does not speak of further names.

    A schema that says nothing takes any name (JSON Schema 2020-12, section 10.3.2.3), but hardly any service keeps it.
    """
    patterns: list[str] = []
    is_any = False
    for node, _ in schemas.branches(pointer, every=True):
        said = (node.get(keyword) for keyword in ("additionalProperties", "unevaluatedProperties"))
        is_any = is_any or any(each is not None and each not in NEVER for each in said)
        patterns += node.get("patternProperties") or ()
    if is_any:
        return lambda name: True
    return (lambda name: _is_any(patterns, name)) if patterns else None


def forbidden_names(schemas: Schemas, pointer: str) -> IsName | None:
    """Which undeclared names a schema forbids; None if it forbids none. Each part of an `allOf` speaks for itself."""
    closed = [
        (frozenset(node.get("properties") or ()), tuple(node.get("patternProperties") or ()))
        for node, _ in schemas.branches(pointer)
        if node.get("additionalProperties") in NEVER
    ]
    taken = taken_names(schemas, pointer)
    is_closed = any(node.get("unevaluatedProperties") in NEVER for node, _ in schemas.branches(pointer))
    if not closed and not is_closed:
        return None

    def is_forbidden(name: str) -> bool:
        if is_closed and (taken is None or not taken(name)):
            return True
        return any(name not in declared and not _is_any(patterns, name) for declared, patterns in closed)

    return is_forbidden


def shown_names(schemas: Schemas, pointer: str, further: IsName | None) -> IsName | None:
    """Which of the further names a reply can show; None if there are none, or it shows none."""
    forbidden = forbidden_names(schemas, pointer) if further is not None else None
    if further is None or forbidden is None:
        return further
    return lambda name: further(name) and not forbidden(name)


def _is_any(patterns: Iterable[str], name: str) -> bool:
    """Does a name match one of the patterns?"""
    return any(matches(pattern, name) for pattern in patterns)
