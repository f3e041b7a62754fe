"""The resources of a document, with their parents and names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import takewhile

from msgspec import Struct

from mockserver.inference.bodies import likeness
from mockserver.inference.bodies.messages import (
    is_object,
    is_shown_when_made,
    item_path,
    list_path,
    reply_body,
    resembles,
)
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.figures.statistics import add_statistics
from mockserver.inference.names import noun, plain, words
from mockserver.inference.operations import actions, actions_elsewhere
from mockserver.inference.operations.accounts import with_accounts
from mockserver.inference.operations.batches import add_batches
from mockserver.inference.operations.contents import add_contents, is_value
from mockserver.inference.operations.entry_actions import add_entry_actions
from mockserver.inference.operations.item_actions import add_item_actions
from mockserver.inference.operations.made_items import is_made_beside, makes_items
from mockserver.inference.operations.made_kinds import add_kinds
from mockserver.inference.operations.membership_requests import add_membership_requests
from mockserver.inference.operations.procedures import with_procedures
from mockserver.inference.operations.redirects import add_redirects
from mockserver.inference.operations.tables import add_row_requests
from mockserver.inference.operations.transfers import add_transfers
from mockserver.inference.operations.versions import are_kept
from mockserver.inference.paths.aliases import with_aliases
from mockserver.inference.paths.items_below import with_items_below
from mockserver.inference.paths.path_tree import VERSION, PathNode, Shape, path_nodes, shape_of
from mockserver.inference.paths.query_ids import with_query_ids
from mockserver.openapi.document import Document
from mockserver.openapi.path_template import names
from mockserver.openapi.schemas import Schemas


class DraftParent(Struct, frozen=True):
    """The parent of a resource, and the path parameter that holds the parent's id.

    `field` is the property of an item that stores that id, if the item's path is not below its parent's.
    """

    draft: ResourceDraft
    parameter: str
    field: str = ""


def resources(document: Document, schemas: Schemas, *, read_only: bool = False) -> list[ResourceDraft]:
    """The resources whose items the service seems to store, in the order of the paths.

    With `read_only` also those whose items can only be read.
    """
    nodes, procedures = with_procedures(path_nodes(document.operations), schemas)
    nodes = with_items_below(with_query_ids(nodes, schemas), schemas)
    drafts = [draft for node in nodes.values() for draft in _draft(nodes, node, schemas, read_only)]
    for draft in drafts:
        actions.infer_first(draft)
    taken = _adopt(drafts, nodes) | (_adopt_elsewhere(drafts, nodes) if read_only else set())
    for draft in drafts:
        actions.infer_rest(draft)
    taken |= add_contents(drafts, nodes)
    add_batches(drafts, nodes)
    add_row_requests(drafts)
    add_membership_requests(drafts)
    by_shape = {draft.shape: draft for draft in drafts}
    stored = [draft for draft in drafts if _is_stored(draft, read_only) or are_kept(draft, by_shape)]
    found = [draft for draft in stored if draft.node.shape not in taken]
    found = [draft for draft in add_entry_actions(found, nodes) if draft.is_resource or not draft.single]
    found = [*with_aliases(found, nodes, read_only=read_only), *procedures]
    found = with_accounts(found, nodes, schemas)
    add_transfers(found, nodes)
    add_item_actions(found, nodes)
    add_redirects(found, nodes)
    _name(found)
    add_statistics(schemas, found, nodes)
    add_kinds(found)
    return found


def _is_stored(draft: ResourceDraft, read_only: bool) -> bool:
    if draft.is_resource or draft.single:
        return True
    shown = draft.action("get", "list")
    return read_only and shown is not None and shown.item_schema is not None


def _adopt(drafts: list[ResourceDraft], nodes: Mapping[Shape, PathNode]) -> set[Shape]:
    """Add collections at other paths to their items: `/users/{userId}/posts` if an item is `/posts/{id}`.

    Returns the shapes of those collections.
    """
    by_noun: dict[tuple[str, ...], list[ResourceDraft]] = {}
    for draft in drafts:
        if draft.has_id:
            by_noun.setdefault(noun(draft.word), []).append(draft)
    taken: dict[Shape, tuple[ResourceDraft, PathNode]] = {}
    singles = {draft.shape for draft in drafts if draft.single}
    for shape, node in nodes.items():
        is_free = not node.is_item and (*shape, "{}") not in nodes and shape not in singles
        if is_free and "post" in node.operations:
            likeliest = _likeliest(by_noun.get(noun(node.word), []), node) or _started(drafts, node)
            if likeliest is not None:
                taken[shape] = likeliest, node
    found = [(draft, actions_elsewhere.added_at(draft, node)) for draft, node in taken.values()]
    for draft, added in found:
        draft.actions += added
    related = dict(_related_lists(drafts, nodes, by_noun))
    for draft, listed in related.values():
        draft.actions.append(listed)
    return {*taken, *related}


def _started(drafts: list[ResourceDraft], node: PathNode) -> ResourceDraft | None:
    """The resource that a POST makes under another name, if it answers with exactly what shows an item; else None.

    202 starts a job, 201 makes an item: `/courses/{id}/enroll` an enrollment. It is none if two resources are shown
    so, or if that item is above: `/databases/{id}/pause` shows what it pauses, and `/repos/{owner}/{repo}/transfer`
    makes no item of `/repositories/{id}`.
    """
    statuses = {response.status for response in node.operations["post"].responses}
    asks = not ASKING.isdisjoint(words(node.word)[-1:])
    if "202" not in statuses and ("201" not in statuses or asks):
        return None
    usable = (draft for draft in drafts if (draft.has_id or _is_beside(draft, node)) and draft.reply_schemas())
    shown = [draft for draft in usable if actions_elsewhere.is_shown_at(draft, node)]
    is_above = any(node.shape[: len(draft.shape)] == draft.shape for draft in shown)
    is_made = len(shown) == 1 and not is_above and actions_elsewhere.made_at(shown[0], node) is not None
    return shown[0] if is_made else None


def _is_beside(draft: ResourceDraft, node: PathNode) -> bool:
    """Is a POST beside the list of items that have no path of their own, below the same item?"""
    collection = draft.collection
    is_alone = collection is not None and draft.item is None and collection.operations.keys() == {"get"}
    return is_alone and bool(node.parameters) and node.shape[:-1] == draft.shape[:-1]


ASKING = actions.VERBS - {"signup", "generate"}
"""Last words of paths that make nothing, whatever they show."""


def _related_lists(
    drafts: list[ResourceDraft], nodes: Mapping[Shape, PathNode], by_noun: Mapping[tuple[str, ...], list[ResourceDraft]]
) -> Iterator[tuple[Shape, tuple[ResourceDraft, DraftAction]]]:
    """Lists of the items that name the item above: `GET /users/{id}/posts` if posts have a `user_id`.

    `children` and such are the items of the same resource that name it as their parent.
    """
    items = {draft.shape: draft for draft in drafts if draft.has_id}
    for shape, node in nodes.items():
        above = items.get(shape[:-1])
        if above is None or node.is_item or node.operations.keys() != {"get"} or (*shape, "{}") in nodes:
            continue
        is_tree = plain(node.word) in CHILDREN
        for draft in [above] if is_tree else by_noun.get(noun(node.word), []):
            is_made = draft.action("create") is not None or draft.is_created
            listed = actions_elsewhere.listed_for(draft, node, above, is_tree=is_tree) if is_made else None
            if listed is not None:
                yield shape, (draft, listed)
                break


CHILDREN = frozenset(("children", "subitems", "descendants", "replies", "subtasks", "subcategories", "subfolders"))
"""Last words of a path that lists the items of the same resource that are below one."""


def _adopt_elsewhere(drafts: list[ResourceDraft], nodes: Mapping[Shape, PathNode]) -> set[Shape]:
    """Add collections whose paths do not say below which owner the items are: `/user/repos`, `/orgs/{org}/repos`.

    Only where all items exist from the start: elsewhere any owner has any item. Returns the shapes of the collections.
    """
    owned = [draft for draft in drafts if draft.owner_field]
    found: list[tuple[ResourceDraft, PathNode, list[DraftAction]]] = []
    for shape, node in nodes.items():
        is_free = not node.is_item and (*shape, "{}") not in nodes and "post" in node.operations
        for draft in owned if is_free else ():
            elsewhere = actions_elsewhere.made_elsewhere(draft, node) if noun(draft.word) == noun(node.word) else []
            if elsewhere:
                found.append((draft, node, elsewhere))
                break
    for draft, _, elsewhere in found:
        draft.actions += elsewhere
    return {node.shape for _, node, _ in found}


def _likeliest(drafts: list[ResourceDraft], node: PathNode) -> ResourceDraft | None:
    """The resource whose items are created at a path, by the schema of the reply; None if that is not clear."""
    made = [(draft, action) for draft in drafts if (action := actions_elsewhere.made_at(draft, node)) is not None]
    exact = [draft for draft, action in made if likeness.is_exactly(draft, str(action.item_schema))]
    if exact:
        return max(exact, key=lambda draft: _common(draft.shape, node.shape))
    return made[0][0] if len(made) == 1 else None


def _common(one: Shape, other: Shape) -> int:
    """How many segments two paths have in common from the start."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _draft(
    nodes: Mapping[Shape, PathNode], node: PathNode, schemas: Schemas, read_only: bool
) -> Iterator[ResourceDraft]:
    word = node.word
    is_anything = all("{" in segment or VERSION.fullmatch(segment) for segment in node.shape)
    if is_anything and not (node.is_item and _is_listed_above(nodes, node, schemas)):
        return  # such as Google's `/v2/{name}`, whose parameter may be any path
    if node.is_item and _is_list_of(nodes.get((*node.shape, "{}")), node, schemas):
        return  # such as `/repositories/{workspace}` above `/repositories/{workspace}/{slug}`
    if node.is_item:
        yield ResourceDraft(schemas, word, item=node, collection=nodes.get(node.shape[:-1]))
    elif (*node.shape, "{}") in nodes:
        return
    elif _is_single(node, schemas) or _has_entries(nodes, node, schemas):
        yield ResourceDraft(schemas, word, item=node, single=True)
    elif (
        _is_collection(node, read_only)
        or is_made_beside(nodes, node, schemas)
        or (makes_items(node, schemas) and not node.shape[-1].startswith("{}:"))
    ):
        yield ResourceDraft(schemas, word, collection=node)


