"""Values that show an item inside another one: where they are, and how they take the values of the item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mockserver.inference.relations.references import EACH, Steps
from mockserver.openapi.fault_places import Place


def places(holder: Any, steps: Steps, place: Place) -> Iterator[tuple[Any, str | int, Place]]:
    """Where steps lead in a value: the object or list that holds the value there, its name or position, its place."""
    first, rest = steps[0], steps[1:]
    if first == EACH:
        keys: Iterable[Any] = range(len(holder)) if isinstance(holder, list) else ()
    else:
        keys = (first,) if isinstance(holder, dict) and first in holder else ()
    for key in keys:
        if rest:
            yield from places(holder[key], rest, (*place, key))
        else:
            yield holder, key, place


def put_at(fields: dict[str, Any], steps: Sequence[str], value: Any) -> None:
    """Put a value where steps lead in the fields of an item, if there is an object; objects on the way are copied."""
    holder = fields
    for step in steps[:-1]:
        inner = holder.get(step)
        if not isinstance(inner, dict):
            return
        holder[step] = dict(inner)
        holder = holder[step]
    holder[steps[-1]] = value


def is_of_kind(before: dict[str, Any], other: Mapping[str, Any]) -> bool:
    """Is an object of the same kind as the other one, so that it may take its values?

    Items of one resource may be cards and bank accounts, and say so by a property.
    """
    said = [name for name in KINDS if name in before and name in other]
    return before.keys() <= other.keys() or all(before[name] == other[name] for name in said)


def is_clearly_of_kind(before: dict[str, Any], other: Mapping[str, Any]) -> bool:
    """Does an object say that it is of the same kind as the other one, or has it nothing that the other one has not?"""
    said = [name for name in KINDS if name in before and name in other]
    return all(before[name] == other[name] for name in said) if said else before.keys() <= other.keys()


KINDS = ("object", "type", "kind", "@type", "_type", "__typename")
"""Properties that say what kind of thing an object is."""


MOST_SINGLE = 100
"""How many single values of a list are shown at most."""


def like(before: Any, other: Any) -> Any:
    """The other item's values in the form that a value has: it gets no larger, however much the other item contains.

    A list of single values is that of the other item; one of objects has none that the other item has not.
    """
    if isinstance(before, dict):
        fields = other if isinstance(other, dict) and is_of_kind(before, other) else {}
        return {name: like(value, fields[name]) if name in fields else value for name, value in before.items()}
    if isinstance(before, list):
        if not isinstance(other, list):
            return before
        is_single = not any(isinstance(each, dict | list) for each in other)
        return other[:MOST_SINGLE] if is_single else [*map(like, before, other)]
    return before if isinstance(other, dict | list) else other
