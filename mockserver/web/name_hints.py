"""What a 404 says where a path is mistyped, or may be a resource name that has another form."""

from __future__ import annotations

from mockserver.openapi.document import Document, Operation
from mockserver.suggestions import nearest
from mockserver.web.request.router import Router

MOST = 4
"""How many forms a message names."""


def hint(document: Document, path: str) -> str:
    """The paths with resource names that are most like a path; empty in a document without any."""
    named = [each for each in document.operations if any(one.resource_name for one in each.parameters)]
    sent = path.split("/")
    nearest = sorted(dict.fromkeys(each.path for each in named), key=lambda known: _distance(known.split("/"), sent))
    return f"; paths of resource names are {', '.join(nearest[:MOST])}" if nearest else ""


def authors_paths(document: Document) -> Router:
    """The operations by method, below the paths at which their author wrote them, before their names were written out.

    A value there that is no resource name is unknown to that operation, which may document the 404.
    """
    made: dict[str, dict[str, Operation]] = {}
    for operation in document.operations:
        for parameter in operation.parameters:
            if parameter.resource_name:
                path = operation.path.replace(parameter.resource_name, "{" + parameter.name + "}", 1)
                made.setdefault(path, {}).setdefault(operation.http_method, operation)
    router = Router()
    for path, methods in made.items():
        router.add(path, methods)
    return router


def _distance(known: list[str], sent: list[str]) -> tuple[int, int]:
    """How much two paths differ: in the segments that begin alike, and in their number."""
    alike = 0
    for one, other in zip(known, sent, strict=False):
        if one != other and not one.startswith("{"):
            break
        alike += 1
    return -alike, abs(len(known) - len(sent))


def near_path(document: Document, path: str) -> str:
    """The path that an unknown one was meant to be: it differs in one segment, by little; empty without one.

    A parameter equals every segment. Large documents are not searched: a client may send any number of such paths.
    """
    sent = path.split("/")
    for known in dict.fromkeys(each.path for each in document.operations if not document.is_large):
        segments = known.split("/")
        other = [(one, two) for one, two in zip(segments, sent, strict=False) if one != two and "{" not in one]
        if len(segments) == len(sent) and len(other) == 1 and nearest(other[0][1], [other[0][0]]):
            return f"; did you mean {known}?"
    return ""
