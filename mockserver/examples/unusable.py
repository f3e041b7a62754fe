"""Finds the examples of a document that its own schemas forbid."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.errors import InvalidDocument, Unanswerable
from mockserver.examples.example_maker import ExampleMaker
from mockserver.examples.serialized import serialized_example
from mockserver.openapi.document import Document, MediaType
from mockserver.openapi.lint import Problem
from mockserver.openapi.media_types import is_json
from mockserver.openapi.schemas import Schemas


def unusable_examples(document: Document, examples: ExampleMaker, schemas: Schemas) -> Iterator[Problem]:
    """A problem for each response whose examples are all invalid: a generated value is sent in their place.

    A large document is skipped, since its schemas are compiled only when they are needed.
    """
    for operation in document.operations if not document.is_large else ():
        for response in operation.responses:
            for media in response.content:
                if media.schema is None or not media.examples or serialized_example(media, schemas) is not None:
                    continue
                if _is_unusable(media, examples):
                    message = "the schema forbids the example; a generated value is sent in its place"
                    error = InvalidDocument(message, file=document.file, pointer=media.pointer)
                    yield Problem(error, "warning")


def _is_unusable(media: MediaType, examples: ExampleMaker) -> bool:
    if not is_json(media.name) and any(isinstance(example, str) for example in media.examples.values()):
        return False  # it may be sent as it is written
    try:
        return examples.documented(media) is None
    except Unanswerable:
        return False  # the schema itself cannot be used, which another problem reports
