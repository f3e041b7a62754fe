"""Examples that are one text, as it is sent, of media types other than JSON (OpenAPI 3.1 section 4.8.14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.errors import Malformed
from mockserver.lazy_module import LazyModule
from mockserver.openapi.document import MediaType
from mockserver.openapi.media_types import is_json, is_xml
from mockserver.openapi.schemas import Schemas

if TYPE_CHECKING:
    from mockserver.web.request import xml_reader
else:
    xml_reader = LazyModule("mockserver.web.request.xml_reader")


def text_example(media: MediaType, schemas: Schemas, name: str | None = None) -> bytes | None:
    """The bytes of the example called `name`, else of the first usable one; None where it is no such text.

    A text that the schema allows is a value like any other. XML that the schema forbids is used only by its name.
    """
    if media.schema is None or not media.examples or is_json(media.name):
        return None
    is_valid = schemas.validator(media.schema, "response").is_valid
    for key, example in media.examples.items():
        if name not in (None, key):
            continue
        if is_valid(example):
            return None
        if isinstance(example, str) and (name is not None or _is_usable(example, media, schemas)):
            return example.encode()
    return None


def _is_usable(example: str, media: MediaType, schemas: Schemas) -> bool:
    """Is the text XML that the schema allows? Other media types are not read."""
    if media.schema is None or not is_xml(media.name):
        return True
    try:
        value = xml_reader.read(example.encode(), media.schema, schemas)
    except Malformed:
        return False
    return schemas.validator(media.schema, "response").is_valid(value)
