"""The `default`s of the properties of a request (JSON Schema Validation section 9.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct

from mockserver.openapi.alternatives import alternatives, own_properties
from mockserver.openapi.schemas import Schemas, Validator

Defaults = Callable[[Mapping[str, Any]], dict[str, Any]]
"""From what a client sends to what it gets with it."""


class _Choice(Struct, frozen=True):
    """One alternative of a request: the schema that says if a body is of it, and its defaults."""

    validator: Validator
    values: dict[str, Any]


def request_defaults(schemas: Schemas, pointers: Iterable[str], takes: Mapping[str, str]) -> Defaults:
    """The defaults by the schemas of a body; `takes` are the item's names for names of the body.

    A body that is one of several alternatives gets the defaults of that one.
    """
    common: dict[str, Any] = {}
    choices: list[_Choice] = []
    for pointer in pointers:
        parts = alternatives(schemas, pointer)
        values = [_values(schemas, own_properties(schemas, each), takes) for each in parts]
        shared = {name: value for name, value in values[0].items() if _is_in_all(values, name, value)}
        common = {**shared, **common}
        for each, own in zip(parts, values, strict=True):
            told = {name: value for name, value in own.items() if name not in shared}
            if told:
                choices.append(_Choice(schemas.validator(each[-1], "request"), told))
    return _chosen(common, choices) if choices else lambda sent: common


def _is_in_all(values: list[dict[str, Any]], name: str, value: Any) -> bool:
    return all(name in own and own[name] == value for own in values)


def _values(schemas: Schemas, properties: Mapping[str, str], takes: Mapping[str, str]) -> dict[str, Any]:
    nodes = ((name, node) for name, at in properties.items() for node, _ in schemas.branches(at))
    found: dict[str, Any] = {}
    for name, node in nodes:
        if "default" in node:
            found.setdefault(takes.get(name, name), node["default"])
    return found


def _chosen(common: dict[str, Any], choices: list[_Choice]) -> Defaults:
    def defaults(sent: Mapping[str, Any]) -> dict[str, Any]:
        chosen = [each.values for each in choices if each.validator.is_valid(sent)]
        return {**common, **{name: value for values in reversed(chosen) for name, value in values.items()}}

    return defaults
