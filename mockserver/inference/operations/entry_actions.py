"""Operations on one entry of a list in an item: `POST /carts/{id}/items`, whose reply shows the cart.

An entry may be an item of another resource, or its id: `PUT /songs/{id}/genres/{genreId}` adds a genre to the song.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from mockserver.inference.bodies import likeness
from mockserver.inference.bodies.messages import reply_body, request_schema
from mockserver.inference.bodies.shown_items import shown_item
from mockserver.inference.draft import DraftAction, ResourceDraft, item_schema_of_request
from mockserver.inference.names import SCALAR, noun, plain, same, words
from mockserver.inference.operations.chosen_entries import choices, count_of
from mockserver.inference.paths.path_tree import PathNode, Shape
from mockserver.inference.relations.references import ID_WORDS, stem
from mockserver.inference.values.identity import id_names
from mockserver.openapi.document import Operation

BELOW = ("put", "post", "patch", "delete")
"""The methods that change one entry at its own path."""


class EntryList(NamedTuple):
    """A list in the items of `owner`: the property with its `name`, and the pointer of the `schema` of its entries.

    `key` is the property of an entry that a path names it by, or that is its id; empty if there is none, as of an entry
    that is an id or a text itself (`is_value`). `shown` is the resource whose items the entries are. `counts` is the
    property of an entry that says how often it was chosen, such as the `count` of a reaction; empty if there is none.
    """

    owner: ResourceDraft
    name: str
    schema: str
    key: str
    is_value: bool
    shown: ResourceDraft | None
    counts: str = ""


def add_entry_actions(drafts: Sequence[ResourceDraft], nodes: Mapping[Shape, PathNode]) -> list[ResourceDraft]:
    """Add to each resource the operations below its items that change an entry of a list in them.

    Returns the drafts without those that were made of such operations alone.
    """
    owners = {draft.shape: draft for draft in drafts if draft.item is not None}
    shapes: set[Shape] = set()
    for shape in dict.fromkeys(each[:-1] if each[-1:] == ("{}",) else each for each in nodes):
        owner, below = owners.get(shape[:-1]), owners.get((*shape, "{}"))
        node = nodes.get(shape)
        is_free = node is None or "get" not in node.operations
        if owner is None or not is_free or (below is not None and below.action("get", "list") is not None):
            continue
        entries = _entries(owner, drafts, shape[-1], nodes.get((*shape, "{}")))
        found = [*_changes(entries, node), *_changes(entries, nodes.get((*shape, "{}")))] if entries else []
        found = found or list(choices(owner, shape[-1], node))
        if any(_tells(one) for one in found):
            owner.actions += found
            shapes.add((*shape, "{}"))
    return [draft for draft in drafts if draft.shape not in shapes]


def _tells(action: DraftAction) -> bool:
    """Does an operation tell that the list is changed entry by entry? One that adds, or that shows the item above."""
    return action.operation.method == "post" or bool(action.entry_of) or action.item_schema is not None


def _entries(
    owner: ResourceDraft, drafts: Sequence[ResourceDraft], word: str, below: PathNode | None
) -> EntryList | None:
    """The list that a path below an item is named after: of objects, or of ids or texts; None without one."""
    parameter = below.parameters[-1] if below is not None and below.parameters else ""
    found: list[EntryList] = []
    for name, pointer in owner.properties().items():
        entries = owner.schemas.items(pointer) if "array" in owner.schemas.types(pointer) else None
        if entries is None or not (same(name, word) or stem(name) == "".join(noun(word))):
            continue
        known = owner.schemas.properties(entries)
        types = owner.schemas.types(entries) - {"null"}
        is_value = bool(types) and types <= SCALAR
        shown = _shown(owner, drafts, entries, word, parameter, (*owner.shape, word, "{}"))
        if known and same(name, word):
            own = likeness.is_exactly(owner, entries)
            counts = count_of(owner.schemas, known)
            found.insert(0, EntryList(owner, name, entries, _key(known, parameter, word), False, shown, counts))
            if own:
                return None
        elif is_value:
            found.append(EntryList(owner, name, entries, "", True, shown))
    return next(iter(found), None)


def _shown(
    owner: ResourceDraft, drafts: Sequence[ResourceDraft], schema: str, word: str, parameter: str, shape: Shape
) -> ResourceDraft | None:
    """The resource whose items the entries are: by their schema, by the path parameter, or by the name of the list."""
    usable = [
        draft
        for draft in drafts
        if draft.has_id and draft.shape != shape and len(draft.parent_parameters) <= len(owner.parent_parameters)
    ]
    alike = next((draft for draft in usable if likeness.is_exactly(draft, schema)), None)
    asked = (stem(parameter), "".join(noun(word)))
    named = (draft for name in asked if name for draft in usable if "".join(noun(draft.word)) == name)
    return alike or next(named, None)


def _key(properties: Iterable[str], parameter: str, word: str) -> str:
    """The property of an entry that the path parameter holds, or that is the id; empty if there is none."""
    known = {plain(name): name for name in properties}
    return known.get(plain(parameter)) or next((known[name] for name in id_names(parameter, word) if name in known), "")


def _changes(entries: EntryList, node: PathNode | None) -> Iterator[DraftAction]:
    """What the operations of a path do to an entry, as far as their replies show the owner or nothing."""
    is_named = bool(entries.key) or entries.is_value
    methods = () if node is None or (node.is_item and not is_named) else BELOW if node.is_item else ("post",)
    for method in methods:
        operation = node.operations.get(method) if node is not None else None
        found = _change(entries, operation, is_below=node.is_item) if operation is not None and node else None
        if found is not None:
            yield found


def _change(entries: EntryList, operation: Operation, *, is_below: bool) -> DraftAction | None:
    found = reply_body(operation, "update")
    if found is None:
        return None
    path, schema = shown_item(entries.owner, found)
    is_shown = schema is not None and likeness.is_exactly(entries.owner, schema)
    takes = {} if is_below else _takes(entries, operation)
    is_added = bool(takes) if not is_below else operation.method in ("put", "post") and operation.request_body is None
    if not is_shown and (found.schema or (operation.method == "post" and not is_added)):
        return None
    does = {"post": "adds an entry to", "delete": "removes an entry of"}.get(operation.method, "changes an entry of")
    does = "adds an entry to" if is_added else does
    reason = f"{does} {entries.name} of the item above"
    shown, of = schema if is_shown else None, entries.shown.shape if entries.shown is not None else ()
    action = DraftAction(operation, "update", found, reason, path, shown, entry=entries.name, by=entries.key)
    action = replace(action, entry_of=of, takes=takes)
    if entries.counts and is_below and operation.request_body is None and (is_added or operation.method == "delete"):
        return replace(action, counts=entries.counts)
    if is_added:
        return action if of or entries.is_value else None
    if operation.method == "delete":
        return action
    return action if (operation.method != "post" or not is_below) and _describes(entries, action) else None


def _takes(entries: EntryList, operation: Operation) -> dict[str, str]:
    """The property of a request that has nothing but the id of what is added: `genre_id`; none if it has more."""
    schemas, asked = entries.owner.schemas, request_schema(operation.request_body)
    sent = schemas.properties(asked) if asked else {}
    if entries.shown is None or len(sent) != 1:
        return {}
    name, at = next(iter(sent.items()))
    types = schemas.types(at) - {"null"}
    is_named = stem(name) in (stem(entries.name), "".join(noun(entries.shown.word)))
    is_id = is_named and (words(name)[-1:] in [(each,) for each in ID_WORDS] or entries.is_value)
    own = entries.key or entries.name
    return {name: own} if (is_id or name == own) and types and types <= SCALAR else {}


def _describes(entries: EntryList, action: DraftAction) -> bool:
    """Does the request describe an entry?"""
    asked = item_schema_of_request(entries.owner.schemas, action)
    return bool(asked and _names(entries, asked) & _names(entries, entries.schema))


def _names(entries: EntryList, pointer: str) -> set[str]:
    return {plain(name) for name in entries.owner.schemas.properties(pointer)}
