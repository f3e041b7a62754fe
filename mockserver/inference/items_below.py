"""Items whose own path has no operation, while paths below it have: `/alerts/{id}:resolve` beside POST `/alerts`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mockserver.inference import actions, identity
from mockserver.inference.draft import ResourceDraft
from mockserver.inference.names import words
from mockserver.inference.path_tree import PathNode, Shape
from mockserver.openapi.schemas import Schemas


def with_items_below(nodes: Mapping[Shape, PathNode], schemas: Schemas) -> dict[Shape, PathNode]:
    """The nodes of a document, with a path without operations for each item of a collection that only others continue.

    Clients must be able to create such items, and these must show what the path names them by.
    """
    found = dict(nodes)
    for shape, parameter in _continued(nodes.values()).items():
        collection = nodes.get(shape)
        if collection is not None and "post" in collection.operations:
            item = PathNode(f"{collection.path.rstrip('/')}/{{{parameter}}}", (*shape, "{}"), {})
            if _are_shown(ResourceDraft(schemas, collection.word, item=item, collection=collection)):
                found[item.shape] = item
    return found


def _continued(nodes: Iterable[PathNode]) -> dict[Shape, str]:
    """The paths whose items have no path of their own but one that continues it, each with the parameter there."""
    every = list(nodes)
    shapes = {node.shape for node in every}
    found: dict[Shape, str] = {}
    for node in every:
        for position, segment in enumerate(node.shape):
            above = node.shape[:position]
            if (segment == "{}" or segment.startswith("{}:")) and (*above, "{}") not in shapes and above in shapes:
                found.setdefault(above, node.parameters[sum(each.count("{}") for each in above)])
    return found


def _are_shown(draft: ResourceDraft) -> bool:
    """Can the items be created, and do they show what the path parameter names?"""
    if words(draft.word)[-1:] and words(draft.word)[-1] in actions.VERBS:
        return False
    actions.infer_first(draft)
    made = draft.action("create")
    if made is None or made.item_schema is None:
        return False
    return bool(identity.field(draft.schemas, draft.properties(), draft.parameter, draft.word, frozenset())[0])
