"""Check of lists without pages."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.checks.lists.listed_items import in_one_list, only
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

MANY = 26
"""Enough items to notice an undocumented page size; 10, 20 and 25 are common."""


def whole(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """A list without paging parameters contains all items."""
    capacity = min((statement.limit for statement in resource.behaviour.capacity), default=MANY)
    first = context.create(resource)
    room = capacity - len(context.list_all(first)[0])
    created = in_one_list(resource, [first, *(context.create(resource) for _ in range(min(MANY - 1, room)))])
    items, listing = context.list_all(created[-1])
    shown, wanted = len(only(resource, items, created)), len({str(each.id) for each in created})
    context.expect(
        shown == wanted,
        f"a list without paging parameters contains all {wanted} created items",
        f"{shown} of them",
        *listing,
    )


def _unpaged(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        if resource.can("create", "list") and resource.operations["list"].behaviour.paging is None:
            op = resource.operations["list"]
            yield (
                op.name,
                StatementRef(
                    op.name,
                    "http",
                    "documented",
                    "RFC 9110 section 15.3.1",
                    "The reply represents the whole list: no further page is documented.",
                ),
                (resource, op),
            )


CHECKS = (Check("unpaged-list", (), _unpaged, whole, quick=False),)
