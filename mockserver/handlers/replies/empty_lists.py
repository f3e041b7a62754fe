"""Lists that are answered by 204 when they are empty, as the document says: "No answers yet"."""

from __future__ import annotations

import re

from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation

NO_CONTENT = 204

NONE = lazy_pattern(r"\b(?:no|none|nothing|empty)\b", re.IGNORECASE)
"""How the description of a 204 says that there is nothing to list."""

NO_BODY = lazy_pattern(r"\bno[- ](?:content|body|response)\b|\bempty (?:body|response)\b", re.IGNORECASE)
"""What a 204 is called anyway."""


def says_none(operation: Operation) -> bool:
    """Does an operation answer an empty list by 204, beside a 200 with a list?"""
    described = {each.status: each.description for each in operation.responses}
    said = described.get(str(NO_CONTENT), "") if "200" in described else ""
    return NONE.search(NO_BODY.sub("", said)) is not None
