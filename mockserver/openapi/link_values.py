"""The values that a link of a response names in a request and its response (OpenAPI 3.1 section 4.8.20)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urlsplit

from mockserver.openapi import path_template
from mockserver.openapi.document import Operation
from mockserver.openapi.runtime_expressions import ExpressionValues, RuntimeTemplate, compiled


class NoLinkValue(Exception):
    """An expression of a link finds nothing in the request and the response; the text says which."""


def link_value(written: Any, values: ExpressionValues) -> Any:
    """A value of a link for a response. Raises NoLinkValue, and InvalidDocument for what is no expression."""
    if not isinstance(written, str) or "$" not in written:
        return written
    is_whole = written.startswith("$")
    value = compiled(written)(values) if is_whole else RuntimeTemplate(written).evaluate(values)
    if value is None:
        raise NoLinkValue(f"{written} is nothing in this response")
    return value


def path_values(operation: Operation, url: str) -> dict[str, str]:
    """The path parameters of a request to an operation."""
    groups = path_template.pattern(operation.path).replace("[^/]+", "([^/]+)")
    found = re.search(f"{groups}$", urlsplit(url).path)
    names = path_template.names(operation.path)
    return {name: unquote(value) for name, value in zip(names, found.groups(), strict=True)} if found else {}
