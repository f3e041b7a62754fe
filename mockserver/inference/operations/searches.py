"""Searches by POST or QUERY: what their body contains is what the query of a GET contains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from mockserver.inference.bodies.messages import is_object, request_schema
from mockserver.inference.names import words
from mockserver.inference.paths.path_tree import PathNode
from mockserver.openapi.document import Operation, Parameter
from mockserver.openapi.schemas import Schemas
from mockserver.openapi.search_body import CONDITIONS, DEEPEST, FIELDS, ORDERS, WAYS, called, first

SEARCHING = frozenset(("search", "query", "find", "filter", "lookup", "list"))
"""Last words of paths whose POST asks a question."""


def asking(node: PathNode, schemas: Schemas) -> Iterator[Operation]:
    """The operations of a path that may list items: GET, QUERY, and the POST of a search."""
    for method in ("get", "query", "post") if is_search(node.shape[-1:]) else ("get", "query"):
        operation = node.operations.get(method)
        if operation is not None:
            yield with_parameters(operation, schemas)


def is_search(segments: Sequence[str]) -> bool:
    """Does the last of some segments of a path say that something is searched for?"""
    return bool(segments) and not SEARCHING.isdisjoint(words(segments[-1])[-1:])


def with_parameters(operation: Operation, schemas: Schemas) -> Operation:
    """An operation that may list items, with the values of its body as parameters of a query, by their names there."""
    asked = request_schema(operation.request_body) if operation.method != "get" else None
    more = tuple(_parameters(schemas, asked, "", DEEPEST)) if asked else ()
    return replace(operation, parameters=(*operation.parameters, *more))


def _parameters(schemas: Schemas, asked: str, holder: str, depth: int) -> Iterator[Parameter]:
    for name, at in schemas.properties(asked).items():
        whole = f"{holder}[{name}]" if holder else name
        order = _order(schemas, at) if called(name) in ORDERS else {}
        if order:
            yield _parameter(whole, order["field"])
            yield from [_parameter(f"{whole}[direction]", order["way"])] if "way" in order else []
        elif not is_object(schemas, at):
            yield _parameter(whole, at)
        elif depth:
            yield from _parameters(schemas, at, holder if called(name) in CONDITIONS else whole, depth - 1)


def _parameter(name: str, schema: str) -> Parameter:
    return Parameter(name, "query", False, schema, "form", True, None, schema)


def _order(schemas: Schemas, pointer: str) -> dict[str, str]:
    """The schemas of the `field` and the `way` in an object that orders, or in a list of such; empty for others."""
    entries = schemas.items(pointer) if "array" in schemas.types(pointer) else pointer
    known = schemas.properties(entries) if entries is not None and is_object(schemas, entries) else {}
    named = {"field": first(known, FIELDS), "way": first(known, WAYS)}
    return {key: known[name] for key, name in named.items() if name} if named["field"] else {}
