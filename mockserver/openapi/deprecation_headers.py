"""The headers that announce the end of an operation: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Any

from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import Header
from mockserver.openapi.schemas import Schemas

EXAMPLES = MappingProxyType({"deprecation": "@1688169599", "sunset": "Mon, 31 Dec 2029 23:59:59 GMT"})
"""A valid value of each header by its name in lower case. A sunset is never before the deprecation (RFC 9745 4)."""

FORMS = MappingProxyType(
    {
        "deprecation": "a date such as @1688169599",
        "sunset": "a date such as Mon, 31 Dec 2029 23:59:59 GMT",
    }
)
"""What a valid value is, by the name of the header."""

SOURCES = MappingProxyType({"deprecation": "RFC 9745 section 2.1", "sunset": "RFC 8594 section 3"})

DATE_ITEM = lazy_pattern(r"@(-?[0-9]{1,12})(?: *;.*)?", re.ASCII)
"""A Date of Structured Fields (RFC 9651 section 3.3.7), which may have parameters."""

HTTP_DATE = lazy_pattern(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} [0-9:]{8} GMT",
    re.ASCII,
)
"""The form of a date that is sent (RFC 9110 section 5.6.7, IMF-fixdate)."""


def moment(name: str, value: str) -> datetime | None:
    """When a header says that an operation is deprecated or ends; None for a value that is not valid."""
    item = DATE_ITEM.fullmatch(value)
    try:
        if name.lower() == "deprecation":
            return datetime.fromtimestamp(int(item[1]), UTC) if item else None
        return parsedate_to_datetime(value) if HTTP_DATE.fullmatch(value) else None
    except (ValueError, OverflowError, OSError):
        return None


def announced(schemas: Schemas, header: Header) -> str | None:
    """The value of a documented header that announces an end: its example if that is valid, else one of ours.

    None for another header, and where the document allows no valid value: drafts of RFC 9745 had `Deprecation: true`.
    """
    name = header.name.lower()
    if name not in EXAMPLES:
        return None
    is_allowed = schemas.validator(header.schema, "response").is_valid if header.schema else None
    for value in (*_examples(schemas, header), EXAMPLES[name]):
        if isinstance(value, str) and moment(name, value) is not None and (is_allowed is None or is_allowed(value)):
            return value
    return None


def _examples(schemas: Schemas, header: Header) -> Iterator[Any]:
    node = schemas.resolve(header.pointer)[0]
    schema = schemas.resolve(header.schema)[0] if header.schema else {}
    yield node.get("example")
    for named in (node.get("examples") or {}).values():
        yield json_pointer.resolve(schemas.root, named, header.pointer)[0].get("value")
    if isinstance(schema, Mapping):
        yield from (schema.get("example"), schema.get("default"), *(schema.get("examples") or ()))
