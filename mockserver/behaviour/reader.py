"""Statements as a document contains them, read into models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_origin

import msgspec
from msgspec.structs import fields

from mockserver.behaviour import faults
from mockserver.behaviour.faults import Locate, StatementFault
from mockserver.behaviour.statements import (
    Behaviour,
    BehaviourKeys,
    Keys,
    OperationBehaviour,
    Resource,
    ServiceStatements,
    Statement,
)
from mockserver.behaviour.vocabulary import HOLDERS
from mockserver.errors import BehaviourError

Tree = dict[str, Any]
"""Statements as JSON: `x-service`, `x-resources` by name, `x-behaviour` by `method path`."""


def tree_of(document: Mapping[str, Any]) -> Tree:
    """The statements that a document contains in its `x-` keys."""
    return {
        "x-service": document.get("x-service") or {},
        "x-resources": document.get("x-resources") or {},
        "x-behaviour": dict(_extensions(document)),
    }


def _extensions(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for path, item in (document.get("paths") or {}).items():
        for method, operation in item.items() if isinstance(item, dict) else ():
            if isinstance(operation, dict) and "x-behaviour" in operation:
                yield f"{method} {path}", operation["x-behaviour"]


def read(tree: Tree, locate: Locate) -> Behaviour:
    """The statements of a tree. Raises BehaviourError with the faults: where each is, and what is allowed there."""
    try:
        keys = msgspec.convert(long_form(tree), BehaviourKeys)
    except msgspec.ValidationError as refusal:
        raise BehaviourError(*(mistakes(tree, locate) or [str(refusal)])) from None
    operations = {_key(place): stated for place, stated in keys.operations.items()}
    behaviour = Behaviour(service=keys.service, resources=keys.resources, operations=operations)
    wrong = faults.report(_written((*faults.of_names(behaviour), *faults.of_templates(behaviour)), tree), locate)
    if wrong:
        raise BehaviourError(*wrong)
    return behaviour


def mistakes(tree: Tree, locate: Locate) -> list[str]:
    """A line for each key and value of a tree that the models refuse."""
    return faults.report(_written(faults.of_form(long_form(tree)), tree), locate)


def _written(found: Iterable[StatementFault], tree: Tree) -> Iterator[StatementFault]:
    """Faults of the long form, each at its place in the tree as it is written."""
    return (StatementFault(faults.written(place, tree), message) for place, message in found)


def _key(place: str) -> tuple[str, str]:
    method, _, path = place.partition(" ")
    return path, method


def long_form(tree: Tree) -> Tree:
    """The same tree with every short form written out: single entries as lists, null statements left out."""
    return {
        "x-service": _holder(ServiceStatements, tree["x-service"]),
        "x-resources": _holders(Resource, tree["x-resources"]),
        "x-behaviour": _holders(OperationBehaviour, tree["x-behaviour"]),
    }


def _holders(model: type[Keys], node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    return {name: _holder(model, value) for name, value in node.items() if value is not None}


def _holder(model: type[Keys], node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    stated = {key: value for key, value in node.items() if value is not None}
    for key in stated.keys() & LISTS[model]:
        stated[key] = stated[key] if isinstance(stated[key], list) else [stated[key]]
    if isinstance(stated.get("errors"), dict):
        stated["errors"] = _errors(stated["errors"])
    return stated


LISTS: Mapping[type[Keys], frozenset[str]] = {
    model: frozenset(entry.encode_name for entry in fields(model) if get_origin(entry.type) is tuple)
    for model in HOLDERS
}
"""The keys of each model whose statement can be made several times."""

EVIDENCE = tuple(entry.encode_name for entry in fields(Statement))
"""`evidence`, `source` and `note`."""


def _errors(node: dict[str, Any]) -> dict[str, Any]:
    """`errors` with its evidence written in each body that has none of its own."""
    shared = {key: value for key, value in node.items() if key in EVIDENCE}
    bodies = {key: body for key, body in node.items() if key not in EVIDENCE and body is not None}
    return shared | {
        key: shared | body if isinstance(body, dict) and "evidence" not in body else body
        for key, body in bodies.items()
    }
