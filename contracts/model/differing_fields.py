"""Fields that a server may show otherwise than they were sent, because a sentence of the document says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

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

REWRITTEN = re.compile(
    r"\b(?:in|to|into|as) (?:all )?(?:lower|upper|small|capital)[ -]?(?:case|letters)\b|\bde-?duplicat\w+"
    r"|\bduplicates? (?:\w+ ){0,2}(?:removed|dropped|merged|ignored|left out)\b"
    r"|\b(?:without|removes?|drops?|ignores?) duplicates?\b"
    r"|\b(?:white[ -]?)?(?:spaces?|blanks?)\b[^.;!?]*"
    r"\b(?:removed|dropped|collapsed|cut|ignored|replaced|becomes?|made)\b"
    r"|\b(?:removes?|drops?|collapses?|cuts?|ignores?|trims?) [^.;!?]*\b(?:white[ -]?)?(?:spaces?|blanks?)\b",
    re.IGNORECASE,
)
"""Words of a sentence about a field that is written anew, in a form that is nearly the one that was sent."""

ORDERED = re.compile(r"\bsorted\b|\balphabetical\w*\b|\b(?:ascending|descending|numerical) order\b", re.IGNORECASE)
"""The same of a list, which is shown in another order."""

KEPT_BY_NULL = re.compile(
    r"\bnulls?\b(?![^.;!?]*\b(?:clear|remov|delet|empt|unset|reset|eras)\w*)"
    r"[^.;!?]*\b(?:unchanged|untouched|ignored|skipped|not (?:be )?(?:changed|updated|touched|modified)|keeps?|kept"
    r"|stays?|remains?|(?:changes?|does|do) nothing|no (?:change|effect)|as (?:it is|they are))\b"
    r"|\b(?:unchanged|untouched|ignores?|skips?|skipped|not (?:be )?(?:changed|updated|touched|modified)|keeps?|kept)\b"
    r"[^.;!?,]*\bnulls?\b(?![^.;!?]*\b(?:clear|remov|delet|empt|unset|reset|eras)\w*)",
    re.IGNORECASE,
)
"""How a document says that null, in an update, leaves a field as it is: "fields that are null are not changed"."""

PARTIAL = re.compile(
    r"\b(partial\w*|patch\w*|merge[sd]?|(given|provided|supplied|specified|submitted|present|included|sent) "
    r"(fields|properties|attributes|values|keys|parameters)"
    r"|(fields|properties|attributes|values|keys) (that are |which are )?"
    r"(given|provided|supplied|specified|submitted|present|included|sent)"
    r"|left (out|unchanged|untouched)|omitted|only the)\b",
    re.IGNORECASE,
)
"""Words of the description of a PUT that keeps the fields that its body does not contain."""

WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def differing_fields(contract: Contract, operations: Iterable[Operation]) -> frozenset[str]:
    """The fields in the bodies of these operations that a sentence with such a word is about.

    A sentence is about the property that it describes, and about those that it names.
    """
    return _told_of(contract, operations, DIFFERS)


def rewritten_fields(contract: Contract, operations: Iterable[Operation]) -> frozenset[str]:
    """The fields in the bodies of these operations that are written anew, as a sentence says.

    "Stored in lower case", "spaces around it are removed"; of a list "sorted" and "without duplicates".
    """
    operations = tuple(operations)
    schemas, found = contract.schemas, set(_told_of(contract, operations, REWRITTEN))
    for operation in operations:
        for name, pointer in _properties(contract, operation):
            if "array" in schemas.types(pointer) and ORDERED.search(_text(schemas, pointer)):
                found.add(name)
    return frozenset(found)


def _told_of(contract: Contract, operations: Iterable[Operation], words: re.Pattern[str]) -> frozenset[str]:
    """The fields that a sentence with such words is about: the one that it describes, and those that it names."""
    found: set[str] = set()
    for operation in operations:
        fields = [(name, _text(contract.schemas, pointer)) for name, pointer in _properties(contract, operation)]
        names = {name for name, _ in fields}
        texts = [("", told(contract, operation)), *fields]
        for own, text in texts:
            for sentence in SENTENCE.findall(text):
                if words.search(sentence):
                    found |= {own} | ({word.rstrip(".-") for word in WORD.findall(sentence)} & names)
    return frozenset(found - {""})


def is_kept_by_null(contract: Contract, operation: Operation, field: str | None) -> bool:
    """Does a sentence about an update, or about the field with this schema, say that null leaves it as it is?"""
    own = _text(contract.schemas, field) if field else ""
    return KEPT_BY_NULL.search(f"{told(contract, operation)}. {own}") is not None


def told(contract: Contract, operation: Operation) -> str:
    """The summary and the description of an operation."""
    node = contract.document.root.get("paths", {}).get(operation.path, {}).get(operation.method, {})
    return ". ".join(text for key in ("summary", "description") if isinstance(text := node.get(key), str))


def _properties(contract: Contract, operation: Operation) -> Iterator[tuple[str, str]]:
    """The fields of the request body of an operation and of its success response, with pointers to their schemas."""
    success = operation.success()
    places = [operation.request_body.content if operation.request_body else (), success.content if success else ()]
    for media in (media for content in places for media in content):
        if media.schema is not None and is_json(media.name):
            yield from contract.schemas.properties(media.schema).items()


def _text(schemas: Schemas, pointer: str) -> str:
    text = schemas.keyword(pointer, "description")
    return text if isinstance(text, str) else ""
