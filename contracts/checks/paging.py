"""Checks of paging: each item on exactly one page, and pages of the requested size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from contracts.checks.item_view import as_json
from contracts.checks.lists import ids
from contracts.cleanup.created_items import CreatedItem
from contracts.client.pagination import largest_page
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource, ResourceOperation, value_at
from contracts.runner.check import Check, operation_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Paging

BEYOND = 1_000_000
"""A position after the end of any list."""


def pages(context: CheckContext, resource: CheckedResource, op: ResourceOperation, paging: Paging) -> None:
    """Pages have the requested size, each item is on exactly one page, and the last page says that it is the last."""
    created = [context.some_item(resource) for _ in range(5)]
    everything, _ = context.list_all(created[0])
    total = len(everything)
    for size in sorted({1, 2, total - 1, total, total + 1} - {0}):
        if not paging.position:
            _check_limit(context, resource, paging, created[0], size, ids(resource, everything))
        elif total / size < 30:
            _check_pages(context, resource, op, paging, created[0], size, ids(resource, everything))
    if paging.position:
        _check_positions(context, resource, paging, created[0], ids(resource, everything))


def _check_limit(
    context: CheckContext, resource: CheckedResource, paging: Paging, created: CreatedItem, size: int, wanted: list[str]
) -> None:
    """A list with a limit but without further pages has the first items, up to the limit."""
    response = context.list_page(created, query={paging.limit: size})
    found = ids(resource, context.items(resource, response))
    context.expect(
        found == wanted[:size],
        f"the first {min(size, len(wanted))} of {len(wanted)} items with {paging.limit}={size}",
        f"{len(found)} items" if len(found) != len(wanted[:size]) else "other items",
        response,
        about="size",
    )


def _check_pages(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    paging: Paging,
    created: CreatedItem,
    size: int,
    wanted: list[str],
) -> None:
    items, listing = context.list_all(created, size=size, pages=len(wanted) + 3)
    listed_ids = ids(resource, items)
    sizes = [len(context.items(resource, each)) for each in listing]
    text = f"with {len(wanted)} items and {paging.limit}={size}"
    shown, distinct = f"pages of {sizes}", set(listed_ids)
    for about, holds, expected, seen in (
        ("size", all(n <= size for n in sizes), f"no page has more than {size} items", shown),
        ("full", all(n == size for n in sizes[:-1]), f"each page before the last has {size} items", shown),
        ("twice", len(distinct) == len(listed_ids), "each item is on one page only", shown),
        (
            "missed",
            set(wanted) <= distinct,
            "the pages together contain all items",
            f"{len(distinct)} items in {shown}",
        ),
        ("order", listed_ids == wanted, "the items have the same order as without pages", "another order"),
    ):
        context.expect(holds, f"{text}, {expected}", seen, *listing, about=about)
    if op.reply_path("more") or op.reply_path("next"):
        full = -(-len(wanted) // size)
        context.expect(
            len(listing) <= full,
            f"{text}, the reply to page {full} says that it is the last",
            f"page {len(listing)} was needed to find the end",
            *listing[-2:],
            about="last",
        )
    _check_end_of_list(context, op, listing, len(wanted), text)
    _check_page_numbers(context, resource, op, paging, listing, size, len(wanted))


def _check_end_of_list(
    context: CheckContext, op: ResourceOperation, listing: Sequence[RecordedExchange], total: int, text: str
) -> None:
    for index, exchange in enumerate(listing):
        last = index == len(listing) - 1
        more, following = op.reply_path("more"), op.reply_path("next")
        if more is not None:
            context.expect(
                value_at(exchange.json, more) is not last,
                f"{text}, page {index + 1} says {'no ' * last}more pages follow",
                as_json(value_at(exchange.json, more)),
                exchange,
                about="more",
            )
        if following is not None:
            context.expect(
                (value_at(exchange.json, following) is None) is last,
                f"{text}, page {index + 1} has {'no' if last else 'a'} next page",
                as_json(value_at(exchange.json, following)),
                exchange,
                about="next",
            )
        if op.reply_path("total") is not None:
            context.expect(
                value_at(exchange.json, op.reply_path("total")) == total,
                f"the total is {total} on each page",
                as_json(value_at(exchange.json, op.reply_path("total"))),
                exchange,
                about="total",
            )


def _check_page_numbers(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    paging: Paging,
    listing: Sequence[RecordedExchange],
    size: int,
    total: int,
) -> None:
    """The page number, offset, limit and count that each page states are right."""
    for index, exchange in enumerate(listing):
        true = {
            "page": paging.first + index,
            "pages": -(-total // size),
            "offset": index * size,
            "limit": size,
            "count": len(context.items(resource, exchange)),
        }
        for name in ("count", "limit", *(("page", "pages", "offset") if paging.style != "cursor" else ())):
            place = op.reply_path(name)
            if place is not None:
                context.expect(
                    value_at(exchange.json, place) == true[name],
                    f"page {index + 1} has {place[-1] if place else name}: {true[name]}",
                    as_json(value_at(exchange.json, place)),
                    exchange,
                    about=name,
                )


def _check_positions(
    context: CheckContext, resource: CheckedResource, paging: Paging, created: CreatedItem, wanted: list[str]
) -> None:
    """Pages at other positions: in the middle, at the end and after it."""
    # A list that lacks created items is reported by other checks.
    for page in _positions(paging, wanted) if len(wanted) >= 3 else ():
        response = context.list_page(created, query={paging.limit: 2, page.parameter: page.position})
        items = context.items(resource, response)
        context.expect(
            ids(resource, items) == wanted[page.start : page.start + 2],
            page.expected,
            _shown(resource, items, wanted),
            response,
            about=page.about,
        )


class _Position(NamedTuple):
    """A page of two items: the parameter and the value that lead to it, and the index of its first item."""

    about: str
    parameter: str
    position: Any
    start: int
    expected: str


def _positions(paging: Paging, wanted: Sequence[str]) -> Iterator[_Position]:
    name = paging.position
    if paging.style == "offset":
        for start in (0, 1, 2, len(wanted) - 1, len(wanted), BEYOND):
            expected = f"the items from index {start} on with {name}={start}"
            yield _Position("offset", name, start, start, expected)
    elif paging.style == "page":
        for page in (paging.first, paging.first + 1, BEYOND):
            expected = f"the items of page {page} with {name}={page}"
            yield _Position("page", name, page, (page - paging.first) * 2, expected)
    else:
        yield _Position("cursor", name, wanted[1], 2, "the page after a cursor starts with the item after it")
        if paging.backward and len(wanted) >= 4:
            expected = f"the page before a cursor has the items just before it ({paging.backward})"
            yield _Position("backward", paging.backward, wanted[3], 1, expected)


def _shown(resource: CheckedResource, items: Sequence[Any], wanted: Sequence[str]) -> str:
    """The items of a page, by their index in the whole list."""
    numbers = [str(wanted.index(id)) if id in wanted else "?" for id in ids(resource, items)]
    return f"the items with index {', '.join(numbers)}" if numbers else "no items"


def page_limits(context: CheckContext, resource: CheckedResource, op: ResourceOperation, paging: Paging) -> None:
    """The smallest and the largest documented page size are accepted; sizes beyond them are refused."""
    pointer = next((p.schema for p in op.operation.parameters if p.name == paging.limit), None)
    created = context.some_item(resource)
    least = context.contract.schemas.keyword(pointer, "minimum") if pointer else None
    most = context.contract.schemas.keyword(pointer, "maximum") if pointer else None
    for value in filter(None, (least, most)):
        response = context.list_page(created, query={paging.limit: value})
        context.expect_status(
            response.status == 200,
            f"a request with {paging.limit}={value} is accepted",
            response,
            about=f"accept {value}",
        )
    for value in ([least - 1] if least is not None else []) + ([most + 1] if most is not None else []):
        response = context.list_page(created, query={paging.limit: value})
        context.expect_status(
            400 <= response.status < 500,
            f"a request with {paging.limit}={value} is refused",
            response,
            about=f"refuse {value}",
        )


def page_default(context: CheckContext, resource: CheckedResource, op: ResourceOperation, paging: Paging) -> None:
    """Without a requested size, a page has the stated default size."""
    capacity = min((c.limit for c in resource.behaviour.capacity), default=BEYOND)
    if paging.default + 1 > min(capacity, 130):
        raise CannotBuildRequest(f"{paging.default + 1} items would be needed")
    created = [context.create(resource) for _ in range(paging.default + 1)]
    response = context.list_page(created[0])
    found = len(context.items(resource, response))
    context.expect(
        found == paging.default, f"a page has {paging.default} items without {paging.limit}", f"{found} items", response
    )
    check_total(context, op, len(context.list_all(created[0])[0]), response)
    most = paging.maximum or largest_page(context.contract, op, paging.limit) or paging.default
    if most > paging.default:
        wide = context.list_page(created[0], query={paging.limit: paging.default + 1})
        context.expect(
            len(context.items(resource, wide)) == paging.default + 1,
            f"a page has {paging.default + 1} items with {paging.limit}={paging.default + 1}",
            f"{len(context.items(resource, wide))} items",
            wide,
            about="asked",
        )


def check_total(context: CheckContext, op: ResourceOperation, true: int, exchange: RecordedExchange) -> None:
    """A total counts the items of all pages."""
    if op.reply_path("total") is not None:
        total = value_at(exchange.json, op.reply_path("total"))
        context.expect(total == true, f"the total is {true}", as_json(total), exchange, about="total")


CHECKS = (
    Check("paging", ("paging",), operation_statement("paging", "create", "list"), pages),
    Check(
        "page-size-limits", ("paging",), operation_statement("paging", "create", "list"), page_limits, exclusive=False
    ),
    Check("default-page-size", ("paging",), operation_statement("paging", "create", "list"), page_default, quick=False),
)
