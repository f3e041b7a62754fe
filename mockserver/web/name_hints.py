"""What a 404 says where a path may be a resource name that has another form."""

from __future__ import annotations

from mockserver.openapi.document import Document

MOST = 4
"""How many forms a message names."""


def hint(document: Document, path: str) -> str:
    """The paths with resource names that are most like a path; empty in a document without any."""
    named = [each for each in document.operations if any(one.resource_name for one in each.parameters)]
    sent = path.split("/")
    nearest = sorted(dict.fromkeys(each.path for each in named), key=lambda known: _distance(known.split("/"), sent))
    return f"; paths of resource names are {', '.join(nearest[:MOST])}" if nearest else ""


def _distance(known: list[str], sent: list[str]) -> tuple[int, int]:
    """How much two paths differ: in the segments that begin alike, and in their number."""
    alike = 0
    for one, other in zip(known, sent, strict=False):
        if one != other and not one.startswith("{"):
            break
        alike += 1
    return -alike, abs(len(known) - len(sent))
