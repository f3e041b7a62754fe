"""A check of paged lists whose items no create request makes: deposits fill the list of transactions of a wallet."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.checks.lists.listed_items import ids
from contracts.checks.lists.paging import PagedList, check_pages
from contracts.checks.security.other_user_changes import body_of
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.model.unstated_lists import unstated_list
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Paging
from mockserver.contract import Contract
from mockserver.openapi import path_template

FILLED = 5
"""So many times a request that adds to the list is sent."""

MOST_TRIED = 6
"""So many requests are tried to find one that adds to the list."""


def filled_pages(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, paging: Paging, owner: CheckedResource
) -> None:
    """A list that other requests fill has each item on exactly one page, too."""
    above = context.create(owner)
    target = PagedList(resource, op, paging, above.path, above.user)
    found = next(
        (each for each in _posts_below(context, owner)[:MOST_TRIED] if _fills(context, target, each, above)), None
    )
    if found is None:
        raise CannotBuildRequest(f"no request below a new {owner.name} adds to {op.name}")
    for _ in range(FILLED - 1):
        context.send(found, path=above.path, body=body_of(context, found))
    check_pages(context, target)


def _fills(context: CheckContext, target: PagedList, op: ResourceOperation, above: CreatedItem) -> bool:
    """Does a request add an item to the list?"""
    before, body = ids(target.resource, target.read(context).items), body_of(context, op)
    if body is None or context.send(op, path=above.path, body=body).status >= 300:
        return False
    return len(ids(target.resource, target.read(context).items)) == len(before) + 1


def _posts_below(context: CheckContext, owner: CheckedResource) -> list[ResourceOperation]:
    """The POST operations below an item of the owner that need no other parameter of a path."""
    item = next(op for op in owner.operations.values() if owner.is_of_item(op)).operation.path.rstrip("/")
    return [
        op
        for op in context.shared.operations.values()
        if op.operation.method == "post"
        and op.operation.path.startswith(f"{item}/")
        and path_template.names(op.operation.path) == path_template.names(item)
    ]


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    items = {
        op.operation.path.rstrip("/"): owner
        for owner in known.values()
        for op in owner.operations.values()
        if owner.is_of_item(op) and owner.can("create")
    }
    for op in resource_operations(contract):
        owner = items.get(op.operation.path.rstrip("/").rpartition("/")[0])
        if owner is None or op.operation.method != "get":
            continue
        action = op.behaviour.action
        listed = known.get(action.of) if action is not None else unstated_list(contract, op.operation)
        listing = listed.operations.get("list") if listed is not None else None
        if listed is None or listing is None or listing.name != op.name or listed.can("create"):
            continue
        paging = listing.behaviour.paging
        if paging is not None and paging.position and paging.limit:
            yield op.name, StatementRef.of(op.name, "paging", paging), (listed, listing, paging, owner)


CHECKS = (Check("filled-pages", ("paging",), _places, filled_pages),)
