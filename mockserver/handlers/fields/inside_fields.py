"""Values inside of objects of an item that the service sets: `metadata.uid`, `attributes.created_at`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from mockserver.behaviour import templates
from mockserver.behaviour.statements import Inside
from mockserver.behaviour.templates import ITEM_VALUES, Render


class InsidePlan(Struct, frozen=True):
    """A value inside of an object, compiled: the steps to it, and whether it is computed `again` at every write."""

    steps: tuple[str, ...]
    render: Render
    again: bool

    def fill(self, fields: dict[str, Any], scope: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
        """Set the value in a new item; in a changed one it is kept, unless it is computed again."""
        *outer, last = self.steps
        held: Any = fields
        for step in outer:
            inner = held.get(step)
            held[step] = dict(inner) if isinstance(inner, dict) else {}  # the item before the change stays as it is
            held = held[step]
        if before is None or self.again:
            held[last] = self.render(scope)
        elif last not in held and (value := at(before, self.steps)) is not None:
            held[last] = value


def inside_plans(stated: Iterable[Inside]) -> tuple[InsidePlan, ...]:
    """The `inside` statements of a resource, compiled."""
    return tuple(
        InsidePlan(tuple(name.split(".")), templates.compile(value, ITEM_VALUES), each.again)
        for each in stated
        for name, value in each.fields.items()
    )


def at(value: Any, steps: Iterable[str]) -> Any:
    """What is at the steps inside of objects; None where nothing is."""
    for step in steps:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
