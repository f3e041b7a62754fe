"""Parameters that ask for the items behind references: `?expand[]=customer`, `?include=author`."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.inference.evidence import Statement, inferred
from mockserver.inference.messages import is_object, request_schema
from mockserver.inference.names import plain
from mockserver.inference.references import FoundReference
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

NAMES = frozenset(("expand", "expands", "expansions", "include", "includes", "embed", "populate"))
"""Plain names of such parameters."""


def expansion(
    schemas: Schemas, operation: Operation, item: str | None, references: Iterable[FoundReference]
) -> Statement | None:
    """The `expand` statement of an operation whose reply shows items by a schema; None if it can expand nothing."""
    properties = schemas.properties(item) if item is not None else {}
    may_show = any(may_expand(schemas, properties.get(each.steps[0])) for each in references if len(each.steps) == 1)
    asked = {each.name: each.schema for each in operation.parameters if each.location == "query" and each.schema}
    body = request_schema(operation.request_body)
    sent = schemas.properties(body) if body is not None and may_show else {}
    for name, at in {**sent, **asked}.items() if may_show else ():
        if plain(name) in NAMES and schemas.types(at) <= {"string", "array", "null"}:
            return inferred("by the name of the parameter, and replies may show ids or objects", parameter=name)
    return None


def may_expand(schemas: Schemas, pointer: str | None) -> bool:
    """May a property be an id as well as an object?"""
    if pointer is None:
        return False
    every = [here for _, here in schemas.branches(pointer, every=True)]
    is_id = any(schemas.types(here) & {"string", "integer"} for here in every)
    return is_id and any(is_object(schemas, here) and schemas.properties(here) for here in every)
