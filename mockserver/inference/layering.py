"""Inference as overlay number 0: what is inferred is below what the document and the overlays state."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mockserver.behaviour import layers, reader
from mockserver.behaviour.layers import Origins, OverlayFile
from mockserver.behaviour.overlay import InferredList, InferredStatement, merge
from mockserver.behaviour.reader import LISTS, Tree, tree_of
from mockserver.behaviour.statements import Behaviour, Keys, OperationBehaviour, Resource, ServiceStatements
from mockserver.document_cache import OFF, DocumentCache
from mockserver.errors import BehaviourError
from mockserver.examples.example_maker import ExampleMaker
from mockserver.lazy_module import LazyModule
from mockserver.openapi import json_codec
from mockserver.openapi.document import Document
from mockserver.openapi.schemas import Schemas

if TYPE_CHECKING:
    from mockserver.inference import inferred_statements
else:  # a hundred modules, which a start from the document cache does not need
    inferred_statements = LazyModule("mockserver.inference.inferred_statements")


class StatedBehaviour(Struct, frozen=True):
    """All statements that hold for a document, as models and as JSON, and where each is written.

    With `is_inferred`, neither the document nor an overlay states any of them.
    """

    behaviour: Behaviour
    tree: Tree
    origins: Origins
    is_inferred: bool


def combined(
    own: dict[str, Any],
    files: Sequence[OverlayFile],
    document: Document,
    schemas: Schemas,
    examples: ExampleMaker,
    *,
    read_only: bool = False,
    cache: DocumentCache = OFF,
) -> StatedBehaviour:
    """What is inferred, what a document states in itself (`own`), and what overlays state, each above the one before.

    `document` is the one with the overlays applied. With `read_only`, what can only be read is stored too.
    Raises BehaviourError with every mistake in the statements.
    """
    stated = tree_of(document.root)
    if is_complete(stated):
        applied, mistakes = layers.apply(copied(own) if files else {}, files)
        tree = stated
    else:
        purpose = f"inferred {document.base_path} {document.is_large} {read_only}"
        found: Tree = cache.result(
            purpose,
            document.root,
            Tree,
            lambda: inferred_statements.infer(document, schemas, examples, read_only=read_only),
        )
        inferred = consistent(found, stated)
        base = copied(own) if files else _skeleton(document, stated)
        rest = lay_below(base, inferred)
        applied, mistakes = layers.apply(base, files)
        _lay_below_operations(base, rest)  # those that an overlay adds to the document
        tree = copied(without_orphans(tree_of(base), inferred, stated))
    origins = Origins(Path(document.file), applied, tree)
    if mistakes:
        raise BehaviourError(*mistakes, *reader.mistakes(tree, origins.where))
    is_inferred = not files and not any(stated.values())
    return StatedBehaviour(reader.read(tree, origins.where), tree, origins, is_inferred)


def is_complete(stated: Tree) -> bool:
    """Do the statements of a document say that nothing is to be inferred?"""
    return isinstance(stated["x-service"], dict) and stated["x-service"].get("inference") == "none"


def copied(document: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a document."""
    made: dict[str, Any] = json_codec.copied(document)
    return made


def _skeleton(document: Document, stated: Tree) -> dict[str, Any]:
    """A document that contains nothing but its statements and the places for more."""
    paths: dict[str, Any] = {}
    for operation in document.operations:
        place = f"{operation.method} {operation.path}"
        own = {"x-behaviour": stated["x-behaviour"][place]} if place in stated["x-behaviour"] else {}
        paths.setdefault(operation.path, {})[operation.method] = own
    return {"x-service": stated["x-service"], "x-resources": stated["x-resources"], "paths": paths}


def consistent(inferred: Tree, stated: Tree) -> Tree:
    """What is inferred, without the operations that are stated to do something else: nothing inferred fits them."""
    operations = _groups(stated, "x-behaviour")
    kept = {place: group for place, group in inferred["x-behaviour"].items() if _agree(group, operations.get(place))}
    return inferred | {"x-behaviour": kept}


def _groups(tree: Tree, key: str) -> dict[str, Any]:
    """The groups of statements under a key; none if something else is written there."""
    found = tree[key]
    return found if isinstance(found, dict) else {}


def _action(group: Any) -> Mapping[str, Any]:
    """The action of an operation; empty if none is stated."""
    action = group.get("action") if isinstance(group, dict) else None
    return action if isinstance(action, dict) else {}


def _agree(inferred: Any, stated: Any) -> bool:
    does = _action(inferred).get("does")
    return bool(_action(stated).get("does", does) == does)


def lay_below(document: dict[str, Any], inferred: Tree) -> dict[str, Any]:
    """Put inferred statements below those that a document contains, in place.

    Returns those about operations that the document does not have.
    """
    _below(document, "x-service", inferred["x-service"], ServiceStatements)
    own = document.get("x-resources") or {}
    if isinstance(own, dict):
        document["x-resources"] = {name: {} for name in inferred["x-resources"]} | own
        for name, group in inferred["x-resources"].items():
            _below(document["x-resources"], name, group, Resource)
    return _lay_below_operations(document, inferred["x-behaviour"])


def _lay_below_operations(document: dict[str, Any], inferred: Mapping[str, Any]) -> dict[str, Any]:
    rest: dict[str, Any] = {}
    for place, group in inferred.items():
        method, _, path = place.partition(" ")
        operation = (document["paths"].get(path) or {}).get(method)
        if isinstance(operation, dict):
            _below(operation, "x-behaviour", group, OperationBehaviour)
        else:
            rest[place] = group
    return rest


def _below(holder: dict[str, Any], key: str, group: Mapping[str, Any], model: type[Keys]) -> None:
    """Put a group of inferred statements below the one that is at a key; null switches it off."""
    own = holder.get(key, {})
    if isinstance(own, dict):
        holder[key] = {kind: _inferred(statement, kind in LISTS[model]) for kind, statement in group.items()}
        merge(holder[key], own)


def _inferred(statement: Any, several: bool) -> Any:
    if not several:
        return InferredStatement(copy.deepcopy(statement))
    entries = statement if isinstance(statement, list) else [statement]
    return InferredList(InferredStatement(copy.deepcopy(entry)) for entry in entries)


def without_orphans(tree: Tree, inferred: Tree, stated: Tree) -> Tree:
    """A merged tree without what was inferred about a resource that an overlay removed, or left without operations."""
    gone = {name for name in inferred["x-resources"] if _groups(tree, "x-resources").get(name) is None}
    own, operations = _groups(stated, "x-behaviour"), _groups(tree, "x-behaviour")
    operations = {
        place: own.get(place) if _action(group).get("of") in gone and "of" not in _action(own.get(place)) else group
        for place, group in operations.items()
    }
    parented = {name for name, group in _groups(stated, "x-resources").items() if _parent(group)}
    resources = {
        name: group if name in parented else _without_parent(group, gone)
        for name, group in _groups(tree, "x-resources").items()
    }
    used = {_action(group).get("of") for group in operations.values()} | {
        _parent(group) for group in resources.values()
    }
    idle = inferred["x-resources"].keys() - _groups(stated, "x-resources").keys() - used
    kept = {name: group for name, group in resources.items() if name not in idle}
    return tree | {"x-resources": kept, "x-behaviour": operations}


def _parent(resource: Any) -> str:
    parent = resource.get("parent") if isinstance(resource, dict) else None
    return str(parent.get("resource")) if isinstance(parent, dict) else ""


def _without_parent(resource: Any, gone: set[str]) -> Any:
    if _parent(resource) not in gone:
        return resource
    return {kind: statement for kind, statement in resource.items() if kind != "parent"}
