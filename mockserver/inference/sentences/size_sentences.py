"""Descriptions that say how large a file may be: "up to 65536 bytes (413 if larger)"."""

from __future__ import annotations

import re
from typing import NamedTuple

from mockserver.inference.names import singular
from mockserver.inference.names import words as words_of
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.sentences.refusal_sentences import Sentence, refusal_sentences
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

SIZE = lazy_pattern(
    r"\b(?:up to|at most|no more than|(?:not|no) (?:be )?(?:larger|bigger) than|max(?:imum|\.)?(?: (?:file )?size)?"
    r"(?: is| of|:)?|limit(?:ed)? (?:of|to)|exceeds?|larger than|bigger than|more than|over|"
    r"(?:\b(?:\d+|one|between \d+|an?)(?: bytes?)? (?:to|and)))"
    r" (?P<number>\d{1,3}(?:[,_ ]\d{3})+|\d+) ?(?P<unit>bytes?|[KM]i?B|kilobytes?|megabytes?)\b",
    re.IGNORECASE,
)

UNITS = {"b": (1, 1), "kib": (1024, 1024), "mib": (1024**2, 1024**2), "k": (1000, 1024), "m": (1000**2, 1024**2)}
"""How many bytes a unit is, at least and at most: some mean 1000 by a kilobyte, and some 1024."""


FILES = frozenset(
    ("file", "size", "image", "photo", "picture", "upload", "attachment", "document", "scan", "avatar", "video")
)
WHOLE = frozenset(("total", "storage", "quota", "together", "altogether", "account", "per"))
"""Words of sentences about one file, and about more than one."""


class SizeLimit(NamedTuple):
    """A file of `accepted` bytes is not too large, one of `refused` bytes is."""

    accepted: int
    refused: int
    source: str


def size_limit(schemas: Schemas, operation: Operation, pointer: str, name: str) -> SizeLimit | None:
    """What sentences about an operation, its 4xx responses, or the file called `name` at `pointer` say, if anything.

    A sentence of the operation has to be about a file, as the whole of all files may be limited too.
    """
    own = description(schemas, pointer)
    said = [*refusal_sentences(schemas, operation), *(Sentence(each, own.pointer) for each in own.sentences())]
    for sentence in said:
        found = SIZE.search(sentence.text)
        words = {singular(word) for word in words_of(sentence.text)}
        is_of_file = sentence.pointer == own.pointer or sentence.status == "413" or "413" in sentence.text
        if found is not None and not words & WHOLE and (is_of_file or words & {name.lower(), *FILES}):
            number, unit = int(re.sub(r"\D", "", found["number"])), found["unit"].lower()
            if not number:
                return None  # "up to 0MB" says nothing about a file
            least, most = next(size for name, size in UNITS.items() if unit.startswith(name))
            return SizeLimit(number * least, number * most + 1, sentence.source)
    return None
