"""What operations of other paths than an item's own do: `POST /users/{id}/posts` creates what `/posts/{id}` shows."""

from __future__ import annotations

from msgspec.structs import replace

from mockserver.inference.bodies.likeness import is_alike, is_exactly
from mockserver.inference.bodies.messages import WRAPPINGS, reply_body
from mockserver.inference.bodies.shown_items import shown_item
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.names import plain, words
from mockserver.inference.operations.actions import create, get, listing
from mockserver.inference.operations.item_actions import COPYING
from mockserver.inference.paths.kept_parameters import kept_parameters
from mockserver.inference.paths.path_tree import PathNode
from mockserver.inference.relations.naming_fields import field_naming


def added_at(draft: ResourceDraft, node: PathNode) -> list[DraftAction]:
    """The create and the list at a path that is not above the item's.

    Both name the item of the path by the same property, also where only the new item shows it.
    """
    made = made_at(draft, node)
    known = replace(draft, actions=[*draft.actions, made]) if made is not None else draft
    return [action for action in (made, listed_at(known, node)) if action is not None]


def made_at(draft: ResourceDraft, node: PathNode) -> DraftAction | None:
    """The create at a path that is not above the item's, if its reply shows the item's schema."""
    if draft.action("create") is not None or not set(draft.parent_parameters) <= set(node.parameters):
        return None
    verb = node.shape[-1].partition("{}:")[2]  # `/meters/{id}:replace` is about the item, `:copy` makes another one
    if verb and node.shape[:-1] == draft.shape[:-1] and COPYING.isdisjoint(words(verb)):
        return None
    made = create(draft, node.operations["post"])
    if made is None or made.item_schema is None or not _is_made(draft, made.item_schema, made.reply.status):
        return None
    known = replace(draft, actions=[*draft.actions, made])
    return replace(made, keeps=kept_parameters(known, node), reason=f"{made.reason}, below another path")


def is_shown_at(draft: ResourceDraft, node: PathNode) -> bool:
    """Does the POST of a path show exactly an item, alone or in an object that has nothing else to say?

    A reaction `{user, content}` is no user.
    """
    made = create(draft, node.operations["post"])
    if made is None or made.item_schema is None or not is_exactly(draft, made.item_schema):
        return False
    beside = draft.schemas.properties(str(made.reply.schema)).keys() - set(made.item_path[:1])
    return not made.item_path or all(plain(name) in WRAPPINGS for name in beside)


def _is_made(draft: ResourceDraft, schema: str, status: int) -> bool:
    """Is it the item that a create shows? Without a GET and a list a PUT or PATCH says what an item is, or its id.

    An item whose own path has no operation is one of `with_items_below`, which has compared what the paths below show.
    """
    if draft.reply_schemas():
        return is_alike(draft, schema)
    operations = draft.item.operations if draft.item is not None else {}
    replies = [reply_body(operations[each], "update") for each in ("put", "patch") if each in operations]
    shown = [found for reply in replies if reply is not None and (found := shown_item(draft, reply)[1])]
    if shown:
        return draft.schemas.kind(schema) in set(map(draft.schemas.kind, shown))
    return (status == 201 or not operations) and any(
        plain(name) in draft.id_names for name in draft.schemas.properties(schema)
    )


def listed_at(draft: ResourceDraft, node: PathNode) -> DraftAction | None:
    """The list at such a path: it shows the items that were created there, or the one item."""
    shown = get(draft, node.operations["get"]) if "get" in node.operations else None
    if shown is not None and shown.reply.schema and is_exactly(draft, shown.reply.schema):
        keeps = kept_parameters(draft, node)
        by = keeps.get(node.parameters[-1], "") if node.parameters else ""
        return replace(shown, across=True, by=by, reason=f"{shown.reason}, below another path") if by else None
    listed = listing(draft, node.operations["get"]) if "get" in node.operations else None
    return replace(listed, keeps=kept_parameters(draft, node)) if listed is not None else None


def listed_for(draft: ResourceDraft, node: PathNode, above: ResourceDraft, *, is_tree: bool) -> DraftAction | None:
    """The list of the items that name the item above by a property such as `user_id`, `userId`, `user` or `author`.

    With `is_tree` that is an item of the same resource.
    """
    listed = listing(draft, node.operations["get"])
    if listed is None or not listed.item_schema or not is_exactly(draft, listed.item_schema):
        return None
    field = field_naming(draft, above, is_tree=is_tree)
    reason = f"{listed.reason}, which name the item of the path by {field}"
    return replace(listed, keeps={node.parameters[-1]: field}, reason=reason) if field else None


def made_elsewhere(draft: ResourceDraft, node: PathNode) -> list[DraftAction]:
    """The create and the list at a path that does not say whose items they are: `/user/repos` of `/repos/{owner}/{id}`.

    The new item shows its owner. The only parameter of the path, if it has one, is that owner.
    """
    shown = draft.owner_field
    if not shown or len(node.parameters) > 1 or draft.action("create") is not None:
        return []
    made, listed = create(draft, node.operations["post"]), None
    if made is None or made.item_schema is None or not is_alike(draft, made.item_schema):
        return []
    if "get" in node.operations:
        listed = listing(draft, node.operations["get"])
    keeps = dict.fromkeys(node.parameters, shown)
    return [
        replace(action, across=True, keeps=keeps, reason=f"{action.reason}, which shows its owner")
        for action in (made, listed)
        if action is not None
    ]
