"""What a document says that a stand-in does not act on, so that nobody has to find out by waiting for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.openapi.document import METHODS, Document

DIALECTS = ("https://json-schema.org/draft/2020-12/schema", "https://spec.openapis.org/oas/3.1/dialect/base")
"""The dialects that schemas are read in (OpenAPI 3.1, section 4.8.24.5)."""

UNREAD = ("yaml",)
"""How the names of media types end whose bodies could be judged by a schema and are not read."""

SHOWN = 3
"""How many places are named for one feature."""


def not_honoured(document: Document) -> Iterator[str]:
    """One sentence for each feature of OpenAPI that the document uses and the mock does not act on, with its places."""
    root, paths = document.root, document.root.get("paths") or {}
    operations = [(f"{m.upper()} {path}", item[m]) for path, item in paths.items() for m in METHODS if m in item]
    elsewhere = [path for path, item in paths.items() if item.get("servers")]
    found = {
        "paths with a query in them are not reached (a template ends before the query)": [
            path for path in paths if "?" in path
        ],
        "webhooks are not sent": list(root.get("webhooks") or {}),
        "callbacks are not sent": [name for name, node in operations if node.get("callbacks")],
        "servers of single paths and operations are not told apart from the document's": [
            *elsewhere,
            *(name for name, node in operations if node.get("servers")),
        ],
        "bodies in YAML are taken without being judged": [
            f"{one.method.upper()} {one.path}"
            for one in document.operations
            if one.request_body and any(m.schema and m.name.endswith(UNREAD) for m in one.request_body.content)
        ],
        "client certificates are not asked for (mutualTLS)": [
            scheme.name for scheme in document.security_schemes.values() if scheme.type.lower() == "mutualtls"
        ],
        "schemas are read as JSON Schema 2020-12, not in another dialect": [
            dialect for dialect in (root.get("jsonSchemaDialect"),) if dialect and dialect.rstrip("#") not in DIALECTS
        ],
    }
    for sentence, places in found.items():
        if places:
            yield f"{document.file}: {sentence}: {_named(places)}"


def _named(places: Sequence[str]) -> str:
    more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    return ", ".join(places[:SHOWN]) + more
