"""Operations on all items of a collection by the end of their path: `POST /notes/read-all`, `PUT /notes/reorder`."""

from __future__ import annotations

from mockserver.inference.bodies.item_lists import lists
from mockserver.inference.bodies.messages import reply_body, request_schema
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.names import plain, words
from mockserver.inference.operations.item_actions import changes_named
from mockserver.openapi.document import Operation

ALL = frozenset(("all", "everything", "every"))
"""Words of paths that say that something happens to every item."""

ORDERING = frozenset(("reorder", "order", "sort", "rearrange", "arrange", "positions", "ordering", "reordering"))
"""First words of paths that give items their order."""

POSITIONS = (
    "position",
    "order",
    "sortorder",
    "orderindex",
    "rank",
    "sequence",
    "sort",
    "ordering",
    "displayorder",
    "index",
)
"""Plain names of the number by which items are ordered, the likeliest first."""


def collection_action(draft: ResourceDraft, operation: Operation, said: str) -> DraftAction | None:
    """What an operation beside the items does to them, by what its path adds to that of the collection; else None."""
    if operation.method not in ("post", "put", "patch"):
        return None
    return _for_all(draft, operation, said) or _ordering(draft, operation, said)


def _for_all(draft: ResourceDraft, operation: Operation, said: str) -> DraftAction | None:
    """`read-all` and `mark-all-as-read` change every item."""
    found, parts = reply_body(operation, "update"), words(said)
    if found is None or ALL.isdisjoint(parts) or operation.request_body is not None or draft.action("list") is None:
        return None
    verb = "_".join(part for part in parts if part not in ALL)
    sets = changes_named(draft, verb)
    if not sets:
        return None
    reason = f"the path ends with {said}: {', '.join(f'{name} becomes {value}' for name, value in sets.items())}"
    return DraftAction(operation, "update-all", found, reason, sets=sets)


def _ordering(draft: ResourceDraft, operation: Operation, said: str) -> DraftAction | None:
    """`reorder` with a list of ids gives each of these items its position in the list."""
    found, asked = reply_body(operation, "update"), request_schema(operation.request_body)
    known = {plain(name): name for name, at in draft.properties().items() if "integer" in draft.schemas.types(at)}
    name = next((known[each] for each in POSITIONS if each in known), "")
    if found is None or not asked or not name or not draft.has_id or ORDERING.isdisjoint(words(said)[:1]):
        return None
    for listed in lists(draft, asked):
        types = draft.schemas.types(listed.entries)
        if types and types <= {"string", "integer"}:
            least = draft.schemas.keyword(draft.properties()[name], "minimum")
            first = least if isinstance(least, int) else 0
            reason = f"the path ends with {said}, and the request has the ids: {name} is the position in that list"
            sets = {name: f"{{position:{first}}}"}
            return DraftAction(operation, "update-many", found, reason, envelope=listed.path, sets=sets)
    return None
