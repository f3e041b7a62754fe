"""Requests about several items: `POST /orders` with a list of orders, `POST /orders/batch-delete` with their ids.

What a request has must be a list of what the items are, or of their ids; a path that is not the collection's own must
say what happens. Where a list could mean something else, such as a new state of the whole collection, nothing is
inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mockserver.inference.bodies import messages
from mockserver.inference.bodies.item_lists import ItemList, list_of_items, lists, plurals
from mockserver.inference.bodies.likeness import is_alike, is_sent
from mockserver.inference.bodies.messages import Path, ReplyBody, reply_body, request_schema
from mockserver.inference.bodies.shown_items import shown_item
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.names import SCALAR, noun, plain, words
from mockserver.inference.operations.collection_actions import collection_action
from mockserver.inference.operations.patch_forms import merged_form
from mockserver.inference.paths.path_tree import PathNode, Shape
from mockserver.inference.sentences.descriptions import description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

SEVERAL = frozenset(("batch", "bulk", "many", "multiple", "multi", "mass"))
"""Words of paths that say that a request is about several items."""

FORMS = frozenset(("with", "list", "array", "by", "ids", "in"))
"""Words of paths that say how a request names them: `createWithList`."""

VERBS = {
    "create": "create-many",
    "add": "create-many",
    "insert": "create-many",
    "new": "create-many",
    "update": "update-many",
    "edit": "update-many",
    "modify": "update-many",
    "patch": "update-many",
    "delete": "delete-many",
    "remove": "delete-many",
    "destroy": "delete-many",
}
"""Words of paths that say what happens to each item."""

BY_METHOD = {"post": "create-many", "patch": "update-many", "put": "update-many", "delete": "delete-many"}
"""What happens where the path only says that it happens to several."""

OWN = {"post": "create-many", "patch": "update-many", "delete": "delete-many", "put": "replace-all"}
"""What happens at the path of the collection itself."""


def add_batches(drafts: Iterable[ResourceDraft], nodes: Mapping[Shape, PathNode]) -> None:
    """Add to each resource the operations that do something to several of its items."""
    found = list(drafts)
    used = {action.operation.operation_id for draft in found for action in draft.actions}
    above = {draft.shape[:-1] if draft.has_id else draft.shape: draft for draft in found if not draft.single}
    for shape, node in nodes.items():
        place, said = _place(shape, above)
        draft = above.get(place)
        for method, operation in node.operations.items() if draft is not None else ():
            if draft is None or operation.operation_id in used:
                continue
            does = OWN.get(method, "") if said is None else _does(said, method)
            action = _batch(draft, does, operation, is_own=said is None) if does else None
            action = action or (collection_action(draft, operation, said) if said else None)
            if action is not None:
                draft.actions.append(action)


def _place(shape: Shape, above: Mapping[Shape, ResourceDraft]) -> tuple[Shape, str | None]:
    """The shape of the collection, and what the path adds to it: `batch` of `/orders/batch` or `/orders:batch`."""
    if shape in above or not shape:
        return shape, None
    *before, last = shape
    head, mark, verb = last.partition(":")
    return ((*before, head), verb) if mark else (tuple(before), last)


def _does(said: str, method: str) -> str:
    """What a path says that happens to several items; empty if it does not say so clearly."""
    found = words(said)
    verbs = [VERBS[word] for word in found if word in VERBS]
    forms = SEVERAL.union(FORMS)
    if not found or len(verbs) > 1 or not all(word in VERBS or word in forms for word in found[:3]):
        return ""
    if method == "delete" and verbs not in ([], ["delete-many"]):
        return ""
    if verbs and method in ("post", "put", "patch", "delete"):
        return verbs[0]
    return BY_METHOD.get(method, "") if not SEVERAL.isdisjoint(found) else ""


def _batch(draft: ResourceDraft, does: str, operation: Operation, *, is_own: bool) -> DraftAction | None:
    """The action, if the request has a list of items or of ids, as it needs."""
    replied = {"create-many": "create", "delete-many": "delete", "replace-all": "replace"}
    found = reply_body(operation, replied.get(does, "update"))
    if found is None:
        return None
    if does == "delete-many":
        return _deletion(draft, operation, found) or (_clearing(draft, operation, found) if is_own else None)
    asked = request_schema(operation.request_body)
    listed = _whole(draft, asked) if asked and does == "replace-all" else list_of_items(draft, asked) if asked else None
    listed = listed or (_of_changes(draft, asked) if asked and does == "update-many" else None)
    if listed is None or (does == "update-many" and not _has_id(draft, listed.entries)):
        return None
    reason = f"a {operation.http_method} whose request contains a list of items, {_where(listed.path)}"
    is_patch = does == "update-many" and operation.method == "patch"
    patch = merged_form(draft.schemas, listed.entries, draft.properties()) if is_patch else "fields"
    return _shown(draft, DraftAction(operation, does, found, reason, envelope=listed.path, patch=patch))


def _of_changes(draft: ResourceDraft, asked: str) -> ItemList | None:
    """The list whose entries name items by their ids and have nothing but properties of them; None without one."""
    shown = draft.properties()
    for listed in lists(draft, asked):
        own = draft.schemas.properties(listed.entries)
        if len(own) > 1 and own.keys() <= shown.keys() and _has_id(draft, listed.entries):
            return listed
    return None


def _has_id(draft: ResourceDraft, entries: str) -> bool:
    return draft.has_id and any(plain(name) in draft.id_names for name in draft.schemas.properties(entries))


def _deletion(draft: ResourceDraft, operation: Operation, found: ReplyBody) -> DraftAction | None:
    """A request that contains ids, in its query or its body."""
    if not draft.has_id:
        return None
    method, named = operation.http_method, plurals(draft) - draft.id_names
    for parameter in operation.parameters:
        is_list = parameter.schema is not None and "array" in draft.schemas.types(parameter.schema)
        known = named | _listed_as(draft) if is_list else named
        is_named = parameter.location == "query" and _base(parameter.name) in known
        if is_named and method == "DELETE":
            reason = f"a {method} to the collection whose parameter {parameter.name} has the ids of items"
            return _shown(draft, DraftAction(operation, "delete-many", found, reason, ids=parameter.name))
    asked = request_schema(operation.request_body)
    for listed in lists(draft, asked) if asked else ():
        if _is_id(draft.schemas, listed.entries) or _has_only_id(draft, listed.entries):
            reason = f"a {method} whose request contains the ids of items, {_where(listed.path)}"
            return _shown(draft, DraftAction(operation, "delete-many", found, reason, envelope=listed.path))
    return None


def _listed_as(draft: ResourceDraft) -> frozenset[str]:
    """The plain name under which the list shows the items: `records`; empty if it has none."""
    listing = draft.action("list")
    return frozenset(map(plain, listing.item_path[-1:])) if listing is not None else frozenset()


def _clearing(draft: ResourceDraft, operation: Operation, found: ReplyBody) -> DraftAction | None:
    """A DELETE of the collection that names no items, and whose query can only select some by what they show."""
    shown = {plain(name) for name in draft.properties()} - draft.id_names
    asked = [parameter for parameter in operation.parameters if parameter.location == "query"]
    is_clear = all(
        plain(each.name) in shown or (each.schema and draft.schemas.types(each.schema) == {"boolean"}) for each in asked
    )
    if draft.action("list") is None or operation.request_body is not None or not is_clear:
        return None
    own = "".join(noun(draft.word)) + "id"
    if _is_about_one(draft, operation) and all(plain(each.name) != own for each in asked):
        return None
    reason = "a DELETE of the path of the list, which names no items"
    return _shown(draft, DraftAction(operation, "delete-all", found, reason))


ONE = lazy_pattern(r"^\w+ (?:a|an|one|this|(?:the|an?|single) ?(?:single|specified|given|specific))\b", re.IGNORECASE)
"""The begin of a sentence about one thing: "Leave a group"."""

ALL = lazy_pattern(
    r"\b(?:all|every|each|any|multiple|several|bulk|batch|clear|purge|empty|entire|many)\b", re.IGNORECASE
)


def _is_about_one(draft: ResourceDraft, operation: Operation) -> bool:
    """Does the document say in words that an operation is about one thing, and not about all?"""
    texts = [description(draft.schemas, operation.pointer, word) for word in ("summary", "description")]
    said = [sentence for text in texts for sentence in text.sentences()]
    return any(ONE.search(each) for each in said[:2]) and not any(ALL.search(each) for each in said)


def _whole(draft: ResourceDraft, asked: str) -> ItemList | None:
    """The list that a PUT makes the whole collection; None if its entries name items, so that it may be an update."""
    schemas = draft.schemas
    for listed in lists(draft, asked) if draft.action("list") is not None else ():
        named = {name for name in schemas.required(listed.entries) if plain(name) in draft.id_names}
        own = schemas.properties(listed.entries)
        is_update = any(name in own and schemas.keyword(own[name], "readOnly") is not True for name in named)
        if messages.is_object(schemas, listed.entries) and is_sent(draft, listed.entries) and not is_update:
            return listed
    return None


def _base(name: str) -> str:
    return plain(name.removesuffix("[]"))


def _is_id(schemas: Schemas, entries: str) -> bool:
    types = schemas.types(entries)
    return bool(types) and types <= SCALAR and schemas.keyword(entries, "enum") is None


def _has_only_id(draft: ResourceDraft, entries: str) -> bool:
    known = draft.schemas.properties(entries)
    return len(known) == 1 and _has_id(draft, entries)


def _where(path: Path) -> str:
    return f"in {'.'.join(path)}" if path else "and nothing else"


def _shown(draft: ResourceDraft, action: DraftAction) -> DraftAction | None:
    """The action with the place of the items in its reply; None if the reply shows one item, so that it does less."""
    schemas, pointer = draft.schemas, action.reply.schema
    if pointer is None:
        return action
    path = messages.list_path(schemas, pointer, draft.word)
    array = schemas.below(pointer, path) if path is not None else None
    entries = schemas.items(array) if array is not None else None
    if entries is not None and is_alike(draft, entries):
        return action.showing(path or (), entries)
    _, one = shown_item(draft, action.reply)
    shows_one = one is not None and bool(schemas.properties(one))
    return None if shows_one and action.does != "delete-many" else action
