"""The query parameters by which a list may be narrowed, also those inside of an object: `filter[status]`."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from mockserver.inference.names import plain, words
from mockserver.openapi.document import Operation, Parameter
from mockserver.openapi.schemas import Schemas

AROUND = frozenset(("filter", "filters", "filterby", "where", "search", "query", "criteria", "q"))
"""Names of what contains the parameters of a query: `filter[status]`, `where.status`."""

EQUAL = frozenset(("eq", "equals", "equal", "exact"))
"""How the name of a parameter ends that asks for equality: `filter[status][eq]`."""


def filter_parameters(schemas: Schemas, operation: Operation) -> Iterator[Parameter]:
    """The query parameters of an operation; in place of an object of style `deepObject` each property of it."""
    for parameter in operation.parameters:
        if parameter.location != "query" or not parameter.schema:
            continue
        inner = schemas.properties(parameter.schema) if parameter.style == "deepObject" else {}
        for name, pointer in inner.items() if plain(parameter.name) in AROUND else ():
            yield replace(parameter, name=f"{parameter.name}[{name}]", schema=pointer, required=False)
        if not inner:
            yield parameter


def asked_words(name: str) -> tuple[str, ...]:
    """What a parameter asks about: ("price", "gte") for `filter[price][gte]`, ("status",) for `status[eq]`."""
    found = words(name)
    if len(found) > 1 and found[0] in AROUND:
        found = found[2:] if found[1] == "by" and len(found) > 2 else found[1:]
    return found[:-1] if len(found) > 1 and found[-1] in EQUAL else found