def _is_collection(node: PathNode, read_only: bool) -> bool:
    is_written = not node.operations.keys().isdisjoint(("post", "put"))
    return not LISTED.isdisjoint(node.operations) and (read_only or is_written)


LISTED = frozenset(("get", "query"))
"""The methods that may list the items of a path."""


def _is_listed_above(nodes: Mapping[Shape, PathNode], node: PathNode, schemas: Schemas) -> bool:
    """Does the path above an item list such items, as `/v0/{base}/{table}` does?"""
    above = nodes.get(node.shape[:-1])
    return above is not None and _is_list_of(node, above, schemas)


def _is_list_of(below: PathNode | None, node: PathNode, schemas: Schemas) -> bool:
    """Does a path that ends with a parameter list the items of the path below it?"""
    if below is None or "get" not in below.operations or "get" not in node.operations:
        return False
    item, listed = reply_body(below.operations["get"], "get"), reply_body(node.operations["get"], "list")
    if item is None or listed is None or not item.schema or not listed.schema:
        return False
    path = list_path(schemas, listed.schema, node.word)
    array = schemas.below(listed.schema, path) if path is not None else None
    entries = schemas.items(array) if array is not None else None
    if entries is None:
        return False
    keys = frozenset(map(plain, (*below.parameters[-1:], "id")))
    shown = schemas.below(item.schema, item_path(schemas, item.schema, below.word, keys)) or item.schema
    return resembles(schemas, shown, entries)


