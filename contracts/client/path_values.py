"""Values in a URL: a URL contains only text, and the schema may mean the number or boolean that the text represents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mockserver.errors import InvalidDocument
from mockserver.openapi.document import Operation, Parameter
from mockserver.openapi.schemas import Schemas

NUMBER = re.compile(r"-?[0-9]{1,300}(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,2})?")


def allows_text(schemas: Schemas, parameter: Parameter, text: str) -> bool:
    """Does the schema of a parameter allow `text`, or the number or boolean that it represents?

    Also true for lists and objects, which are not parsed here, and for a parameter without a schema.
    """
    if parameter.schema is None or schemas.types(parameter.schema) & {"array", "object"}:
        return True
    validator = schemas.validator(parameter.schema, "request")
    try:
        return any(validator.is_valid(value) for value in _possible_values(text))
    except InvalidDocument:
        return True


def is_nested(schemas: Schemas, parameter: Parameter) -> bool:
    """Is it a list or object of lists or objects? No style of OpenAPI can write one (3.1 section 4.8.12.2)."""
    if parameter.schema is None or parameter.content is not None:
        return False
    items, inner = schemas.items(parameter.schema), schemas.properties(parameter.schema).values()
    return any(schemas.types(each) & {"array", "object"} for each in (*([items] if items else []), *inner))


def _possible_values(text: str) -> Iterator[Any]:
    yield text
    if text in ("null", ""):
        yield None
    if text in ("true", "false"):
        yield text == "true"
    if NUMBER.fullmatch(text):
        yield float(text) if set(text) & set(".eE") else int(text)


def text_in_url(value: Any) -> str:
    """A parameter value as text in a URL."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def may_be_id(schemas: Schemas, operation: Operation, name: str, id: Any) -> bool:
    """May `id` be the value of the parameter `name` of an operation, which names an item in its path or its query?"""
    named = [each for each in operation.parameters if each.name == name and each.location in ("path", "query")]
    found = min(named, key=lambda each: each.location, default=None)
    return found is None or allows_text(schemas, found, str(id))
