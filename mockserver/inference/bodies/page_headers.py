"""Response headers that say something about a page of a list, such as `X-Total-Count`, by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mockserver.inference.bodies.envelope_names import NUMBERS
from mockserver.inference.names import words
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Header, Response
from mockserver.openapi.schemas import Schemas

PREFIXES = frozenset(("x", "wp", "pagination", "paging", "list", "collection"))
"""Words that a header may have before the name of a number."""

FACTS = frozenset(("total", "pages", "last_page", "page", "offset", "count"))
"""What a header may say. A limit is not among them: `X-Limit` is most often one of requests."""

SIZES = frozenset(("perpage", "pagesize"))
"""Names of the size of a page, which mean nothing else."""


CONTENT_RANGE = "content-range"

RANGE = lazy_pattern(r"(?:\b([a-z][\w-]*)[ =])?(?:\b\d+-\d+|\*)/(?:\d+|\*)", re.IGNORECASE)
"""The value of a header `Content-Range` (RFC 9110 section 14.4). Some services leave out the unit."""


def page_headers(schemas: Schemas, response: Response) -> Iterator[tuple[str, str]]:
    """The names of the headers of a list's response that say a number of its page, each with its placeholder."""
    for header in response.headers:
        if header.name.lower() == CONTENT_RANGE:
            yield header.name, _range(schemas, header)
            continue
        name = _number(header.name)
        fact = NUMBERS.get(name, "")
        is_number = header.schema and schemas.types(header.schema) & {"integer", "number", "string"}
        if is_number and (fact in FACTS or name in SIZES):
            yield header.name, "{" + fact + "}"


def _number(name: str) -> str:
    """The name without what is before it: `totalcount` of `X-Pagination-Total-Count`."""
    found = words(name)
    while found and found[0] in PREFIXES:
        found = found[1:]
    return "".join(found)


def _range(schemas: Schemas, header: Header) -> str:
    """The range with the unit that the header's example or description has; without any, it counts items."""
    node = schemas.resolve(header.pointer)[0]
    schema = schemas.resolve(header.schema)[0] if header.schema else {}
    written = " ".join(
        str(each.get(key, "")) for each in (node, schema) for key in ("example", "examples", "description")
    )
    shown = RANGE.search(written)
    return (
        "{range}" if shown is not None and not shown[1] else f"{shown[1] if shown is not None else 'items'} {{range}}"
    )