def _has_entries(nodes: Mapping[Shape, PathNode], node: PathNode, schemas: Schemas) -> bool:
    """Is it a path without an id whose object has a list that a path below it adds to: `/cart` with `/cart/items`?

    What is added to shows the same object in its reply, and has no list of its own.
    """
    got = reply_body(node.operations["get"], "get") if "get" in node.operations else None
    shown = got.schema if got is not None else None
    for name, pointer in schemas.properties(shown).items() if shown else ():
        below = nodes.get((*node.shape, name))
        adds = below.operations.get("post") if below is not None and "get" not in below.operations else None
        added = reply_body(adds, "update") if adds is not None and "array" in schemas.types(pointer) else None
        if added is not None and shown and added.schema and resembles(schemas, shown, added.schema):
            return True
    return False


def _is_single(node: PathNode, schemas: Schemas) -> bool:
    """Is it a path without an id that shows one object and can be written or deleted?

    Or a mark, such as a star: its GET says by 204 or 404 whether a PUT has set it.
    """
    if "get" not in node.operations or node.operations.keys().isdisjoint(("put", "patch", "delete")):
        return is_value(node, schemas) or _is_made_and_shown(node, schemas)
    found = reply_body(node.operations["get"], "get")
    if found is None or not found.schema or not is_object(schemas, found.schema):
        return _is_mark(node) or is_value(node, schemas)
    return "post" not in node.operations or list_path(schemas, found.schema, node.word) is None


