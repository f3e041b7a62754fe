"""Checks of paging: each item on exactly one page, and pages of the requested size."""

from __future__ import annotations

from collections.abc import Sequence

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
"""A position behind the end of any list of ours."""


def pages(context: CheckContext, resource: CheckedResource, op: ResourceOperation, paging: Paging) -> None:
    """Pages have the size asked for, no item comes twice, none is missed, and the last page says so."""
    made = [context.some_item(resource) for _ in range(5)]
    everything, _ = context.list_all(made[0])
    total = len(everything)
    for size in sorted({1, 2, total - 1, total, total + 1} - {0}):
        if not paging.position:
            _cut(context, resource, paging, made[0], size, ids(resource, everything))
        elif total / size < 30:
            _walked(context, resource, op, paging, made[0], size, ids(resource, everything))
    if paging.position:
        _positions(context, resource, op, paging, made[0], ids(resource, everything))


def _cut(
    context: CheckContext, resource: CheckedResource, paging: Paging, made: CreatedItem, size: int, wanted: list[str]
) -> None:
    """A list that has no further pages is cut to the size asked for."""
    seen = context.list_page(made, query={paging.limit: size})
    found = ids(resource, context.items(resource, seen))
    context.expect(
        found == wanted[:size],
        f"the first {min(size, len(wanted))} of {len(wanted)} items",
        f"{len(found)} items" if len(found) != len(wanted[:size]) else "others",
        seen,
        about="size",
    )


def _walked(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    paging: Paging,
    made: CreatedItem,
    size: int,
    wanted: list[str],
) -> None:
    items, asked = context.list_all(made, size=size, pages=len(wanted) + 3)
    seen = ids(resource, items)
    sizes = [len(context.items(resource, each)) for each in asked]
    told = f"{len(wanted)} items in pages of {size}"
    context.expect(
        all(n <= size for n in sizes), f"{told}: no page is larger", f"pages of {sizes}", *asked, about="size"
    )
    context.expect(
        all(n == size for n in sizes[:-1]),
        f"{told}: pages before the last are full",
        f"pages of {sizes}",
        *asked,
        about="full",
    )
    context.expect(
        len(set(seen)) == len(seen), f"{told}: no item comes twice", f"pages of {sizes}", *asked, about="twice"
    )
    context.expect(
        set(wanted) <= set(seen),
        f"{told}: no item is missed",
        f"{len(set(seen))} items in pages of {sizes}",
        *asked,
        about="missed",
    )
    context.expect(
        seen == wanted, f"{told}: the order does not depend on the pages", "another order", *asked, about="order"
    )
    full = -(-len(wanted) // size)
    context.expect(
        len(asked) <= full,
        f"{told}: {full} pages, of which the last says that it is",
        f"{len(asked)} pages",
        *asked[-2:],
        about="last",
    ) if op.reply_path("more") or op.reply_path("next") else None
    _flags(context, op, asked, len(wanted), told)
    _numbers(context, resource, op, paging, asked, size, len(wanted))


def _flags(
    context: CheckContext, op: ResourceOperation, asked: Sequence[RecordedExchange], total: int, told: str
) -> None:
    for index, exchange in enumerate(asked):
        last = index == len(asked) - 1
        more, following = op.reply_path("more"), op.reply_path("next")
        if more is not None:
            context.expect(
                value_at(exchange.json, more) is not last,
                f"{told}: page {index + 1} says whether more follow",
                repr(value_at(exchange.json, more)),
                exchange,
                about="more",
            )
        if following is not None:
            context.expect(
                (value_at(exchange.json, following) is None) is last,
                f"{told}: only the last page has no next one",
                repr(value_at(exchange.json, following)),
                exchange,
                about="next",
            )
        if op.reply_path("total") is not None:
            context.expect(
                value_at(exchange.json, op.reply_path("total")) == total,
                f"the total is {total} on every page",
                repr(value_at(exchange.json, op.reply_path("total"))),
                exchange,
                about="total",
            )


def _numbers(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    paging: Paging,
    asked: Sequence[RecordedExchange],
    size: int,
    total: int,
) -> None:
    """What a page says of itself: its number, its offset, its size."""
    for index, exchange in enumerate(asked):
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
                    f"{place[-1] if place else name} is {true[name]}",
                    repr(value_at(exchange.json, place)),
                    exchange,
                    about=name,
                )


