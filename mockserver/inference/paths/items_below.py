"""Items whose own path has no operation, while paths below it have: `/alerts/{id}:resolve` beside POST `/alerts`.

They may be created below another item: `POST /drones/{serial}/flights` makes what `/flights/{id}/land` shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mockserver.inference.bodies import messages
from mockserver.inference.draft import ResourceDraft
from mockserver.inference.names import plain, same, words
from mockserver.inference.operations import actions
from mockserver.inference.paths.path_tree import PathNode, Shape
from mockserver.inference.values import identity
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas


def with_items_below(nodes: Mapping[Shape, PathNode], schemas: Schemas) -> dict[Shape, PathNode]:
    """The nodes of a document, with a path without operations for each item of a collection that only others continue.

    Clients must be able to create such items, and these must show what the path names them by.
    """
    found = dict(nodes)
    for shape, below in _continued(nodes.values()).items():
        collection = nodes.get(shape)
        item = _item(shape, below[0], collection)
        if collection is not None and "post" in collection.operations:
            is_made = _are_shown(ResourceDraft(schemas, collection.word, item=item, collection=collection))
        else:
            is_made = _are_made_elsewhere(nodes, item, below, schemas)
        if is_made:
            found[item.shape] = item
    return found


def _continued(nodes: Iterable[PathNode]) -> dict[Shape, list[PathNode]]:
    """The paths above items that have no path of their own, each with the paths that continue that of an item."""
    every = list(nodes)
    shapes = {node.shape for node in every}
    found: dict[Shape, list[PathNode]] = {}
    for node in every:
        for position, segment in enumerate(node.shape):
            above = node.shape[:position]
            if node.shape[position + 1 : position + 2] == ("{}",):
                continue  # two parameters name one item: `/repos/{owner}/{repo}`
            if (segment == "{}" or segment.startswith("{}:")) and (*above, "{}") not in shapes:
                found.setdefault(above, []).append(node)
    return found


def _item(shape: Shape, below: PathNode, collection: PathNode | None) -> PathNode:
    """The path of an item below a path of this shape, made of one that continues it."""
    segments = (collection or below).path.strip("/").split("/")[: len(shape)]
    parameter = below.parameters[sum(each.count("{}") for each in shape)]
    return PathNode("/".join(["", *segments, f"{{{parameter}}}"]), (*shape, "{}"), {})


def _are_made_elsewhere(
    nodes: Mapping[Shape, PathNode], item: PathNode, below: Iterable[PathNode], schemas: Schemas
) -> bool:
    """Does a POST of a path with the same name make what the paths below an item show, with the id of their path?"""
    shown = [at for node in below for operation in node.operations.values() if (at := _shown(operation, item, schemas))]
    for node in nodes.values() if shown else ():
        is_free = not node.is_item and (*node.shape, "{}") not in nodes and node.shape != item.shape[:-1]
        operation = node.operations.get("post") if is_free and same(node.word, item.word) else None
        made = _shown(operation, item, schemas) if operation is not None else ""
        if made and any(schemas.kind(made) == schemas.kind(each) for each in shown):
            return True
    return False


def _shown(operation: Operation, item: PathNode, schemas: Schemas) -> str:
    """The schema of the item in a reply that shows the id of the path; empty if it shows none."""
    found = messages.reply_body(operation, "create")
    if found is None or not found.schema or not messages.is_object(schemas, found.schema):
        return ""
    keys = identity.id_names(item.parameters[-1], item.word)
    at = schemas.below(found.schema, messages.item_path(schemas, found.schema, item.word, keys))
    return at if at is not None and any(plain(name) in keys for name in schemas.properties(at)) else ""


def _are_shown(draft: ResourceDraft) -> bool:
    """Can the items be created, and do they show what the path parameter names?"""
    if words(draft.word)[-1:] and words(draft.word)[-1] in actions.VERBS:
        return False
    actions.infer_first(draft)
    made = draft.action("create")
    if made is None or made.item_schema is None:
        return False
    return bool(identity.field(draft.schemas, draft.properties(), draft.parameter, draft.word, frozenset())[0])
