"""The response headers that the server sets, whatever a document says about them."""

from __future__ import annotations

SERVER_HEADERS = frozenset(
    (
        "content-type",
        "content-length",
        "content-encoding",
        "transfer-encoding",
        "trailer",
        "connection",
        "keep-alive",
        "upgrade",
        "date",
        "server",
    )
)
"""`Content-Type` is no documented header (OpenAPI 3.1 section 4.8.17). The others follow from what is sent: a body is
sent as it is, so that `Content-Encoding: gzip` would be wrong (RFC 9110 section 8.4), and a connection belongs to the
server (section 7.6.1)."""

ENTITY_TAG = '"0123456789abcdef"'
"""How the entity tags of the mock look (RFC 9110 section 8.8.3)."""
