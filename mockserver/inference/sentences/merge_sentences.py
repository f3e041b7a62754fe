"""Sentences that say that an update keeps the keys of an object which it does not send: "Metadata is merged"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mockserver.inference.draft import DraftAction, item_schema_of_request
from mockserver.inference.names import plain
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.sentences.refusal_sentences import operation_sentences
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

NAMES = r"(?:the |its )?`?(?P<names>\w+(?:(?:,| and|, and) (?:the |its )?`?\w+`?)*)`?"

MERGED = lazy_pattern(
    rf"^{NAMES} (?:is|are|will be|gets?) (?:\w+ly )?merged\b(?! (?:as|to) (?:a|an) )|"
    rf"\bmerges {NAMES.replace('names', 'object')}",
    re.IGNORECASE,
)
"""How a sentence about an operation names the objects that it merges."""

KEEPS = lazy_pattern(
    r"\bindividual keys can be (?:unset|removed|deleted)|^(?:is |are |will be )?merged (?:with|into)\b|"
    r"\b(?:is|are|will be) merged with (?:the |its )?(?:existing|current|previous|stored|old)\b|"
    r"\bkeys that (?:are|you do) not (?:sent|send|given|provided|provide|in the request) "
    r"(?:are kept|stay|remain|are left unchanged)",
    re.IGNORECASE,
)
"""How the description of an object in a request says it: "Individual keys can be unset by posting an empty value"."""


def merged_properties(schemas: Schemas, action: DraftAction, shown: Mapping[str, str]) -> list[str]:
    """The properties of an item, whose schemas are `shown`, that an update merges with the object that is there."""
    asked = item_schema_of_request(schemas, action) if action.does == "update" and action.patch == "fields" else None
    sent = schemas.properties(asked) if asked is not None else {}
    objects = {plain(name): name for name in sent if name in shown and "object" in schemas.types(shown[name])}
    found = {name for name in objects.values() if KEEPS.search(description(schemas, sent[name]).text)}
    for sentence in operation_sentences(schemas, action.operation) if objects else ():
        said = MERGED.search(sentence.text)
        written = re.findall(r"\w+", said["names"] or said["object"]) if said else []
        found |= {objects[plain(word)] for word in written if plain(word) in objects}
    return sorted(found)
