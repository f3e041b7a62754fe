"""Operations on one entry of a list in an item: `POST /carts/{id}/items`, whose reply shows the cart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mockserver.inference import actions, likeness
from mockserver.inference.draft import DraftAction, ResourceDraft, item_schema_of_request
from mockserver.inference.identity import id_names
from mockserver.inference.messages import reply_body
from mockserver.inference.names import plain, same
from mockserver.inference.path_tree import PathNode, Shape
from mockserver.openapi.document import Operation

BELOW = ("put", "patch", "delete")
"""The methods that change one entry at its own path."""


class EntryList(NamedTuple):
    """A list in the items of `owner`: the property with its `name`, and the pointer of the `schema` of its entries.

    `key` is the property of an entry that a path names it by, or that is its id; empty if there is none.
    """

    owner: ResourceDraft
    name: str
    schema: str
    key: str


def add_entry_actions(drafts: Sequence[ResourceDraft], nodes: Mapping[Shape, PathNode]) -> list[ResourceDraft]:
    """Add to each resource the operations below its items that change an entry of a list in them.

    Returns the drafts without those that were made of such operations alone.
    """
    owners = {draft.shape: draft for draft in drafts if draft.item is not None}
    shapes: set[Shape] = set()
    for shape, node in nodes.items():
        owner = owners.get(shape[:-1])
        entries = _entries(owner, node, nodes.get((*shape, "{}"))) if owner and "post" in node.operations else None
        below = owners.get((*shape, "{}"))
        if entries is not None and (below is None or below.action("get", "list") is None):
            found = [*_changes(entries, node), *_changes(entries, nodes.get((*shape, "{}")))]
            if any(one.operation.method == "post" for one in found):
                entries.owner.actions += found
                shapes.add((*shape, "{}"))
    return [draft for draft in drafts if draft.shape not in shapes]


def _entries(owner: ResourceDraft, node: PathNode, below: PathNode | None) -> EntryList | None:
    """The list that a path below an item is named after; None without one of objects, or if they are such items."""
    for name, pointer in owner.properties().items() if "get" not in node.operations else ():
        entries = owner.schemas.items(pointer) if "array" in owner.schemas.types(pointer) else None
        known = owner.schemas.properties(entries) if entries is not None and same(name, node.word) else {}
        if entries is not None and known:
            key = _key(known, below.parameters[-1] if below is not None else "", node.word)
            return None if likeness.is_exactly(owner, entries) else EntryList(owner, name, entries, key)
    return None


def _key(properties: Iterable[str], parameter: str, word: str) -> str:
    """The property of an entry that the path parameter holds, or that is the id; empty if there is none."""
    known = {plain(name): name for name in properties}
    return known.get(plain(parameter)) or next((known[name] for name in id_names(parameter, word) if name in known), "")


def _changes(entries: EntryList, node: PathNode | None) -> Iterator[DraftAction]:
    """What the operations of a path do to an entry, as far as their replies show the owner or nothing."""
    methods = () if node is None or (node.is_item and not entries.key) else BELOW if node.is_item else ("post",)
    for method in methods:
        operation = node.operations.get(method) if node is not None else None
        found = _change(entries, operation) if operation is not None else None
        if found is not None:
            yield found


def _change(entries: EntryList, operation: Operation) -> DraftAction | None:
    found = reply_body(operation, "update")
    if found is None:
        return None
    path, schema = actions.shown_item(entries.owner, found)
    is_shown = schema is not None and likeness.is_exactly(entries.owner, schema)
    if not is_shown and (found.schema or operation.method == "post"):
        return None
    does = {"post": "adds an entry to", "delete": "removes an entry of"}.get(operation.method, "changes an entry of")
    reason = f"{does} {entries.name} of the item above"
    shown = schema if is_shown else None
    action = DraftAction(operation, "update", found, reason, path, shown, entry=entries.name, by=entries.key)
    return action if operation.method == "delete" or _describes(entries, action) else None


def _describes(entries: EntryList, action: DraftAction) -> bool:
    """Does the request describe an entry?"""
    asked = item_schema_of_request(entries.owner.schemas, action)
    return bool(asked and _names(entries, asked) & _names(entries, entries.schema))


def _names(entries: EntryList, pointer: str) -> set[str]:
    return {plain(name) for name in entries.owner.schemas.properties(pointer)}
