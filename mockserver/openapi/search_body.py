"""The body of a search: the same values that the query of a GET has, some of them one level deeper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CONDITIONS = frozenset(("filter", "filters", "where", "criteria", "conditions", "query", "paging", "pagination"))
"""Properties, in lower case, whose object has further values of the search."""


def values(body: Any) -> dict[str, Any]:
    """The values of a search by name; empty if the body is no object. Of two with one name the outer one counts."""
    outer = dict(body) if isinstance(body, Mapping) else {}
    inner = [value for name, value in outer.items() if name.lower() in CONDITIONS and isinstance(value, Mapping)]
    return {name: value for each in inner for name, value in each.items()} | outer
