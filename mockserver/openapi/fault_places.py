"""Where a value is invalid, as deep as the validator can tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_rs import ValidationError

from mockserver.openapi.schemas import Validator

Place = tuple[str | int, ...]
"""Where a value is in another one: names of properties and positions in lists."""


def fault_places(validator: Validator, value: Any) -> Iterator[Place]:
    """The places at which a value is invalid; none if it is valid."""
    return (place for error in validator.iter_errors(value) for place in _places(error))


def _places(error: ValidationError) -> list[Place]:
    """The place of a fault; of alternatives that all fail, the places in the one that fails deepest inside."""
    own: Place = tuple(error.instance_path)
    context = error.kind.context if error.kind.name in ("anyOf", "oneOf") else []  # type: ignore[attr-defined]
    if not context or not all(context):  # `oneOf` also fails where several alternatives match
        return [own]
    branches = [[place for inner in branch for place in _places(inner)] for branch in context]
    return max(branches, key=lambda places: min(map(len, places)))
