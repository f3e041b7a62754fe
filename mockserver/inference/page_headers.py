"""Response headers that say something about a page of a list, such as `X-Total-Count`, by their names."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.inference.envelope import NUMBERS
from mockserver.inference.names import words
from mockserver.openapi.document import Response
from mockserver.openapi.schemas import Schemas

PREFIXES = frozenset(("x", "wp", "pagination", "paging", "list", "collection"))
"""Words that a header may have before the name of a number."""

FACTS = frozenset(("total", "pages", "page", "offset", "count"))
"""What a header may say. A limit is not among them: `X-Limit` is most often one of requests."""

SIZES = frozenset(("perpage", "pagesize"))
"""Names of the size of a page, which mean nothing else."""


def page_headers(schemas: Schemas, response: Response) -> Iterator[tuple[str, str]]:
    """The names of the headers of a list's response that say a number of its page, each with its placeholder."""
    for header in response.headers:
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
