"""Reading a parameter that is the whole query (`in: querystring`, OpenAPI 3.2 section 4.12.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, unquote_plus

import orjson

from mockserver.errors import Fault
from mockserver.openapi import json_codec
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import MediaType, Parameter
from mockserver.openapi.media_types import is_form, is_json
from mockserver.openapi.schema_faults import faults
from mockserver.openapi.schemas import Schemas
from mockserver.web.request.form import FormReader
from mockserver.web.request.query import ABSENT, Query


class QuerystringReader:
    """The query as one value of its media type: a form, JSON, or a text for every other type.

    A form is a query as it is, without the `others`: API keys. Other content is percent-encoded in it, with `+` for
    itself.
    """

    __slots__ = ("_parse", "location", "name", "required", "validator")

    def __init__(self, parameter: Parameter, schemas: Schemas, others: frozenset[str] = frozenset()) -> None:
        self.name, self.location, self.required = parameter.name, parameter.location, parameter.required
        self.validator = schemas.validator(parameter.schema, "request") if parameter.schema else None
        self._parse = _parser(parameter, schemas, others)

    def value(self, source: Query, found: list[Fault]) -> Any:
        """The value of the query, or ABSENT if there is none; faults are added to `found`."""
        if not source.text:
            if self.required:
                found.append(Fault(self.location, (self.name,), "the query is required", "required"))
            return ABSENT
        try:
            value = self._parse(source.text)
        except orjson.JSONDecodeError as fault:
            found.append(Fault(self.location, (self.name,), f"the query is not JSON: {fault}", "json"))
            return ABSENT
        if self.validator is not None and not self.validator.is_valid(value):
            found.extend(faults(self.validator, value, self.location, (self.name,)))
        return value


def _parser(parameter: Parameter, schemas: Schemas, others: frozenset[str]) -> Callable[[str], Any]:
    kind = parameter.content or ""
    if is_json(kind):
        return lambda text: json_codec.read(unquote(text).encode())
    if not is_form(kind):
        return unquote
    at = json_pointer.join(parameter.pointer, "content", kind)
    node, _ = schemas.resolve(at)
    form = FormReader(kind, MediaType(kind, parameter.schema, {}, node.get("encoding") or {}, at), schemas)
    return lambda text: form.read(_without(text, others).encode("latin-1", "replace"), kind)


def _without(text: str, names: frozenset[str]) -> str:
    """A query without the fields of these names."""
    if not names:
        return text
    return "&".join(field for field in text.split("&") if unquote_plus(field.partition("=")[0]) not in names)
