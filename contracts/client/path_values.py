"""What may stand in an address: outside of JSON every value is a text, and a schema may mean what the text writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mockserver.errors import InvalidDocument
from mockserver.openapi.document import Operation, Parameter
from mockserver.openapi.schemas import Schemas

NUMBER = re.compile(r"-?[0-9]{1,300}(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,2})?")


def may_stand(schemas: Schemas, parameter: Parameter, text: str) -> bool:
    """Does a parameter's schema allow `text`, or the number or truth that it writes?

    True as well where a list or an object is written, since of those nothing is known, and where there is no schema.
    """
    if parameter.schema is None or schemas.types(parameter.schema) & {"array", "object"}:
        return True
    judge = schemas.validator(parameter.schema, "request")
    try:
        return any(judge.is_valid(value) for value in _meant(text))
    except InvalidDocument:
        return True


def is_nested(schemas: Schemas, parameter: Parameter) -> bool:
    """Is it a list or object of such, which no style of OpenAPI writes (3.1 section 4.8.12.2)?"""
    if parameter.schema is None or parameter.content is not None:
        return False
    items, inner = schemas.items(parameter.schema), schemas.properties(parameter.schema).values()
    return any(schemas.types(each) & {"array", "object"} for each in (*([items] if items else []), *inner))


def _meant(text: str) -> Iterator[Any]:
    yield text
    if text in ("true", "false"):
        yield text == "true"
    if NUMBER.fullmatch(text):
        yield float(text) if set(text) & set(".eE") else int(text)


def may_name(schemas: Schemas, operation: Operation, name: str, id: Any) -> bool:
    """May an id stand in the path of an operation for the parameter `name`?"""
    found = next((p for p in operation.parameters if (p.location, p.name) == ("path", name)), None)
    return found is None or may_stand(schemas, found, str(id))
