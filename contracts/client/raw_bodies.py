"""Request bodies that are files: the document's example, or a text."""

from __future__ import annotations

import re

from mockserver.examples.example_maker import ExampleMaker
from mockserver.inference.bodies.raw_bodies import is_raw
from mockserver.openapi.document import MediaType, Operation
from mockserver.openapi.media_types import is_json
from mockserver.openapi.schemas import Schemas

SAMPLE = b"contract-check\n"
"""The content of a file for which the document has no example."""


INNER = re.compile(r"(?<=[A-Za-z])[aeiou](?=[a-z])")
"""Letters inside of words."""


def raw_media(schemas: Schemas, operation: Operation) -> MediaType | None:
    """The media type of a file that is the whole body, one with an example first; None if the body is none."""
    media = operation.request_body.content if operation.request_body is not None else ()
    if not media or not all(is_raw(schemas, each) and not is_json(each.name) for each in media):
        return None
    named = [each for each in media if "*" not in each.name]
    return next((each for each in named if each.examples), next(iter(named), None))


def raw_content(maker: ExampleMaker, media: MediaType) -> bytes:
    """A valid content. Raises MockServerError if none can be generated."""
    found = maker.content(media, seed="file", direction="request") if media.examples else None
    if isinstance(found, str):
        return found.encode()
    return found if isinstance(found, bytes) else SAMPLE


def with_letters(content: bytes) -> bytes:
    """A text with a few letters that have two bytes in UTF-8 in place of others; other contents as they are."""
    try:
        return INNER.sub("é", content.decode(), count=3).encode()
    except UnicodeDecodeError:
        return content
