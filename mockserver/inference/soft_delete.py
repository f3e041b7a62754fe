"""Resources whose DELETE keeps the item, and sets `deleted_at`: another operation restores it, or a list shows it."""

from __future__ import annotations

from mockserver.inference.draft import ResourceDraft
from mockserver.inference.evidence import Statement, inferred
from mockserver.inference.names import words
from mockserver.openapi.document import Operation

GONE = frozenset(("deleted", "removed", "trashed", "discarded"))
"""Words for an item that was deleted."""

TIMES = frozenset(("at", "on", "date", "time"))

SHOWING = frozenset(("include", "includes", "including", "with", "show", "return", "list", "and"))
"""First words of a parameter that lets a list show deleted items too: `include_deleted`, `withTrashed`."""


def soft_delete(draft: ResourceDraft) -> Statement | None:
    """The `soft-delete` statement of a resource; None if its items are just deleted.

    A property must say that an item is deleted, and an operation must set it back, or a list show deleted items.
    """
    field = _field(draft) if draft.action("delete", "delete-many") is not None else ""
    if not field:
        return None
    restores = next((action for action in draft.actions if action.sets.get(field, True) in (None, False)), None)
    listing = draft.action("list")
    shown = shown_by(listing.operation, draft) if listing is not None else ""
    if restores is None and not shown:
        return None
    is_flag = draft.schemas.types(draft.properties()[field]) - {"null"} == {"boolean"}
    reason = (
        f"{shown} shows items that are deleted"
        if restores is None
        else f"{_place(restores.operation)} restores an item"
    )
    return inferred(
        f"{field} says that an item is deleted, and {reason}", field=field, value=True if is_flag else "{now}"
    )


def hiding_filter(draft: ResourceDraft, operation: Operation) -> Statement | None:
    """The `filter` statement by which a list leaves out what is deleted; None if nothing is kept."""
    stated = soft_delete(draft)
    if stated is None:
        return None
    parameter = shown_by(operation, draft)
    is_flag = stated["value"] is True
    keys: Statement = {"parameter": parameter, "field": stated["field"], "equals": False if is_flag else None}
    keys |= {"unless": True} if parameter else {}
    return inferred("an item that is deleted is not listed", **keys)


def shown_by(operation: Operation, draft: ResourceDraft) -> str:
    """The flag in a query that lets a list show deleted items too; empty if there is none."""
    for each in operation.parameters:
        first, *rest = words(each.name) or ("",)
        is_flag = each.location == "query" and each.schema and draft.schemas.types(each.schema) == {"boolean"}
        if is_flag and first in SHOWING and not GONE.isdisjoint(rest):
            return each.name
    return ""


def _field(draft: ResourceDraft) -> str:
    """The property that says that an item is deleted: a time that may be null, or a flag; empty if none does."""
    sent = {name for each in draft.request_properties("create") for name in each}
    for name, at in draft.properties().items():
        parts, types = words(name), draft.schemas.types(at)
        is_time = parts[:1] and parts[0] in GONE and len(parts) == 2 and parts[1] in TIMES
        is_flag = parts[-1:] and parts[-1] in GONE and types - {"null"} == {"boolean"}
        if name not in sent and (is_flag or (is_time and "string" in types)):
            return name
    return ""


def _place(operation: Operation) -> str:
    return f"{operation.http_method} {operation.path}"
