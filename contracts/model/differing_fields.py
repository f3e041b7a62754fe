"""Fields that a server may show otherwise than they were sent, because a sentence of the document says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mockserver.contract import Contract
from mockserver.openapi.document import Operation
from mockserver.openapi.media_types import is_json
from mockserver.openapi.schemas import Schemas

SENTENCE = re.compile(r"[^.!?\n]+")

DIFFERS = re.compile(
    r"\b(takes? (precedence|priority)|overrid\w+|overrul\w+|supersed\w+|ignored|instead|normali[sz]\w+|lower-?cased?"
    r"|upper-?cased?|trim\w+|stripped|rounded|truncat\w+|saniti[sz]\w+|canonical\w*|converted|derived|computed"
    r"|calculated|hashed|encrypted|masked|redacted)\b",
    re.IGNORECASE,
)
"""Words of a sentence about a field whose shown value is another one than was sent."""

WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def differing_fields(contract: Contract, operations: Iterator[Operation]) -> frozenset[str]:
    """The fields in the bodies of these operations that a sentence with such a word is about.

    A sentence is about the property that it describes, and about those that it names.
    """
    found: set[str] = set()
    for operation in operations:
        fields = list(_fields(contract, operation))
        names = {name for name, _ in fields}
        texts = [("", told(contract, operation)), *fields]
        for own, text in texts:
            for sentence in SENTENCE.findall(text or ""):
                if DIFFERS.search(sentence):
                    found |= {own} | ({word.rstrip(".-") for word in WORD.findall(sentence)} & names)
    return frozenset(found - {""})


def told(contract: Contract, operation: Operation) -> str:
    """The summary and the description of an operation."""
    node = contract.document.root.get("paths", {}).get(operation.path, {}).get(operation.method, {})
    return ". ".join(text for key in ("summary", "description") if isinstance(text := node.get(key), str))


def _fields(contract: Contract, operation: Operation) -> Iterator[tuple[str, str]]:
    """The fields of the request body of an operation and of its success response, with their descriptions."""
    success = operation.success()
    places = [operation.request_body.content if operation.request_body else (), success.content if success else ()]
    for media in (media for content in places for media in content):
        if media.schema is not None and is_json(media.name):
            yield from _described(contract.schemas, contract.schemas.properties(media.schema))


def _described(schemas: Schemas, properties: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, pointer in properties.items():
        text = schemas.keyword(pointer, "description")
        yield name, text if isinstance(text, str) else ""
