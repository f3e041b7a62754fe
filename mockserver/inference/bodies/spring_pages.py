"""What a page of Spring Data says beside the usual numbers: `pageable`, and if its order was asked for (`sort`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.openapi.schemas import Schemas

ALWAYS = {"paged": True, "unpaged": False}
"""Flags of the page that was asked for, which Spring shows beside its number and size."""

SORTING = {"sorted": "sorted", "unsorted": "unsorted", "empty": "unsorted"}
"""Flags in the object `sort` that Spring shows: whether the list is in an order that was asked for."""

NUMBERS = frozenset(("pageNumber", "pageSize"))
"""Names beside which such a flag is about the page."""


def spring_value(schemas: Schemas, word: str, pointer: str, beside: Mapping[str, str]) -> Any:
    """The template of a property by its plain name; None if it is none of Spring's. `beside` are those around it."""
    if word in ALWAYS and beside.keys() & NUMBERS:
        return ALWAYS[word] if schemas.types(pointer) == {"boolean"} else None
    known = schemas.properties(pointer) if word == "sort" else {}
    is_said = {"sorted", "unsorted"} <= known.keys() <= SORTING.keys()
    return {name: "{" + SORTING[name] + "}" for name in known} if is_said else None
