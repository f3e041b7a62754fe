"""Other paths that show the items of a resource: `/users/search`, `/user/repos`, `/repositories/{id}`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from mockserver.inference.bodies import likeness
from mockserver.inference.bodies.messages import list_path, reply_body
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.names import SCALAR, noun, plain, words
from mockserver.inference.operations import actions
from mockserver.inference.operations.searches import asking, is_search, with_parameters
from mockserver.inference.paths.kept_parameters import PEOPLE
from mockserver.inference.paths.path_tree import PathNode, Shape
from mockserver.inference.relations.references import ID_WORDS
from mockserver.inference.values import identity
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas


def with_aliases(
    drafts: list[ResourceDraft], nodes: Mapping[Shape, PathNode], *, read_only: bool
) -> list[ResourceDraft]:
    """The resources, each with the GETs at other paths whose replies have the schema of its items.

    What could only be read there is no resource of its own any longer. Unless `read_only` items exist from the start:
    then only reads of items that clients create are added, if the path says which of them they show.
    """
    mains = _mains(drafts, read_only=read_only)
    kept = _without_aliases(drafts, mains) if read_only else drafts
    if not read_only:
        _add_own(kept, nodes)
    _add_lists(kept, mains, nodes, read_only=read_only)
    if not read_only:
        _add_lookups(kept, mains, nodes)
    _add_counts(kept, mains, nodes)
    return kept


def _mains(drafts: Iterable[ResourceDraft], *, read_only: bool) -> dict[str, ResourceDraft]:
    """The schemas that show items, each with its resource.

    With `read_only` the shorter schemas by which lists show items are among them, where clients write those items.
    """
    mains: dict[str, ResourceDraft] = {}
    ranked = sorted(drafts, key=_rank)
    for only_links in (False, True):
        here = [d for d in ranked if d.has_id and (read_only or d.is_created) and _rank(d)[0] is only_links]
        for draft in here:
            for view in draft.reply_schemas()[:1]:
                mains.setdefault(view, draft)
        for draft in here if read_only and not only_links else ():
            for view in draft.reply_schemas()[1:]:
                mains.setdefault(view, draft)
    return mains


def _without_aliases(drafts: list[ResourceDraft], mains: Mapping[str, ResourceDraft]) -> list[ResourceDraft]:
    """The resources without those that only show the items of another one, which gets their actions."""
    kept: list[ResourceDraft] = []
    for draft in drafts:
        main = next((mains[view] for view in draft.reply_schemas()[:1] if view in mains), draft)
        if main is draft or draft.is_resource:
            kept.append(draft)
        else:
            main.actions += [_alias(main, draft, action) for action in draft.actions if action.does in ("get", "list")]
    return kept


def _rank(draft: ResourceDraft) -> tuple[bool, int]:
    """Resources whose items can be written come first, then those with the fewest path parameters above them.

    A PUT without a body only links an item that is elsewhere: `/repos/{repo}/reviewers/{user}`.
    """
    writes = (a for a in draft.actions if a.does in ("create", "update", "replace"))
    return (all(action.operation.request_body is None for action in writes), len(draft.parent_parameters))


def _alias(main: ResourceDraft, draft: ResourceDraft, action: DraftAction) -> DraftAction:
    reason = f"{action.reason}, with the schema of {main.word}"
    if action.does == "list":
        node = draft.collection or draft.node
        owner = _owner_in(main, node)
        return replace(action, across=True, keeps=dict.fromkeys(node.parameters, owner) if owner else {}, reason=reason)
    return replace(action, across=True, by=_id_of(main, draft), reason=reason)


def _id_of(main: ResourceDraft, draft: ResourceDraft) -> str:
    """The property that another path of the same items names them by; empty if none seems to be it."""
    schema = draft.parameter_schema
    types = main.schemas.types(schema) if schema else frozenset[str]()
    return identity.field(main.schemas, main.properties(), draft.parameter, draft.word, types)[0]


def _add_lists(
    drafts: Iterable[ResourceDraft],
    mains: Mapping[str, ResourceDraft],
    nodes: Mapping[Shape, PathNode],
    *,
    read_only: bool,
) -> None:
    """Add the GETs and searches that belong to no resource and list items of one."""
    used = {action.operation.operation_id for draft in drafts for action in draft.actions}
    above = {draft.node.shape[:-1]: draft for draft in mains.values()}
    schemas = next((main.schemas for main in mains.values()), None)
    asked = [(node, one) for node in nodes.values() for one in asking(node, schemas)] if schemas is not None else []
    for node, operation in asked:
        if operation.operation_id in used:
            continue
        item = nodes.get((*node.shape, "{}"))  # a collection of its own, whatever its items look like
        for main in _listed(node, operation, mains, above):
            if not read_only and item is not None and not _id_where_only_read(main, item):
                continue
            listed = actions.listing(main, operation)
            keeps = _selecting(main, node)
            if listed is not None and (read_only or keeps is not None):
                reason = f"{listed.reason}, with the schema of {main.word}"
                across = bool(main.parent_parameters) and not _is_below(main, node)
                main.actions.append(replace(listed, across=across, keeps=keeps or {}, reason=reason))


def _add_lookups(
    drafts: Iterable[ResourceDraft], mains: Mapping[str, ResourceDraft], nodes: Mapping[Shape, PathNode]
) -> None:
    """Add the GETs of one item by another property than its id, or at a path that only reads items."""
    used = {action.operation.operation_id for draft in drafts for action in draft.actions}
    for node in nodes.values():
        operation = node.operations.get("get")
        if (
            operation is None
            or operation.operation_id in used
            or (node.shape[-1:], len(node.parameters)) != (("{}",), 1)
        ):
            continue
        for main in mains.values():
            by = _property(main, node.parameters[0]) or _id_where_only_read(main, node)
            found = actions.get(main, operation) if by else None
            if found is not None and found.item_schema and likeness.is_exactly(main, found.item_schema):
                reason = f"{found.reason} by its {by}, with the schema of {main.word}"
                main.actions.append(replace(found, across=True, by=by, reason=reason))
                break


def _id_where_only_read(main: ResourceDraft, node: PathNode) -> str:
    """The id by which another path only reads items that their own path only writes; empty if it is not so.

    `GET /users/{username}` is for everybody, `PATCH /admin/users/{username}` for administrators.
    """
    is_public = node.operations.keys() == {"get"} and noun(node.word) == noun(main.word)
    if not is_public or main.action("get") is not None or main.parent_parameters:
        return ""
    return _id_of(main, ResourceDraft(main.schemas, node.word, item=node))


def _add_own(drafts: Sequence[ResourceDraft], nodes: Mapping[Shape, PathNode]) -> None:
    """Add the GETs of the item of who asks: `/users/me` beside `/users/{id}`."""
    used = {action.operation.operation_id for draft in drafts for action in draft.actions}
    made = (draft for draft in drafts if draft.has_id and draft.is_created and not draft.parent_parameters)
    above = {draft.shape[:-1]: draft for draft in made}
    for node in nodes.values():
        main, operation = above.get(node.shape[:-1]), node.operations.get("get")
        if main is None or operation is None or operation.operation_id in used or plain(node.shape[-1]) not in OWN:
            continue
        found = actions.get(main, operation)
        if found is not None and found.item_schema and likeness.is_exactly(main, found.item_schema):
            reason = f"{found.reason}: that of who asks, as the path ends with {node.word}"
            main.actions.append(replace(found, of_caller=True, reason=reason))


OWN = frozenset(("me", "self", "current", "currentuser", "myself", "whoami"))
"""Last segments of paths of the item of who asks."""


def _add_counts(
    drafts: Iterable[ResourceDraft], mains: Mapping[str, ResourceDraft], nodes: Mapping[Shape, PathNode]
) -> None:
    """Add what says how many items there are: `/orders/count`, where a POST asks by its body."""
    used = {action.operation.operation_id for draft in drafts for action in draft.actions}
    above = {draft.shape[:-1]: draft for draft in mains.values()}
    above |= {draft.collection.shape: draft for draft in mains.values() if draft.collection is not None}
    for node in nodes.values():
        main = above.get(node.shape[:-1]) or (above.get(node.shape[:-2]) if is_search(node.shape[-2:-1]) else None)
        for operation in node.operations.values() if main is not None and node.shape[-1] in COUNTING else ():
            found = reply_body(operation, "list") or reply_body(operation, "update")  # a text may be a number too
            is_free = operation.operation_id not in used and operation.method in ("get", "query", "post")
            if main is not None and is_free and found and found.schema and _is_number(main.schemas, found.schema):
                reason = f"a {operation.http_method} whose path ends with {node.shape[-1]}, whose reply is a number"
                asked = with_parameters(operation, main.schemas)
                main.actions.append(DraftAction(asked, "list", found, reason))


COUNTING = frozenset(("count", "total", "$count"))
"""Last segments of paths that say how many items there are."""


def _is_number(schemas: Schemas, pointer: str) -> bool:
    """Is a reply one number, alone or in an object?"""
    inside = list(schemas.properties(pointer).values())
    return any(
        schemas.types(at) == {"integer"} for at in ([pointer] if not inside else inside if len(inside) == 1 else ())
    )


def _property(main: ResourceDraft, parameter: str) -> str:
    """The property of that name, which is a text or a number and not the id; empty if there is none."""
    wanted = plain(parameter)
    if wanted in main.id_names:
        return ""
    alike = ((name, main.schemas.types(at)) for name, at in main.properties().items() if plain(name) == wanted)
    return next((name for name, types in alike if types and types <= SCALAR), "")


def _is_below(main: ResourceDraft, node: PathNode) -> bool:
    """Is a path below the collection of a resource, so that it says which items these are below?"""
    own = tuple(segment.partition(":")[0] for segment in node.shape)  # `books:batchGet` is about `books`
    return own[: len(main.shape) - 1] == main.shape[:-1]


def _selecting(main: ResourceDraft, node: PathNode) -> dict[str, str] | None:
    """The path parameters that select items, with the property that each is about; None if one is about none.

    `/users/{id}/orders` shows the orders with that `user_id`, also inside of an object: `parent.user_id`.
    """
    known = _in_objects(main)
    known |= {plain(name): name for name, at in main.properties().items() if not main.schemas.properties(at)}
    skipped = len(main.parent_parameters) if _is_below(main, node) else 0
    found: dict[str, str] = {}
    for position, parameter in enumerate(node.parameters[skipped:], skipped):
        called = (plain(parameter), plain(f"{_word_before(node, position)}_{parameter}"))
        name = next((known[one] for one in called if one in known and one not in main.id_names), None)
        name = name or _owner_in(main, node)
        if not name:
            return None
        found[parameter] = name
    return found


def _owner_in(main: ResourceDraft, node: PathNode) -> str:
    """The property that shows the owner, if the only parameter of a path says who it is: `/users/{username}/repos`.

    What a user has starred (`/users/{username}/starred`) belongs to others, and a number is no name.
    """
    is_of_one = len(node.parameters) == 1 and len(main.parent_parameters) == 1 and noun(node.word) == noun(main.word)
    if not is_of_one or "".join(words(_word_before(node, 0))) not in OWNERS:
        return ""
    named, own = _types(main.schemas, node), _types(main.schemas, main.collection or main.node)
    return main.owner_field if named == own else ""


def _types(schemas: Schemas, node: PathNode) -> frozenset[str]:
    """The types of the first parameter of a path."""
    found = (each.parameter("path", node.parameters[0]) for each in node.operations.values())
    return next((schemas.types(each.schema) for each in found if each is not None and each.schema), frozenset())


OWNERS = PEOPLE | {"org", "organisation", "team", "group"}
"""Words for users and for groups of them, who may own things."""


def _in_objects(main: ResourceDraft) -> dict[str, str]:
    """The ids inside of the objects of an item (`parent.database_id`), by names that only one of them has."""
    found: dict[str, list[str]] = {}
    for outer, at in main.properties().items():
        for name, inner in main.schemas.properties(at).items() if "object" in main.schemas.types(at) else ():
            is_other = plain(name) not in main.id_names and words(name)[-1:] and words(name)[-1] in ID_WORDS
            if is_other and main.schemas.types(inner) - {"null"} <= SCALAR:
                found.setdefault(plain(name), []).append(f"{outer}.{name}")
    return {name: places[0] for name, places in found.items() if len(places) == 1}


def _word_before(node: PathNode, position: int) -> str:
    """The singular of the segment before a path parameter: `user` for the first of `/users/{id}/orders`."""
    at = [index for index, segment in enumerate(node.shape) for _ in range(segment.count("{}"))][position]
    return "_".join(noun(node.shape[at - 1])) if at and "{" not in node.shape[at - 1] else ""


def _listed(
    node: PathNode, operation: Operation, mains: Mapping[str, ResourceDraft], above: Mapping[Shape, ResourceDraft]
) -> Iterator[ResourceDraft]:
    """The resource whose items an operation lists, if there is one: by its schema, or right below by a like one."""
    found = reply_body(operation, "list")
    schemas = next(iter(mains.values())).schemas if mains else None
    if found is None or not found.schema or schemas is None:
        return
    path = list_path(schemas, found.schema, node.word)
    array = schemas.below(found.schema, path) if path is not None else None
    entries = schemas.items(array) if array is not None else None
    if entries is None:
        return
    main = mains.get(schemas.kind(entries))
    near = above.get(node.shape[:-1])
    if main is not None:
        yield main
    elif near is not None and likeness.is_alike(near, entries):
        yield near
