"""The contents of items: files that are uploaded and downloaded, and values that a client puts at a path of their own.

What a request sends there has no properties. It is stored as it is, and a GET shows it as it was sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from mockserver.behaviour.statements import WHOLE_BODY
from mockserver.inference.bodies.messages import ReplyBody, reply_body
from mockserver.inference.bodies.raw_bodies import fit, is_list_of_ids, raw_reply, sent_content
from mockserver.inference.bodies.shown_items import shown_item
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.names import plain
from mockserver.inference.paths.path_tree import PathNode, Shape
from mockserver.openapi.document import Operation
from mockserver.openapi.media_types import is_json
from mockserver.openapi.schemas import Schemas

DOWNLOADS = frozenset(
    {"content", "contents", "download", "raw", "data", "media", "file", "body", "bytes", "stream", "blob", "binary"}
    | {"value", "original", "payload"}
)
"""Last words of paths that show the content of the item above."""


def is_value(node: PathNode, schemas: Schemas) -> bool:
    """Does a path without an id show what a client puts there: `/settings/theme`, `/users/{id}/avatar`?"""
    shown = raw_reply(schemas, node.operations["get"]) if "get" in node.operations else None
    writes = (node.operations[method] for method in ("put", "post") if method in node.operations)
    return shown is not None and any(_stores(schemas, operation, shown) for operation in writes)


def _stores(schemas: Schemas, operation: Operation, shown: ReplyBody) -> bool:
    """Is what a request sends shown later? A POST of JSON may do anything else with it."""
    content = sent_content(schemas, operation)
    if content != WHOLE_BODY:  # a file of a form, which JSON can only describe
        return bool(content) and not any(is_json(media.name) for media in shown.response.content)
    return (operation.method == "put" or not _is_json(shown)) and fit(schemas, operation, shown)


def _is_json(shown: ReplyBody) -> bool:
    return shown.media is not None and "json" in shown.media.name


def add_contents(drafts: Iterable[ResourceDraft], nodes: Mapping[Shape, PathNode]) -> set[Shape]:
    """Add to each resource the operations on the contents of its items; returns the shapes of paths that only do so."""
    taken: set[Shape] = set()
    for draft in drafts:
        _add_uploads(draft)
        if draft.single or (draft.item is not None and _is_shown_there(draft, draft.item)):
            _add_at(draft, draft.node, upsert=draft.action("create") is None)
        elif draft.item is not None and "put" in draft.item.operations:
            _add_put(draft, draft.item.operations["put"], upsert=False)
        if draft.has_id and any(action.content for action in draft.actions):
            taken |= {node.shape for node in _below(draft, nodes) if _add_at(draft, node, upsert=False)}
    return taken


def _add_uploads(draft: ResourceDraft) -> None:
    """Let the creates of a resource keep the files that they upload."""
    for index, action in enumerate(draft.actions):
        content = sent_content(draft.schemas, action.operation) if action.does == "create" else ""
        if content:
            draft.actions[index] = replace(action, content=content)


def _is_shown_there(draft: ResourceDraft, node: PathNode) -> bool:
    """Does the path of an item show a content that a client sends there or creates?"""
    shown = raw_reply(draft.schemas, node.operations["get"]) if "get" in node.operations else None
    creates = draft.action("create")
    is_made = creates is not None and bool(creates.content)
    return shown is not None and (is_made or is_value(node, draft.schemas))


def _below(draft: ResourceDraft, nodes: Mapping[Shape, PathNode]) -> list[PathNode]:
    return [node for shape, node in nodes.items() if shape[:-1] == draft.shape and plain(shape[-1]) in DOWNLOADS]


def _add_at(draft: ResourceDraft, node: PathNode, *, upsert: bool) -> bool:
    """Add the read of the content at a path, and the write; False if it shows something else."""
    operation = node.operations.get("get")
    shown = raw_reply(draft.schemas, operation) if operation is not None else None
    if operation is None or shown is None:
        return False
    reason = "a GET that shows what was sent, which has no properties"
    _put(draft, DraftAction(operation, "get-content", shown, reason))
    if "put" in node.operations:
        _add_put(draft, node.operations["put"], upsert=upsert, shown=shown)
    _add_names(draft)
    return True


def _add_names(draft: ResourceDraft) -> None:
    """Add the list of all ids: a GET of the path above items whose reply is a list of texts or numbers."""
    operation = draft.collection.operations.get("get") if draft.collection is not None else None
    found = reply_body(operation, "list") if operation is not None else None
    if operation is None or found is None or not found.schema or not is_list_of_ids(draft.schemas, found.schema):
        return
    _put(draft, DraftAction(operation, "list", found, "a GET of the path above an item whose reply is a list of ids"))


def _add_put(draft: ResourceDraft, operation: Operation, *, upsert: bool, shown: ReplyBody | None = None) -> None:
    """Add a PUT whose body is the content, if a GET of the item or of its content can show it."""
    content = sent_content(draft.schemas, operation)
    is_item = shown is None and draft.action("get") is not None and not _has_object(operation)
    if not content or not (is_item or (shown is not None and _stores(draft.schemas, operation, shown))):
        return
    told = raw_reply(draft.schemas, operation, "replace")
    found = told if told is not None and told.media is not None else reply_body(operation, "replace")
    if found is None:
        return
    path, schema = shown_item(draft, found) if found is not told else ((), None)
    reason = "a PUT whose body is the content, and has no properties"
    _put(draft, DraftAction(operation, "replace-content", found, reason, path, schema, content=content, upsert=upsert))


def _has_object(operation: Operation) -> bool:
    """Does a request of JSON describe the item?"""
    media = operation.request_body.content if operation.request_body is not None else ()
    return any("json" in each.name for each in media)


def _put(draft: ResourceDraft, action: DraftAction) -> None:
    """Add an action in the place of what was inferred about its operation."""
    draft.actions = [each for each in draft.actions if each.operation is not action.operation] + [action]