def _is_made_and_shown(node: PathNode, schemas: Schemas) -> bool:
    """Does a POST make the one object that the GET shows? Not where either asks a question, or the name is a plural."""
    if (
        words(node.word) != noun(node.word)
        or not is_shown_when_made(node.operations, schemas)
        or actions.VERBS.intersection(words(node.word)[-1:])
    ):
        return False
    got = reply_body(node.operations["get"], "get")
    is_asked = any(each.location == "query" and each.required for each in node.operations["get"].parameters)
    return not is_asked and got is not None and list_path(schemas, str(got.schema), node.word) is None


def _is_mark(node: PathNode) -> bool:
    statuses = {response.status for response in node.operations["get"].responses}
    return {"204", "404"} <= statuses and {"put", "delete"} <= node.operations.keys()


def parent_of(
    draft: ResourceDraft, drafts: Mapping[Shape, ResourceDraft], *, all_exist: bool = False
) -> DraftParent | None:
    """The nearest resource above an item, or above the path at which items are created; None if there is none.

    With `all_exist` that may also be items that no operation creates: they exist from the start.
    """
    found, seen = _likely_parent(draft, drafts, all_exist), [draft]
    above = found
    while found is not None and found.field and above is not None and all(one is not above.draft for one in seen):
        seen.append(above.draft)
        above = _likely_parent(above.draft, drafts, all_exist)
        if above is not None and above.draft is draft:  # each is created below the other: neither is the parent
            return _on_path(draft, drafts)
    return found


def _likely_parent(draft: ResourceDraft, drafts: Mapping[Shape, ResourceDraft], all_exist: bool) -> DraftParent | None:
    made = next((a for a in draft.actions if a.does == "create" and a.keeps and not a.across), None)
    kept = _nearest(draft, shape_of(made.operation.path), names(made.operation.path), drafts) if made else None
    is_there = kept is not None and (kept.draft.is_created or (all_exist and _is_listed_with(draft, made)))
    if made is not None and kept is not None and is_there and kept.parameter in made.keeps:
        return DraftParent(kept.draft, kept.parameter, made.keeps[kept.parameter])
    return _on_path(draft, drafts)


def _is_listed_with(draft: ResourceDraft, made: DraftAction | None) -> bool:
    """Is there a list where items are created? A path that shows a single one may belong to an item that has none."""
    return made is not None and any(a.does == "list" and a.operation.path == made.operation.path for a in draft.actions)


def _on_path(draft: ResourceDraft, drafts: Mapping[Shape, ResourceDraft]) -> DraftParent | None:
    return _nearest(draft, draft.shape[:-1] if draft.has_id else draft.shape, draft.node.parameters, drafts)


def _nearest(
    draft: ResourceDraft, shape: Shape, parameters: list[str], drafts: Mapping[Shape, ResourceDraft]
) -> DraftParent | None:
    """The last resource on a path of this shape; None if there is none."""
    for length in range(len(shape), 0, -1):
        above = drafts.get(shape[:length])
        if above is not None and above is not draft and above.has_id:
            depth = sum(segment.count("{}") for segment in shape[:length])
            return DraftParent(above, parameters[depth - 1])
    return None


def _name(drafts: list[ResourceDraft]) -> None:
    """Name every resource after its path: `pet`, or with the segment above it if that is taken: `user-pet`."""
    taken: set[str] = set()
    for draft in sorted(drafts, key=lambda draft: sum("{" not in segment for segment in draft.shape)):
        draft.name = next(name for name in _names(draft) if name not in taken)
        taken.add(draft.name)


def _names(draft: ResourceDraft) -> Iterator[str]:
    fixed = [segment for segment in draft.shape if "{" not in segment and not VERSION.fullmatch(segment)] or ["item"]
    called = [*map(noun, fixed[:-1]), _noun(draft, fixed[-1])]
    for length in range(1, len(fixed) + 1):
        yield "-".join(word for each in called[-length:] for word in each) or "item"
    base = "-".join(word for each in called for word in each) or "item"
    by = "-".join(noun(draft.parameter)) if draft.parameter else "one"
    yield f"{base}-by-{by}"
    yield from (f"{base}-{number}" for number in range(2, 10_000))


def _noun(draft: ResourceDraft, segment: str) -> tuple[str, ...]:
    """The name of one item of a collection; the name of its schema, where that is the singular of an odd plural."""
    *before, last = noun(segment)
    plural = words(segment)[-1:]
    for view in draft.reply_schemas()[:1]:
        name = (words(view.rpartition("/")[2]) or ("",))[-1]
        if name and plural and plural[0] in (f"{name}es", f"{name}{name[-1]}es", f"{name[:-1]}ves", f"{name[:-2]}ves"):
            return (*before, name)
    return (*before, last)
