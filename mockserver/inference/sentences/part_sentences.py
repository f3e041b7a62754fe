"""Descriptions of query parameters that say that a part of a text is enough: "any part of the author's name"."""

from __future__ import annotations

import re

from mockserver.inference.names import plain
from mockserver.inference.sentences.descriptions import Said, description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Parameter
from mockserver.openapi.schemas import Schemas

PART = lazy_pattern(
    r"(?:^|\b(?:any|by|only|matching|contains?|with)\s)(?:any |a )?part of (?:the |its |an? )?"
    r"(?P<what>[^,.;]{1,80})|\bsubstring of (?:the |its |an? )?(?P<within>[^,.;]{1,80})|"
    r"\b(?:text|word|words|string|phrase)s? that (?:must |has to )?(?:occurs?|appears?|is|are|stands?) in "
    r"(?P<inside>[^,.;]{1,80})",
    re.IGNORECASE,
)
"""How a sentence says that a part of the text is enough."""


def said_part(schemas: Schemas, parameter: Parameter, field: str) -> Said | None:
    """The sentence which says that a parameter finds a part of a field; None if none does."""
    said = description(schemas, parameter.pointer).first(PART)
    groups = said.match.groupdict().values() if said is not None else ()
    within = plain(next((each for each in groups if each), ""))
    return said if plain(field) in within else None
