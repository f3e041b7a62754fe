"""Checks of paging by cursor while items are created and deleted."""

from __future__ import annotations

from typing import Any

from contracts.checks.lists.listed_items import ids, in_one_list, only
from contracts.client.pagination import following
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.link_sentences import says_stable
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.check import Check, operation_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import FROM_DOCUMENT, Paging


def walk_while_changing(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, paging: Paging
) -> None:
    """Paging by cursor while items are created and deleted shows each remaining item exactly once."""
    if paging.style != "cursor" or not paging.limit:
        raise CannotBuildRequest("the list is not paged by cursor")
    _page_through(context, resource, op, paging, 0)
    if resource.can("delete") and paging.unknown_position != "missing" and resource.behaviour.order.by == "creation":
        _page_through(context, resource, op, paging, -1)


def _page_through(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, paging: Paging, place: int
) -> None:
    """Page through the list while an item of the first page is deleted: the first item, or the cursor's item."""
    created = in_one_list(resource, [context.create(resource) for _ in range(6)])
    first = context.list_page(created[0], query={paging.limit: 2})
    shown = context.items(resource, first)
    added = [
        context.create(resource) for _ in range(2)
    ]  # more than are deleted: pages shift if the cursor counts items
    ours = only(resource, shown, created)
    gone = (
        next((m for m in created if ours and str(m.id) == ids(resource, ours)[place]), None) if len(shown) > 1 else None
    )
    removed = [context.delete(gone)] if gone and resource.can("delete") else []
    position: Any = following(context.shared.resources, op, first, shown, 0, len(shown), 2)
    listing, found = [first], ids(resource, shown)
    while position is not None and len(listing) < 60:
        listing.append(context.list_page(created[0], query={paging.limit: 2, paging.position: position}))
        items = context.items(resource, listing[-1])
        found += ids(resource, items)
        position = following(context.shared.resources, op, listing[-1], items, 0, 0, 2)
    statement = _statement(context, op, paging, place)
    stable = [str(m.id) for m in created if m is not gone]
    history = (listing[0], *(each.exchange for each in added), *removed, *listing[1:])
    context.expect(
        len(found) == len(set(found)),
        "each item is on one page only, while items are created and deleted",
        f"{len(found) - len(set(found))} items are on two pages",
        *history,
        about="twice",
        statement=statement,
    )
    context.expect(
        set(stable) <= set(found),
        "the pages contain every item that is not deleted",
        f"{len(set(stable) - set(found))} are missing",
        *history,
        about="missed",
        statement=statement,
    )


def _statement(context: CheckContext, op: ResourceOperation, paging: Paging, place: int) -> StatementRef | None:
    """A sentence that says so; else only a behaviour file says that a cursor is no number of items."""
    text = "A cursor stays valid when its item is deleted."
    said = says_stable(context.contract, op)
    if said is not None:
        return StatementRef(op.name, "paging", "described", said.source, text)
    return StatementRef(op.name, "paging", "inferred", "", text) if place or paging.evidence in FROM_DOCUMENT else None


CHECKS = (
    Check("paging-during-changes", ("paging",), operation_statement("paging", "create", "list"), walk_while_changing),
)