def _positions(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    paging: Paging,
    made: CreatedItem,
    wanted: list[str],
) -> None:
    """Positions that no walk comes to: behind the end, in the middle, and before the beginning."""
    if len(wanted) < 3:
        return  # the list does not have what was created, which other promises tell
    if paging.style == "offset":
        for start in (0, 1, 2, len(wanted) - 1, len(wanted), BEYOND):
            seen = context.list_page(made, query={paging.limit: 2, paging.position: start})
            context.expect(
                ids(resource, context.items(resource, seen)) == wanted[start : start + 2],
                f"the items from number {start}",
                str(len(context.items(resource, seen))),
                seen,
                about="offset",
            )
    elif paging.style == "page":
        for number in (paging.first, paging.first + 1, BEYOND):
            seen = context.list_page(made, query={paging.limit: 2, paging.position: number})
            start = (number - paging.first) * 2
            context.expect(
                ids(resource, context.items(resource, seen)) == wanted[start : start + 2],
                f"page {number}",
                str(len(context.items(resource, seen))),
                seen,
                about="page",
            )
    else:
        seen = context.list_page(made, query={paging.limit: 2, paging.position: wanted[1]})
        context.expect(
            ids(resource, context.items(resource, seen)) == wanted[2:4],
            "the items after the cursor, without it",
            f"{len(context.items(resource, seen))} items",
            seen,
            about="cursor",
        )
        _backward(context, resource, paging, made, wanted)


def _backward(
    context: CheckContext, resource: CheckedResource, paging: Paging, made: CreatedItem, wanted: list[str]
) -> None:
    if paging.backward and len(wanted) >= 4:
        seen = context.list_page(made, query={paging.limit: 2, paging.backward: wanted[3]})
        context.expect(
            ids(resource, context.items(resource, seen)) == wanted[1:3],
            "the items just before the cursor",
            f"{len(context.items(resource, seen))} items",
            seen,
            about="backward",
        )


def page_limits(context: CheckContext, resource: CheckedResource, op: ResourceOperation, paging: Paging) -> None:
    """Page sizes are accepted up to both bounds, and refused or cut just beyond."""
    pointer = next((p.schema for p in op.operation.parameters if p.name == paging.limit), None)
    made = context.some_item(resource)
    least = context.contract.schemas.keyword(pointer, "minimum") if pointer else None
    most = context.contract.schemas.keyword(pointer, "maximum") if pointer else None
    for value in filter(None, (least, most)):
        seen = context.list_page(made, query={paging.limit: value})
        context.expect(
            seen.status == 200,
            f"{paging.limit}={value} is accepted",
            f"status {seen.status}",
            seen,
            about=f"accept {value}",
        )
    for value in ([least - 1] if least is not None else []) + ([most + 1] if most is not None else []):
        seen = context.list_page(made, query={paging.limit: value})
        context.expect(
            400 <= seen.status < 500,
            f"{paging.limit}={value} is refused",
            f"status {seen.status}",
            seen,
            about=f"refuse {value}",
        )


def page_default(context: CheckContext, resource: CheckedResource, op: ResourceOperation, paging: Paging) -> None:
    """Without a size, a page has as many items as is said."""
    capacity = min((c.limit for c in resource.behaviour.capacity), default=BEYOND)
    if paging.default + 1 > min(capacity, 130):
        raise CannotBuildRequest(f"{paging.default + 1} items would be needed")
    made = [context.create(resource) for _ in range(paging.default + 1)]
    seen = context.list_page(made[0])
    found = len(context.items(resource, seen))
    context.expect(
        found == paging.default, f"{paging.default} items where no size is asked for", f"{found} items", seen
    )
    check_total(context, op, len(context.list_all(made[0])[0]), seen)
    most = paging.maximum or largest_page(context.contract, op, paging.limit) or paging.default
    if most > paging.default:
        wide = context.list_page(made[0], query={paging.limit: paging.default + 1})
        context.expect(
            len(context.items(resource, wide)) == paging.default + 1,
            f"{paging.default + 1} items when asked for",
            f"{len(context.items(resource, wide))} items",
            wide,
            about="asked",
        )


def check_total(context: CheckContext, op: ResourceOperation, true: int, exchange: RecordedExchange) -> None:
    """A total counts what all pages show together."""
    if op.reply_path("total") is not None:
        told = value_at(exchange.json, op.reply_path("total"))
        context.expect(told == true, f"the total is {true}", repr(told), exchange, about="total")


CHECKS = (
    Check("paging", ("paging",), operation_statement("paging", "create", "list"), pages),
    Check("page-limits", ("paging",), operation_statement("paging", "create", "list"), page_limits, exclusive=False),
    Check("page-default", ("paging",), operation_statement("paging", "create", "list"), page_default, quick=False),
)
