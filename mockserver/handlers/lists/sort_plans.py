"""A `sort` statement, compiled: which parameters choose the order of a list, and what orders its values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from mockserver.behaviour.statements import Sort
from mockserver.inference.lists.sort_names import names_of


class SortPlan(Struct, frozen=True):
    """The parameters, the places of values by property, and the order of items with the same value.

    `default` and `default_direction` are what an absent parameter means. `names` are the properties by what they may
    also be called: `created` for `created_at`, `createdAt` for `created_at`. In `any_case`, `a` and `A` are the same.
    """

    parameter: str
    direction: str
    default: str
    default_direction: str
    names: Mapping[str, str]
    places: Mapping[str, Mapping[Any, int]]
    ties: Mapping[str, str]
    any_case: bool

    def sent(self, query: Mapping[str, Any]) -> Any:
        """What a request sends to order by, also as a property of a parameter (`q[s]`); None if it sends nothing.

        Where each property has a parameter (`order[title]=desc`), these in the order of the document.
        """
        if self.parameter.endswith("[]") and self.parameter not in query:
            begin = self.parameter[:-1]
            sent = ((name[len(begin) : -1], way) for name, way in query.items() if name.startswith(begin))
            return [f"{name} {way}" for name, way in sent if way is not None]
        outer, _, inner = self.parameter.partition("[")
        holder = query.get(outer) if inner and self.parameter not in query else None
        return holder.get(inner[:-1]) if isinstance(holder, Mapping) else query.get(self.parameter)


def sort_plan(stated: Sort | None, shown: Iterable[str]) -> SortPlan | None:
    """The statement, compiled; None without one. `shown` are the properties that the list shows."""
    if stated is None:
        return None
    ranks = stated.ranks.items()
    places = {name: {value: place for place, value in enumerate(values)} for name, values in ranks}
    names = names_of(shown)
    return SortPlan(
        stated.parameter,
        stated.direction,
        stated.default,
        stated.default_direction,
        names,
        places,
        stated.ties,
        stated.any_case,
    )
