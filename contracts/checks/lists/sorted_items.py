"""Checks of sorted lists: sorting changes the order of a list, and not which items it has; equal items keep theirs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from contracts.checks.lists.listed_items import ids, in_one_list
from contracts.checks.lists.ordering import parameter_values, sort_places
from contracts.checks.valid_bodies import distinct_body, smallest_body
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.list_pages import read_pages
from mockserver.behaviour.statements import Sort
from mockserver.contract import Contract

ALIKE = 6
"""How many items with the same values are created."""

PAGE = 2
"""How many of them are on a page."""

MOST_PAGES = 40

MOST_VALUES = 12
"""How many values of a sort parameter are tried."""


def sort_keeps_items(context: CheckContext, resource: CheckedResource, op: ResourceOperation, statement: Sort) -> None:
    """A sorted list has the same items as the list without the parameter, also those without a value to sort by."""
    values = [str(each) for each in parameter_values(context, op, statement.parameter) if each is not None]
    if not values:
        raise CannotBuildRequest(f"the document lists no values of {statement.parameter}")
    made = [context.create(resource, body(context, resource)) for body in (distinct_body, smallest_body)]
    created = in_one_list(resource, made)
    plain, _ = context.list_all(created[-1])
    wanted = {str(each.id) for each in created} & set(ids(resource, plain))
    law = StatementRef(op.name, "sort", "implied", "what a sort parameter means", "Sorting a list leaves no item out.")
    for value in values[:MOST_VALUES] if wanted else ():
        items, listing = context.list_all(created[-1], query={statement.parameter: value})
        if listing[0].status >= 400:
            continue
        missing = wanted - set(ids(resource, items))
        context.expect(
            not missing,
            f"the list with {statement.parameter}={value} has the same items as without it",
            f"{len(missing)} of {len(wanted)} new items are missing",
            *(each.exchange for each in created if str(each.id) in missing),
            *listing,
            about=f"kept {value}",
            statement=law,
        )


def sorted_pages(context: CheckContext, resource: CheckedResource, op: ResourceOperation, statement: Sort) -> None:
    """The pages of a sorted list have each item once, also if many items have the same value to sort by."""
    values = [str(each) for each in parameter_values(context, op, statement.parameter) if each is not None]
    body = context.body(resource, full=True)
    made = [context.create(resource, _alike(context, resource, body)) for _ in range(ALIKE)]
    created = in_one_list(resource, made)
    text = "With pages, a list has one order; otherwise items are on two pages or on none."
    law = StatementRef(op.name, "paging", "implied", "what paging parameters mean", text)
    for value in values[:MOST_VALUES]:
        query = {statement.parameter: value}
        fault = _page_fault(context, op, created, query)
        fault = fault and _page_fault(context, op, created, query)  # once more: others may have changed the list
        context.expect(
            fault is None,
            f"with {statement.parameter}={value}, the pages of the list have each of {len(created)} equal items once",
            fault.seen if fault else "",
            *(each.exchange for each in created),
            *(fault.exchanges if fault else ()),
            about=f"pages {value}",
            statement=law,
        )


def _alike(context: CheckContext, resource: CheckedResource, body: dict[str, Any]) -> dict[str, Any]:
    """The body with the texts that no two items may share replaced by those of a fresh one."""
    fresh, refused = context.body(resource, full=True), context.shared.crowded.get(resource.name, 0)
    unique = {name for each in resource.behaviour.unique for name in each.fields}
    unique |= {resource.behaviour.identity.field}
    unique |= {name for name in body if refused and fresh.get(name) != body[name] and isinstance(body[name], str)}
    return {name: fresh.get(name, value) if name in unique else value for name, value in body.items()}


def _page_fault(
    context: CheckContext, op: ResourceOperation, created: list[CreatedItem], query: dict[str, Any]
) -> _PageFault | None:
    """What is wrong with the pages of the sorted list; None if nothing is, or it has too many pages."""
    made, wanted = created[0], {str(each.id) for each in created}
    read = read_pages(context, op, path=made.path, user=made.user, size=PAGE, most=MOST_PAGES, query=query)
    if not read.is_whole or any(each.status >= 400 for each in read.exchanges):
        return None
    found = [id for id in ids(made.resource, read.items) if id in wanted]
    if len(set(found)) < len(found):
        return _PageFault(f"{len(found) - len(set(found))} on two pages", read.exchanges)
    return _PageFault(f"{len(wanted - set(found))} on no page", read.exchanges) if set(found) < wanted else None


class _PageFault(NamedTuple):
    """What is wrong with the pages of a list, and the requests for them."""

    seen: str
    exchanges: list[RecordedExchange]


def _paged_places(contract: Contract) -> Iterator[Place]:
    """Sorted lists that have pages of a size that the client chooses."""
    for operation, statement, (resource, op, sort) in sort_places(contract):
        if op.behaviour.paging is not None and op.behaviour.paging.limit and op.behaviour.paging.position:
            yield operation, statement, (resource, op, sort)


CHECKS = (
    Check("sort-keeps-items", ("sort",), sort_places, sort_keeps_items),
    Check("sorted-pages", ("sort",), _paged_places, sorted_pages, quick=False),
)
