"""Paths that are procedures: `/createTask`, `/tasks.create` or `/tasks/create`, whose bodies name the item.

What is one resource is known by its verbs and its noun together: one procedure makes an item, others get, list, change
or delete such an item, and their replies show it by the same schema. Everything else is left to examples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from mockserver.inference.bodies.messages import reply_body, request_schema, resembles
from mockserver.inference.bodies.shown_items import shown_item
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.names import noun, plain, words
from mockserver.inference.operations import actions, item_actions
from mockserver.inference.paths.path_tree import PathNode, Shape
from mockserver.inference.paths.query_ids import own_ids
from mockserver.inference.paths.selectors import single_values
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

VERBS = {
    **dict.fromkeys(("create", "add", "new", "insert", "open"), "create"),
    **dict.fromkeys(("get", "show", "read", "fetch", "retrieve", "info", "describe", "view"), "get"),
    **dict.fromkeys(("list", "all", "search", "query"), "list"),
    **dict.fromkeys(("update", "edit", "modify", "change", "patch", "rename"), "update"),
    **dict.fromkeys(("delete", "remove", "destroy"), "delete"),
}
"""Words of paths that say what happens, as the action is called."""

FIELDS = ("id", "uuid")
"""The properties that hold the id of an item which a body names."""


ABOUT_ONE = ("get", "update", "delete")
"""What a procedure does to one item, which its request names."""


class Procedure(NamedTuple):
    """One procedure: its operation, its node, what it does (a verb of its own if none is known), and its noun."""

    node: PathNode
    operation: Operation
    does: str
    base: Shape
    noun: tuple[str, ...]


def with_procedures(
    nodes: Mapping[Shape, PathNode], schemas: Schemas
) -> tuple[dict[Shape, PathNode], list[ResourceDraft]]:
    """The nodes that are no procedures of a resource, and the resources of those that are."""
    groups: dict[tuple[Shape, tuple[str, ...]], list[Procedure]] = {}
    items = {(shape[:-2], noun(shape[-2])) for shape in nodes if len(shape) > 1 and shape[-1] == "{}"}
    for node in nodes.values():
        for each in _procedures(node):
            groups.setdefault((each.base, each.noun), []).append(each)
    found = (_draft(schemas, group) for key, group in groups.items() if key not in items)
    drafts = [draft for draft in found if draft is not None]
    used = {action.operation.operation_id for draft in drafts for action in draft.actions}
    rest = {
        shape: node
        for shape, node in nodes.items()
        if all(operation.operation_id not in used for operation in node.operations.values())
    }
    return rest, drafts


def _procedures(node: PathNode) -> Iterator[Procedure]:
    """The procedures of a path without parameters; its last segments have a verb and a noun."""
    if not node.shape or any("{" in segment for segment in node.shape):
        return
    for base, verb, called in _readings(node.shape):
        method = next((each for each in ("post", "get", *node.operations) if each in node.operations), "")
        if called and method:
            yield Procedure(node, node.operations[method], VERBS.get(verb, verb), base, noun("_".join(called)))


def _readings(shape: Shape) -> Iterator[tuple[Shape, str, tuple[str, ...]]]:
    """What a path may say: what is before it, its verb, and its noun."""
    *before, last = shape
    head, dot, tail = last.rpartition(".")
    if dot and words(tail):
        yield tuple(before), words(tail)[0], words(head)  # `/tasks.create`
        return
    verb, *called = words(last) or ("",)
    if called and (verb in VERBS or len(called) == 1):
        yield tuple(before), verb, tuple(called)  # `/createTask`
    elif before and not called:
        yield tuple(before[:-1]), verb, words(before[-1])  # `/tasks/create`


def _draft(schemas: Schemas, group: list[Procedure]) -> ResourceDraft | None:
    """The resource of the procedures with one noun; None if they do not show one kind of thing with an id."""
    by_verb: dict[str, Procedure] = {}
    for each in group:
        by_verb.setdefault(each.does, each)
    made = by_verb.get("create")
    if made is None or made.operation.method != "post" or by_verb.keys().isdisjoint(("get", "list")):
        return None
    word = _shown_as(schemas, made.operation) or "_".join(made.noun)
    node = PathNode(made.node.path, (*made.base, word), {"post": made.operation})
    draft = ResourceDraft(schemas, word, collection=node)
    creation = actions.create(draft, made.operation)
    shown = schemas.properties(creation.item_schema) if creation is not None and creation.item_schema else {}
    field = next((name for name in FIELDS if name in shown), "")
    if creation is None or not field:
        return None
    draft.actions.append(creation)
    called = {word, "_".join(made.noun), *creation.item_path[-1:]}
    names = frozenset(name for each in called for name in (plain(each), *own_ids(each)))
    for each in group:
        action = _action(draft, each, field, names) if each is not made else None
        if action is not None and _shows_the_same(draft, action):
            draft.actions.append(action)
        elif each.does in ABOUT_ONE:
            return None  # its query or its path names the item, as elsewhere
    return draft if draft.action("get", "list") is not None else None


def _shown_as(schemas: Schemas, operation: Operation) -> str:
    """The only property of a reply that is an object with an id: `channel` of `conversations.create`; empty if none."""
    found = reply_body(operation, "create")
    shown = schemas.properties(found.schema) if found is not None and found.schema else {}
    named = [name for name, at in shown.items() if not set(FIELDS).isdisjoint(schemas.properties(at))]
    return named[0] if len(named) == 1 and set(FIELDS).isdisjoint(shown) else ""


def _shows_the_same(draft: ResourceDraft, action: DraftAction) -> bool:
    own = draft.reply_schemas()[0]
    return action.item_schema is None or resembles(draft.schemas, own, action.item_schema)


def _action(draft: ResourceDraft, each: Procedure, field: str, names: frozenset[str]) -> DraftAction | None:
    """What a procedure does; None if it names no item, or does not say what it does."""
    if each.does == "list":
        return actions.query(draft, each.operation)
    asked = request_schema(each.operation.request_body)
    known = dict(draft.schemas.properties(asked)) if asked is not None else {}
    if each.operation.method == "get":
        known = {one.name: str(one.schema) for one in single_values(each.operation, draft.schemas)}
    name = next((name for name in known if plain(name) in names), "")
    found = reply_body(each.operation, each.does if each.does in ("get", "delete") else "update")
    is_changed = each.does != "get" and each.operation.method != "post"
    if not name or found is None or each.does == "create" or is_changed:
        return None
    takes = {name: field} if name != field else {}
    if each.does in ABOUT_ONE:
        path, schema = shown_item(draft, found)
        reason = f"a procedure that says {each.does}, whose request has the id as {name}"
        takes = takes if each.operation.method == "post" else {name: field}
        return DraftAction(each.operation, each.does, found, reason, path, schema, takes=takes)
    done = item_actions.acting(draft, each.operation, each.does, is_undone=each.operation.method == "delete")
    return replace(done, takes=takes) if done is not None else None
