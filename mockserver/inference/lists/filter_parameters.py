"""The query parameters by which a list may be narrowed, also those inside of an object: `filter[status]`."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from mockserver.inference.names import words
from mockserver.openapi.document import Operation, Parameter
from mockserver.openapi.media_types import is_json
from mockserver.openapi.schemas import Schemas

AROUND = frozenset(("filter", "filters", "filterby", "where", "search", "query", "criteria", "q"))
"""Names of what contains the parameters of a query: `filter[status]`, `where.status`."""

EQUAL = frozenset(("eq", "equals", "equal", "exact"))
"""How the name of a parameter ends that asks for equality: `filter[status][eq]`."""


def filter_parameters(schemas: Schemas, operation: Operation) -> Iterator[Parameter]:
    """The query parameters of an operation; in place of one whose value is an object each property of it.

    That is one of style `deepObject`, one of style `form` that is not exploded, or a JSON text (`content`). One that
    every request has with the same value (`beta=true`) selects nothing.

    An object that is a condition itself is named so: `price[min]`, or `filter[price][min]`.
    """
    for parameter in operation.parameters:
        if parameter.location != "query" or not parameter.schema or _is_constant(schemas, parameter):
            continue
        is_whole = parameter.style == "deepObject" or (parameter.style == "form" and not parameter.explode)
        is_object = is_json(parameter.content) if parameter.content else is_whole
        yield from _inside(schemas, parameter, DEEPEST if is_object else 0)


def _is_constant(schemas: Schemas, parameter: Parameter) -> bool:
    """Is there only one value that a request may and must have?"""
    values = schemas.keyword(str(parameter.schema), "enum") if parameter.required else None
    return isinstance(values, list) and len(values) == 1


DEEPEST = 2
"""How many objects deep a value of a parameter may be."""


def _inside(schemas: Schemas, parameter: Parameter, depth: int) -> Iterator[Parameter]:
    """The values of a parameter: those of its properties, or itself where it is no object."""
    inner = schemas.properties(str(parameter.schema)) if depth else {}
    for name, pointer in inner.items():
        within = replace(parameter, name=f"{parameter.name}[{name}]", schema=pointer, pointer=pointer, required=False)
        yield from _inside(schemas, within, depth - 1)
    if not inner:
        yield parameter


def asked_words(name: str) -> tuple[str, ...]:
    """What a parameter asks about: ("price", "gte") for `filter[price][gte]`, ("status",) for `status[eq]`."""
    found = words(name)
    if len(found) > 1 and found[0] in AROUND:
        found = found[2:] if found[1] == "by" and len(found) > 2 else found[1:]
    return found[:-1] if len(found) > 1 and found[-1] in EQUAL else found
