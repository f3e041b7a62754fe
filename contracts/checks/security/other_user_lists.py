"""Lists of another user: does one show or count an item of the first user?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts.checks.lists.listed_items import ids
from contracts.checks.security.access_attempts import Access, AccessAttempt, in_list
from contracts.cleanup.created_items import CreatedItem
from contracts.client.pagination import total_headers, total_of
from contracts.client.request_bodies import MARK
from contracts.client.target import User
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource, ResourceOperation, value_at
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements.lists import EVERY_FIELD

MOST_TEXTS = 4
"""At most so many texts of an item are searched for."""


def lists(context: CheckContext, access: Access) -> Iterator[AccessAttempt]:
    """The plain list, and the list with each filter that the item fits."""
    made = access.made
    op = made.resource.operations.get("list")
    if op is None or (made.resource.behaviour.parent and made.resource.leads_through_owner(op)):
        return  # a list below an item of the owner: tried with that item
    if not in_list(context, made, access.owner)[0]:
        return  # what the other user's list would have to show is not known
    there, exchanges = in_list(context, made, access.other)
    if exchanges[-1].status >= 300:
        return
    yield AccessAttempt("list", op, there, "the list contains it" if there else "", (made.exchange, exchanges[-1]))
    for name, value in _filters(op, access):
        exchange = context.list_page(made, user=access.other, query={name: value})
        found = exchange.status < 300 and str(made.id) in ids(made.resource, context.items(made.resource, exchange))
        yield AccessAttempt("filter", op, found, f"the list with {name}={value} contains it", (made.exchange, exchange))


def total(context: CheckContext, resource: CheckedResource, user: User) -> RecordedExchange | None:
    """The list of a user, if it says how many items there are."""
    op = resource.operations.get("list")
    is_said = op is not None and (op.reply_path("total") is not None or total_headers(op))
    if not is_said or resource.behaviour.parent:
        return None
    return context.list_page(resource, user=user)


def totals(context: CheckContext, access: Access, before: RecordedExchange | None) -> Iterator[AccessAttempt]:
    """The total of a list that hides the item. It counts it if the total grew by one with the item."""
    if before is None or access.is_listed is not False:
        return
    op = access.made.resource.operations["list"]
    after = context.list_page(access.made.resource, user=access.other)
    old, new = (_count(op, each) for each in (before, after))
    if old is not None and new is not None:
        seen = f"the total of a list that does not contain it grew from {old} to {new}"
        yield AccessAttempt("total", op, new == old + 1, seen, (before, access.made.exchange, after))


def _count(op: ResourceOperation, exchange: RecordedExchange) -> int | None:
    """The number of all items, as the body or a header says it."""
    found = value_at(exchange.json, op.reply_path("total"))
    return found if type(found) is int else total_of(op, exchange)


def _filters(op: ResourceOperation, access: Access) -> list[tuple[str, Any]]:
    """Query parameters that may find the item: those named after a field of it, and those that search for a text.

    Those about its owner come first.
    """
    known = {**access.made.sent, **access.own}
    named = [p.name for p in op.operation.parameters if p.location == "query"]
    values = [(n, known[n]) for n in named if isinstance(known.get(n), str | int) and not isinstance(known[n], bool)]
    first = sorted(values, key=lambda each: not any(w in each[0].lower() for w in ("owner", "user", "account")))[:3]
    return [*first, *_searches(op, access.made)]


def _searches(op: ResourceOperation, made: CreatedItem) -> list[tuple[str, Any]]:
    """Each text that only the item has, for each parameter that searches in every field."""
    texts = [value for value in made.sent.values() if isinstance(value, str) and MARK in value][:MOST_TEXTS]
    named = [each.parameter for each in op.behaviour.filter if each.field == EVERY_FIELD][:2]
    return [(name, text) for name in named for text in texts]
