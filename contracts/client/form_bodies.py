"""Request bodies that are forms: the fields of an object as parts, or as pairs of a name and a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from contracts.client.path_values import text_in_url
from contracts.model.resources import ResourceOperation
from mockserver.examples.example_maker import ExampleMaker
from mockserver.examples.part_writer import PartWriter
from mockserver.openapi.document import MediaType
from mockserver.openapi.multipart import is_multipart
from mockserver.openapi.schemas import Schemas


def written_form(
    schemas: Schemas, maker: ExampleMaker, media: MediaType, fields: Mapping[str, Any]
) -> tuple[bytes, str]:
    """The bytes of a form with these fields, and its content type. Raises MockServerError for a value of no form."""
    if is_multipart(media.name):
        return PartWriter(schemas, maker, "request").body(dict(fields), media, media.name, "form")
    pairs = [
        (name, text_in_url(each))
        for name, value in fields.items()
        for each in (value if isinstance(value, list) else [value])
        if each is not None
    ]
    return urlencode(pairs).encode(), media.name


def wrapped(op: ResourceOperation, fields: Any, schemas: Schemas) -> Any:
    """The fields of an item, wrapped as in a request body; of a form only those that its schema has inside there."""
    form, outer = op.form_type, op.envelope
    at = schemas.below(form.schema, outer) if form is not None and len(outer) == 1 else None
    if at is None or not isinstance(fields, dict):
        return op.in_envelope(fields)
    inner = schemas.properties(at)
    beside = {name: value for name, value in fields.items() if name not in inner}
    return beside | {outer[0]: {name: value for name, value in fields.items() if name in inner}}


def unwrapped(op: ResourceOperation, form: dict[str, Any]) -> dict[str, Any]:
    """The fields of a form, with those of the object that is the item, if there is one, beside the others."""
    name = op.envelope[0] if len(op.envelope) == 1 else ""
    inner = form.get(name) if name else None
    return {key: value for key, value in form.items() if key != name} | inner if isinstance(inner, dict) else form
