"""Query parameters that name an item by its properties, alone or together: `GET /links?from=a&to=b`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.inference.bodies.messages import is_shown_when_made, item_path, reply_body, request_schema
from mockserver.inference.evidence import Statement, inferred
from mockserver.inference.lists.filters import VIEWS
from mockserver.inference.names import plain, words
from mockserver.inference.paths.path_tree import PathNode
from mockserver.openapi.document import Operation, Parameter
from mockserver.openapi.schemas import Schemas

KINDS = frozenset(("type", "kind", "mode", "scope"))
"""Names of parameters that say of what kind something is."""

KEYS = frozenset(("id",))
"""The plain names of properties that tell a wrapper from an item."""

READS = frozenset(("get", "head"))


def selectors(asked: Mapping[str, Operation], node: PathNode, schemas: Schemas) -> dict[str, str]:
    """The query parameters by which each of these operations names the item, with its properties; empty if none do.

    What creates an item must say all that names it: in its body, in its query, or because replies show it.
    """
    making = node.operations.get("post") or asked.get("put")
    if (
        making is None
        or not asked
        or "get" not in node.operations
        or (asked.keys() <= READS and not is_shown_when_made(node.operations, schemas))
    ):
        return {}
    properties = _properties(asked.get("get"), making, node.word, schemas)
    known, found = {plain(name): name for name in properties}, dict[str, str]()
    for each in single_values(next(iter(asked.values())), schemas):
        name = known.get(plain(each.name), "")
        if each.name in node.parameters or not all(_names_item(one, each.name, bool(name)) for one in asked.values()):
            continue
        if name and _are_comparable(schemas, each, properties[name]):
            found[each.name] = name
        elif not name and is_required(making, each.name) and not _is_view(each.name):
            found[each.name] = each.name
    return found


def _is_view(name: str) -> bool:
    """Does a parameter say how something is shown, of what kind, or who asks, as `lang` and `api-version` do?"""
    return plain(name) in VIEWS | KINDS or not VIEWS.isdisjoint(words(name)[-1:])


def _names_item(operation: Operation, name: str, is_property: bool) -> bool:
    """Does an operation require a parameter, or does one that reads or deletes have it, which is a property?"""
    is_read = operation.method in (*READS, "delete")
    return is_required(operation, name) or (is_property and is_read and operation.parameter("query", name) is not None)


def _properties(get: Operation | None, making: Operation, word: str, schemas: Schemas) -> dict[str, str]:
    """The properties that an item has when it is made, with their schemas."""
    shown = (reply_body(making, "create"), reply_body(get, "get") if get is not None else None)
    found: dict[str, str] = {}
    for at in (request_schema(making.request_body), *(each.schema for each in shown if each is not None)):
        found = (_inside(schemas, at, word) if at else {}) | found
    return found


def _inside(schemas: Schemas, pointer: str, word: str) -> dict[str, str]:
    """The properties of the item in a body."""
    at = schemas.below(pointer, item_path(schemas, pointer, word, KEYS))
    return schemas.properties(at) if at is not None else {}


def _are_comparable(schemas: Schemas, parameter: Parameter, pointer: str) -> bool:
    """Can the value of a parameter equal that of a property?"""
    asked, own = schemas.types(parameter.schema) if parameter.schema else {"string"}, schemas.types(pointer)
    return not own or bool(asked & own) or ("string" in asked and "integer" in own)


def filters(
    schemas: Schemas, operation: Operation, named: Mapping[str, str], properties: Mapping[str, str]
) -> list[Statement]:
    """The `filter` statements of an operation on one item, whose query has the `named` selectors."""
    found = []
    for each in operation.parameters:
        if each.location != "query" or each.name not in named:
            continue
        name, types = named[each.name], schemas.types(each.schema) if each.schema else frozenset({"string"})
        is_text = name in properties and schemas.types(properties[name]) == {"integer"} and types == {"string"}
        compare = {"compare": "any-of"} if is_text else {}
        found.append(inferred("the query parameter names the item", parameter=each.name, field=name, **compare))
    return found


def kept(operation: Operation, named: Mapping[str, str]) -> dict[str, str]:
    """The selectors in the query of a create, whose values the new item stores, with its properties."""
    return {parameter: name for parameter, name in named.items() if operation.parameter("query", parameter) is not None}


def single_values(operation: Operation, schemas: Schemas) -> Iterator[Parameter]:
    """The query parameters that are one text or number."""
    for each in operation.parameters:
        types = schemas.types(each.schema) - {"null"} if each.schema else frozenset({"string"})
        if each.location == "query" and types <= {"string", "integer", "number"}:
            yield each


def is_required(operation: Operation, name: str) -> bool:
    """Must the query of a request have a parameter?"""
    found = operation.parameter("query", name)
    return found is not None and found.required
