"""Request bodies that are forms: the fields of an object as parts, or as pairs of a name and a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from contracts.client.path_values import text_in_url
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
