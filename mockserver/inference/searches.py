"""Searches by POST or QUERY: what their body contains is what the query of a GET contains."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from mockserver.inference.messages import is_object, request_schema
from mockserver.inference.names import words
from mockserver.inference.path_tree import PathNode
from mockserver.openapi.document import Operation, Parameter
from mockserver.openapi.schemas import Schemas
from mockserver.openapi.search_body import CONDITIONS

SEARCHING = frozenset(("search", "query", "find", "filter", "lookup", "list"))
"""Last words of paths whose POST asks a question."""


def asking(node: PathNode, schemas: Schemas) -> Iterator[Operation]:
    """The operations of a path that may list items: GET, QUERY, and the POST of a search."""
    last = words(node.shape[-1])[-1:] if node.shape else ()
    for method in ("get", "query", "post") if SEARCHING.intersection(last) else ("get", "query"):
        operation = node.operations.get(method)
        if operation is not None:
            yield with_parameters(operation, schemas)


def with_parameters(operation: Operation, schemas: Schemas) -> Operation:
    """An operation that may list items, with the properties of its body as parameters of a query."""
    asked = request_schema(operation.request_body) if operation.method != "get" else None
    more = tuple(_parameters(schemas, asked)) if asked else ()
    return replace(operation, parameters=(*operation.parameters, *more))


def _parameters(schemas: Schemas, asked: str) -> Iterator[Parameter]:
    for name, at in schemas.properties(asked).items():
        if is_object(schemas, at):
            yield from _parameters(schemas, at) if name.lower() in CONDITIONS else ()
        else:
            yield Parameter(name, "query", False, at, "form", True, None, at)
