"""The new values that an operation gives its item and the item above, compiled once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from mockserver.behaviour import templates
from mockserver.behaviour.statements import Action
from mockserver.behaviour.templates import ITEM_VALUES, Render

Values = tuple[tuple[str, Render], ...]
"""Fields, each with the function that makes its value."""


class EffectPlan(Struct, frozen=True):
    """The fields that get new values: in the item itself, in the one `above`, and in those that properties name."""

    own: Values = ()
    above: Values = ()
    named: tuple[tuple[str, Values], ...] = ()

    def change(self, fields: dict[str, Any], scope: Mapping[str, Any]) -> None:
        """Give the fields of an item their new values, also those inside of an object: `attributes.status`."""
        for name, render in self.own:
            outer, _, inner = name.partition(".")
            if not inner:
                fields[name] = render(scope)
            elif isinstance(held := fields.get(outer), dict):
                fields[outer] = {**held, inner: render(scope)}


def effect_plan(action: Action) -> EffectPlan:
    """What an action says about new values."""
    named = tuple((field, _compiled(values)) for field, values in action.sets_named.items())
    return EffectPlan(_compiled(action.sets), _compiled(action.sets_above), named)


def _compiled(values: Mapping[str, Any]) -> Values:
    return tuple((name, templates.compile(value, ITEM_VALUES)) for name, value in values.items())
