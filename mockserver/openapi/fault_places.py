"""Where a value is invalid, as deep as the validator can tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from jsonschema_rs import ValidationError

from mockserver.openapi.schemas import Validator

Place = tuple[str | int, ...]
"""Where a value is in another one: names of properties and positions in lists."""


def fault_places(validator: Validator, value: Any) -> Iterator[Place]:
    """The places at which a value is invalid; none if it is valid."""
    return (place for error in validator.iter_errors(value) for place in _places(error))


def repair_places(validator: Validator, value: Any) -> Iterator[Place]:
    """The same, but a missing property, and one that is not allowed, has a place of its own."""
    return (place for error in validator.iter_errors(value) for place in _places(error, _properties))


def _itself(error: ValidationError) -> list[Place]:
    return [tuple(error.instance_path)]


def _properties(error: ValidationError) -> list[Place]:
    """The places of the properties that an object must not or should have; else its own."""
    own: Place = tuple(error.instance_path)
    missing = getattr(error.kind, "property", None)
    names = getattr(error.kind, "unexpected", None) or ([missing] if isinstance(missing, str) else [])
    return [(*own, name) for name in names] or [own]


def _places(error: ValidationError, places_of: Callable[[ValidationError], list[Place]] = _itself) -> list[Place]:
    """The place of a fault; of alternatives that all fail, the places in the one that fails deepest inside."""
    context = error.kind.context if error.kind.name in ("anyOf", "oneOf") else []  # type: ignore[attr-defined]
    if not context or not all(context):  # `oneOf` also fails where several alternatives match
        return places_of(error)
    branches = [[place for inner in branch for place in _places(inner, places_of)] for branch in context]
    return max(branches, key=lambda places: min(map(len, places)))
