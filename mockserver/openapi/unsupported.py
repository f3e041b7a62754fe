"""Lists the features of a document that the mock ignores, so that users learn of them at start.

`lint_rules` reports what is wrong in one place of a document. These features are valid, but have no effect.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.openapi.document import Document
from mockserver.openapi.outgoing_requests import outgoing_requests
from mockserver.openapi.path_conditions import conditions

UNREAD = ("yaml",)
"""Suffixes of media types whose bodies have a schema but are not parsed."""

SHOWING = ("$select", "$expand")
"""Query parameters of OData that say which properties a reply has (OData 4.01, Part 2, sections 5.1.2 and 5.1.3)."""

SHOWN = 3
"""How many places a line names for one feature."""


def not_honoured(document: Document) -> Iterator[str]:
    """One line for each feature of OpenAPI that the document uses and the mock ignores, with its places."""
    paths = document.root.get("paths") or {}
    chosen = {each.path for each in document.operations if conditions(each)}
    found = {
        "paths that contain a fragment are matched only with %23: a client does not send it (RFC 3986 section 3.5)": [
            path for path in paths if "#" in path and path not in chosen
        ],
        "query parameters of OData that change nothing, since replies show every property and no more": [
            f"{one.http_method} {one.path}?{parameter.name}"
            for one in document.operations
            for parameter in one.parameters
            if parameter.location == "query" and parameter.name in SHOWING
        ],
        "bodies in YAML are accepted without validation": [
            f"{one.http_method} {one.path}"
            for one in document.operations
            if one.request_body and any(m.schema and m.name.endswith(UNREAD) for m in one.request_body.content)
        ],
        "client certificates (mutualTLS) are required with --https and --client-ca, otherwise not": [
            scheme.name for scheme in document.security_schemes.values() if scheme.type.lower() == "mutualtls"
        ],
    }
    yield from outgoing_requests(document).problems
    for sentence, places in found.items():
        if places:
            yield f"{document.file}: {sentence}: {named(places)}"


def named(places: Sequence[str]) -> str:
    """The first few places, and how many more there are."""
    more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    return ", ".join(places[:SHOWN]) + more
