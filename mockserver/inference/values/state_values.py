"""The values of a property with a few: those of its schema, else of the parameter that lists filter it by."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.inference.draft import ResourceDraft
from mockserver.inference.names import plain
from mockserver.openapi.schemas import Schemas

STATES = frozenset(("status", "state", "phase", "stage", "lifecycle"))
"""Last words of properties that say in which state an item is."""


def choices(schemas: Schemas, pointer: str) -> list[str]:
    """The texts that a property allows, in the order of its `enum`."""
    listed = (node.get("enum") or () for node, _ in schemas.branches(pointer, every=True))
    return [value for values in listed for value in values if isinstance(value, str)]


def values_of(draft: ResourceDraft, name: str, pointer: str) -> list[str]:
    """The texts that a property of an item may have; empty if the document does not say."""
    if "string" not in draft.schemas.types(pointer):
        return choices(draft.schemas, pointer)
    return choices(draft.schemas, pointer) or next(_of_filters(draft, name), [])


def _of_filters(draft: ResourceDraft, name: str) -> Iterator[list[str]]:
    """The values that the query parameters of lists with the name of a property may have."""
    for action in draft.actions:
        for parameter in action.operation.parameters if action.does == "list" else ():
            if parameter.location == "query" and plain(parameter.name) == plain(name) and parameter.schema:
                found = choices(draft.schemas, draft.schemas.items(parameter.schema) or parameter.schema)
                if found:
                    yield found
