"""Equality of JSON values (JSON Schema 2020-12 Core, section 4.2.2): 1 equals 1.0, but not `true`.

Python says otherwise: `True == 1`, also inside of lists and dictionaries.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any


def among(value: Any, values: list[Any]) -> bool:
    """Is `value` equal to one of `values`?"""
    return any(same(value, one) for one in values)


def same(left: Any, right: Any) -> bool:
    """Are two JSON values equal?"""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


def hashable(value: Any) -> Hashable:
    """A key for sets and dictionaries: two values have the same key exactly if they are equal."""
    if isinstance(value, dict):
        return frozenset((name, hashable(part)) for name, part in value.items())
    if isinstance(value, list):
        return tuple(map(hashable, value))
    return (bool, value) if isinstance(value, bool) else value
