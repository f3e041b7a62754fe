"""A `sort` statement, compiled: which parameters choose the order of a list, and what orders its values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from mockserver.behaviour.statements import Sort


class SortPlan(Struct, frozen=True):
    """The parameters, the places of values by property, and the order of items with the same value."""

    parameter: str
    direction: str
    places: Mapping[str, Mapping[Any, int]]
    ties: Mapping[str, str]


def sort_plan(stated: Sort | None) -> SortPlan | None:
    """The statement, compiled; None without one."""
    if stated is None:
        return None
    ranks = stated.ranks.items()
    places = {name: {value: place for place, value in enumerate(values)} for name, values in ranks}
    return SortPlan(stated.parameter, stated.direction, places, stated.ties)
