"""The fields of OpenAPI objects that hold plain values, and which values of each are valid.

`schema_keywords` says the same of schemas. `lint_rules` reports an invalid value; `normalize` leaves it out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.openapi import schema_keywords
from mockserver.openapi.schema_keywords import is_flag, is_names, is_text

TABS = "tabDelimited"
"""The style of our own for `collectionFormat: tsv` of Swagger 2.0, which no style of 3.x means."""

QUERYSTRING = "querystring"
"""The style of our own of a parameter that is the whole query (`in: querystring`, OpenAPI 3.2 section 4.12.1)."""

STYLES = frozenset(("matrix", "label", "simple", "form", "spaceDelimited", "pipeDelimited", "deepObject", "cookie"))
"""The values of `style` (OpenAPI 3.1 section 4.8.12.3; `cookie` since 3.2)."""


def is_style(value: Any) -> bool:
    """One of the styles in which a parameter is written."""
    return type(value) is str and (value in STYLES or value in (TABS, QUERYSTRING))


def is_requirements(value: Any) -> bool:
    """A list of security requirements, each an object of scope lists (OpenAPI 3.1 section 4.8.30)."""
    return type(value) is list and all(type(one) is dict and all(map(is_names, one.values())) for one in value)


def is_servers(value: Any) -> bool:
    """A list of Server Objects (OpenAPI 3.1 section 4.8.5)."""
    return type(value) is list and all(map(_is_server, value))


def _is_server(value: Any) -> bool:
    if type(value) is not dict or type(value.get("url")) is not str:
        return False
    variables = value.get("variables", {})
    return type(variables) is dict and all(type(variable) is dict for variable in variables.values())


_DESCRIBED = {"summary": is_text, "description": is_text}
_SERIALIZED = {
    "style": is_style,
    "explode": is_flag,
    "allowReserved": is_flag,
    "required": is_flag,
    "deprecated": is_flag,
}

WELL_FORMED: dict[str, dict[str, Callable[[Any], bool]]] = {
    "document": {"servers": is_servers, "security": is_requirements},
    "path item": {**_DESCRIBED, "servers": is_servers},
    "operation": {
        **_DESCRIBED,
        "operationId": is_text,
        "security": is_requirements,
        "servers": is_servers,
        "tags": is_names,
        "deprecated": is_flag,
    },
    "parameter": {"description": is_text, **_SERIALIZED},
    "header": {"description": is_text, **_SERIALIZED},
    "request body": {"description": is_text, "required": is_flag},
    "response": {"description": is_text},
    "encoding": {"contentType": is_text, "style": is_style, "explode": is_flag, "allowReserved": is_flag},
    "schema": schema_keywords.WELL_FORMED,
}
"""Kind of object → field → is this value valid?"""

EXPECTED: dict[Callable[[Any], bool], str] = {
    is_style: f"one of {', '.join(sorted(STYLES))}",
    is_requirements: "a list of objects whose values are lists of scopes",
    is_servers: "a list of objects with a `url`",
    **schema_keywords.EXPECTED,
}
"""Check of a value → what it accepts, in words."""


def malformed(kind: str, node: dict[str, Any]) -> list[str]:
    """The fields of `node`, an object of that kind, whose value is invalid."""
    table = WELL_FORMED.get(kind)
    return [k for k, v in node.items() if k in table and not table[k](v)] if table else []


def expected(kind: str, field: str) -> str:
    """Which values that field of an object of that kind takes, in words."""
    return EXPECTED[WELL_FORMED[kind][field]]
