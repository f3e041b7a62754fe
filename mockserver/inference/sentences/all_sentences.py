"""Descriptions of query parameters that say that an item has all of several values: "must have all of these tags"."""

from __future__ import annotations

import re

from mockserver.inference.names import noun, plain, words
from mockserver.inference.sentences.descriptions import Said, description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Parameter
from mockserver.openapi.schemas import Schemas

ALL = lazy_pattern(
    r"\ball of (?:them|these|those|the (?:given|listed|named|specified|selected|requested))\b|"
    r"\b(?:have|has|having|with|contains?|containing|carry|carrying|match|matches|matching)\s+(?:all|every|each)\s+"
    r"(?:of\s+)?(?:(?:the|these|those|given|listed|named|specified|selected|requested)\s+)*(?P<what>[a-z]\w*)",
    re.IGNORECASE,
)

ANY = lazy_pattern(r"\b(?:any of|one of|either|some of|not|without)\b", re.IGNORECASE)
"""How a sentence says that fewer are enough, or the opposite."""


def said_all(schemas: Schemas, parameter: Parameter) -> Said | None:
    """The sentence which says that an item has all values of a parameter; None if none does."""
    said = description(schemas, parameter.pointer).first(ALL)
    if said is None or ANY.search(said.sentence):
        return None
    what = noun(said.match["what"])[-1] if said.match["what"] else ""
    named = {each for word in words(parameter.name) for each in noun(word)} | {plain(parameter.name), "value", "them"}
    return said if not what or what in named else None
