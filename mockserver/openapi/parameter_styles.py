"""Writes parameters in the style of their operation (OpenAPI 3.1 section 4.8.12.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from mockserver.openapi import json_codec
from mockserver.openapi.document import Parameter
from mockserver.openapi.field_types import QUERYSTRING
from mockserver.openapi.media_types import is_form as is_form_type


class ParameterStyle(NamedTuple):
    """How a parameter is written: `style` and `explode`, or with `is_content` as JSON (`content` in its place)."""

    style: str
    explode: bool
    is_content: bool = False

    @classmethod
    def of(cls, parameter: Parameter | None, location: str) -> ParameterStyle:
        """The style of a parameter; without one, the usual one of its place: path, query, header or cookie."""
        if parameter is None:
            return USUAL[location]
        is_form = parameter.style == QUERYSTRING and is_form_type(parameter.content or "")
        return cls(parameter.style, parameter.explode, bool(parameter.content) and not is_form)


USUAL = {
    "path": ParameterStyle("simple", explode=False),
    "query": ParameterStyle("form", explode=True),
    "header": ParameterStyle("simple", explode=False),
    "cookie": ParameterStyle("form", explode=False),
}
"""The style of a parameter that the document does not describe, by its place."""


def as_text(value: Any) -> str:
    """A value inside of a text: numbers and booleans as in JSON, objects and lists as JSON, null as nothing."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json_codec.write(value).decode()


DELIMITERS = {"pipeDelimited": "|", "spaceDelimited": "%20"}
"""What is between the entries of a list in one parameter; a comma in other styles."""


def path_text(how: ParameterStyle, name: str, value: Any) -> str:
    """A path parameter as a part of a path: `simple`, `label` or `matrix`; percent-encoded."""
    style, explode, is_content = how
    if is_content:
        value = json_codec.write(value).decode()
    if style == "matrix":
        named = explode and isinstance(value, list)
        parts = [_pair(name, each) for each in value] if named else [f"{quote(name)}={_joined(value, ',', explode)}"]
        exploded = explode and isinstance(value, dict)
        return "".join(f";{each}" for each in ([_pair(*pair) for pair in value.items()] if exploded else parts))
    if style == "label":
        return "." + _joined(value, "." if explode else ",", explode)
    return _joined(value, ",", explode)


def _joined(value: Any, delimiter: str, explode: bool) -> str:
    """A value in the style `simple`; an object as `key,value`, exploded as `key=value`."""
    if isinstance(value, list):
        return delimiter.join(map(_quoted, value))
    if isinstance(value, dict):
        between = "=" if explode else ","
        return delimiter.join(f"{_quoted(key)}{between}{_quoted(each)}" for key, each in value.items())
    return _quoted(value)


def query_text(how: ParameterStyle, name: str, value: Any) -> str:
    """A parameter of the query, percent-encoded, with its name: `form`, delimited or `deepObject`."""
    style, explode, is_content = how
    if style == QUERYSTRING:
        return _quoted(value) if is_content else querystring(value)
    if is_content:
        return _pair(name, json_codec.write(value).decode() if not isinstance(value, str) else value)
    if isinstance(value, dict) and style == "deepObject":
        return "&".join(_deep(name, value))
    if isinstance(value, dict) and explode:
        return "&".join(_pair(key, each) for key, each in value.items())
    if isinstance(value, list) and explode:
        return "&".join(_pair(name, each) for each in value)
    return f"{quote(name, safe='[]')}={_joined(value, DELIMITERS.get(style, ','), False)}"


def _deep(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _deep(f"{name}[{key}]", each)
    else:
        yield _pair(name, value)


def querystring(value: Any) -> str:
    """The whole query (`in: querystring`): a text as it is, an object as a form, a list in it as several fields."""
    if isinstance(value, str):
        return value
    fields = [(k, v) for k, each in dict(value).items() for v in (each if isinstance(each, list) else [each])]
    return urlencode([(name, as_text(each)) for name, each in fields], quote_via=quote)


def header_text(how: ParameterStyle, value: Any) -> str:
    """A header or a cookie: a list with commas, an object as `key,value`; as JSON if it has `content`."""
    if isinstance(value, list) and not how.is_content:
        return ",".join(map(as_text, value))
    if isinstance(value, dict) and not how.is_content:
        between = "=" if how.explode else ","
        return ",".join(f"{key}{between}{as_text(each)}" for key, each in value.items())
    return as_text(value)


def _pair(name: str, value: Any) -> str:
    return f"{quote(name, safe='[]')}={_quoted(value)}"


def _quoted(value: Any) -> str:
    return quote(as_text(value), safe="")
