"""The sentences of a document about an operation and about its client errors."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from mockserver.inference.sentences.descriptions import Description, description
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas


class Sentence(Struct, frozen=True):
    """A sentence, the pointer of what it describes, and the status of its response (empty for the operation)."""

    text: str
    pointer: str
    status: str = ""

    @property
    def source(self) -> str:
        """The sentence and where it is, as a report shows it."""
        return f'"{self.text}" ({self.pointer})'


def operation_sentences(schemas: Schemas, operation: Operation) -> Iterator[Sentence]:
    """The sentences about an operation itself."""
    for word in ("description", "summary"):
        text = description(schemas, operation.pointer, word)
        yield from (Sentence(each, text.pointer) for each in text.sentences())


def refusal_sentences(schemas: Schemas, operation: Operation) -> Iterator[Sentence]:
    """The sentences about an operation and about its client errors."""
    yield from operation_sentences(schemas, operation)
    for each in operation.responses:
        if each.status[:1] == "4":
            said = Description(each.description, each.pointer)
            yield from (Sentence(text, each.pointer, each.status) for text in said.sentences())
