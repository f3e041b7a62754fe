"""Promises about lists: their order, how they are cut into pages, narrowed and sorted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from contracts.checks.timestamps import moment_of
from contracts.cleanup.created_items import CreatedItem
from contracts.client.pagination import following, largest_page
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, value_at
from contracts.runner.check import Check, Place, operation_statement, resource_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Filter, Order, Paging, Sort
from mockserver.contract import Contract

BEYOND = 1_000_000
"""A position behind the end of any list of ours."""

MANY = 26
"""So many items show a page whose size nobody told: 10, 20 and 25 are usual."""


def order(context: CheckContext, resource: CheckedResource, statement: Order) -> None:
    """A list is in the order that is said, also after a change."""
    made = [context.create(resource) for _ in range(4)]
    if resource.can("update"):
        for name in [
            n for n in context.bodies.properties(resource.operations["update"]) if isinstance(made[0].sent.get(n), str)
        ][:1]:
            context.update(
                made[1], {name: context.bodies.other(resource.operations["update"], name, made[1].sent[name], "order")}
            )
    items, asked = context.list_all(made[0])
    ours = only(resource, items, made)
    history = (*(m.exchange for m in made), *asked)
    if statement.by == "creation":
        wanted = [str(m.id) for m in (reversed(made) if statement.direction == "descending" else made)]
        context.expect(
            ids(resource, ours) == wanted,
            f"by creation, {statement.direction}",
            _places(ids(resource, ours), wanted),
            *history,
        )
    else:
        values = [item.get(statement.by) for item in ours]
        context.expect(
            values == _sorted(values, statement.direction == "descending"),
            f"by {statement.by}, {statement.direction}",
            repr(values),
            *history,
        )


def _places(seen: Sequence[str], wanted: Sequence[str]) -> str:
    return "the items made as number " + ", ".join(str(wanted.index(id) + 1) for id in seen if id in wanted)


def _sorted(values: list[Any], backwards: bool) -> list[Any]:
    try:
        return sorted(values, reverse=backwards)
    except TypeError:
        return values


def ids(resource: CheckedResource, items: Sequence[Any]) -> list[str]:
    """The ids of items as texts."""
    return [str(item.get(resource.behaviour.identity.field)) for item in items]


def only(resource: CheckedResource, items: Sequence[Any], made: Sequence[CreatedItem]) -> list[Any]:
    """The items that are ours."""
    wanted = {str(each.id) for each in made}
    return [item for item in items if str(item.get(resource.behaviour.identity.field)) in wanted]


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
    _counted(context, op, len(context.list_all(made[0])[0]), seen)
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


def _counted(context: CheckContext, op: ResourceOperation, true: int, exchange: RecordedExchange) -> None:
    """A total counts what all pages show together."""
    if op.reply_path("total") is not None:
        told = value_at(exchange.json, op.reply_path("total"))
        context.expect(told == true, f"the total is {true}", repr(told), exchange, about="total")


def whole(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """A list that has no pages shows everything."""
    capacity = min((statement.limit for statement in resource.behaviour.capacity), default=MANY)
    made = [context.create(resource) for _ in range(min(MANY, capacity - len(context.list_all(resource)[0])))]
    if not made:
        raise CannotBuildRequest("there is no room for items")
    items, asked = context.list_all(made[0])
    shown = len(only(resource, items, made))
    context.expect(
        shown == len(made), f"all of {len(made)} items, since the list has no pages", f"{shown} of them", *asked
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
                    "The reply represents the list, and says nothing of a further page.",
                ),
                (resource, op),
            )


def walk_while_changing(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, paging: Paging
) -> None:
    """Walking by cursor while others create and delete shows nothing twice and misses nothing that was there all along."""
    if paging.style != "cursor":
        return
    _walk_on(context, resource, op, paging, 0)
    if resource.can("delete") and paging.unknown_position != "missing" and resource.behaviour.order.by == "creation":
        _walk_on(context, resource, op, paging, -1)


def _walk_on(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, paging: Paging, place: int
) -> None:
    """Walk while one of the first page's items, the first or that of the cursor, is removed."""
    made = [context.create(resource) for _ in range(6)]
    first = context.list_page(made[0], query={paging.limit: 2})
    shown = context.items(resource, first)
    added = [context.create(resource) for _ in range(2)]  # more than are removed: the pages shift for who counts
    ours = only(resource, shown, made)
    gone = next((m for m in made if ours and str(m.id) == ids(resource, ours)[place]), None) if len(shown) > 1 else None
    removed = [context.delete(gone)] if gone and resource.can("delete") else []
    position: Any = following(context.shared.resources, op, first, shown, 0, len(shown), 2)
    asked, found = [first], ids(resource, shown)
    while position is not None and len(asked) < 60:
        asked.append(context.list_page(made[0], query={paging.limit: 2, paging.position: position}))
        items = context.items(resource, asked[-1])
        found += ids(resource, items)
        position = following(context.shared.resources, op, asked[-1], items, 0, 0, 2)
    statement = (
        StatementRef(op.name, "paging", "inferred", "", "A cursor stays good when its item is removed.")
        if place
        else None
    )
    stable = [str(m.id) for m in made if m is not gone]
    history = (asked[0], *(each.exchange for each in added), *removed, *asked[1:])
    context.expect(
        len(found) == len(set(found)),
        "no item comes twice",
        f"{len(found) - len(set(found))} do",
        *history,
        about="twice",
        statement=statement,
    )
    context.expect(
        set(stable) <= set(found),
        "every item that stays is seen",
        f"{len(set(stable) - set(found))} are missed",
        *history,
        about="missed",
        statement=statement,
    )


def filters(context: CheckContext, resource: CheckedResource, op: ResourceOperation, statement: Filter) -> None:
    """A filter lets through what it says and nothing else."""
    create = resource.operations["create"]
    properties = context.bodies.properties(create)
    if statement.field not in properties:
        raise CannotBuildRequest(f"a client does not set {statement.field}")
    if statement.parameter and statement.equals is None:
        return _filtered(context, resource, op, statement)
    inside = context.create(resource, context.body(resource) | {statement.field: statement.equals})
    value = context.bodies.other(create, statement.field, statement.equals, context.check)
    outside = context.create(resource, context.body(resource) | {statement.field: value})
    items, asked = context.list_all(inside)
    told = f"only items whose {statement.field} is {statement.equals!r}"
    _lets(context, resource, items, [inside], [outside], asked, told)
    _in_pages(context, resource, op, {}, inside, value, statement, told)
    if statement.parameter and statement.unless is not None:
        items, asked = context.list_all(inside, query={statement.parameter: statement.unless})
        _lets(
            context,
            resource,
            items,
            [inside, outside],
            [],
            asked,
            f"all items with {statement.parameter}={statement.unless}",
        )
    return None


def _in_pages(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    query: dict[str, Any],
    inside: CreatedItem,
    value: Any,
    statement: Filter,
    told: str,
) -> None:
    """What does not fit takes no room on a page, and is not counted."""
    paging = op.behaviour.paging
    if paging is None or value is None:
        return
    wanted = inside.sent[statement.field]
    outside = [context.create(resource, context.body(resource) | {statement.field: value}) for _ in range(3)]
    last = context.create(resource, context.body(resource) | {statement.field: wanted})
    items, asked = context.list_all(inside, size=2, query=query)
    _lets(context, resource, items, [inside, last], outside, asked, f"{told}, in pages of 2")
    sizes = [len(context.items(resource, each)) for each in asked]
    context.expect(
        all(size == 2 for size in sizes[:-1]),
        f"{told}: pages before the last are full",
        f"pages of {sizes}",
        *asked,
        about="full",
    )
    for each in asked:
        _counted(context, op, len(items), each)


def _filtered(context: CheckContext, resource: CheckedResource, list_act: ResourceOperation, statement: Filter) -> None:
    op = resource.operations["create"]
    first = context.body(resource, full=statement.field not in context.body(resource))
    if statement.field not in first or first[statement.field] is None:
        raise CannotBuildRequest(f"no value for {statement.field}")
    value = first[statement.field]
    other = context.bodies.other(op, statement.field, value, context.check)
    inside = context.create(resource, first)
    outside = context.create(resource, context.body(resource) | {statement.field: other})
    for mine, theirs in ((inside, outside), (outside, inside)):
        wanted = mine.sent[statement.field]
        items, asked = context.list_all(mine, query={statement.parameter: wanted})
        told = f"only items whose {statement.field} is {wanted!r}"
        _lets(context, resource, items, [mine], [theirs], asked, told)
    wanted = inside.sent[statement.field]
    _in_pages(
        context,
        resource,
        list_act,
        {statement.parameter: wanted},
        inside,
        other,
        statement,
        f"only items whose {statement.field} is {wanted!r}",
    )


def _lets(
    context: CheckContext,
    resource: CheckedResource,
    items: Sequence[Any],
    inside: list[CreatedItem],
    outside: list[CreatedItem],
    asked: Sequence[RecordedExchange],
    expected: str,
) -> None:
    seen = set(ids(resource, items))
    history = (*(m.exchange for m in (*inside, *outside)), *asked)
    context.expect(
        all(str(m.id) in seen for m in inside), expected, "one that fits is missing", *history, about="misses"
    )
    context.expect(
        not any(str(m.id) in seen for m in outside), expected, "one that does not fit is there", *history, about="leaks"
    )


def sort(context: CheckContext, resource: CheckedResource, op: ResourceOperation, statement: Sort) -> None:
    """A list is ordered by the field that is asked for, in both directions."""
    pointer = next((p.schema for p in op.operation.parameters if p.name == statement.parameter), None)
    choices = context.contract.schemas.keyword(pointer, "enum") if pointer else None
    made = [context.create(resource, body) for body in _various(context, resource)]
    fields = [str(c).lstrip("+-") for c in choices or [n for n, v in made[0].sent.items() if isinstance(v, str)][:2]]
    for field in dict.fromkeys(fields):
        for backwards in (False, True):
            _in_order(context, resource, statement, made, field, backwards, choices)


def _various(context: CheckContext, resource: CheckedResource) -> list[dict[str, Any]]:
    """Bodies that differ in every field that can differ."""
    op, found = resource.operations["create"], [context.body(resource, full=True)]
    for _ in range(3):
        body = context.body(resource, full=True)
        for name in context.bodies.properties(op):
            value = context.bodies.unlike(op, name, [each.get(name) for each in found], context.check)
            free = name not in resource.server_fields | resource.rule_fields and not (
                isinstance(body.get(name), str) and "-" in body[name]
            )
            if value is not None and free and context.bodies.accepts(op, body | {name: value}):
                body[name] = value
        found.append(body)
    return [found[i] for i in (2, 0, 3, 1)]


def _in_order(
    context: CheckContext,
    resource: CheckedResource,
    statement: Sort,
    made: list[CreatedItem],
    field: str,
    backwards: bool,
    choices: Any,
) -> None:
    asked_for = field if statement.direction or not backwards else f"-{field}"
    if choices and asked_for not in choices:
        return
    query = {statement.parameter: asked_for} | (
        {statement.direction: "desc" if backwards else "asc"} if statement.direction else {}
    )
    for size in (None, 2) if resource.operations["list"].behaviour.paging else (None,):
        items, asked = context.list_all(made[0], query=query, size=size)
        values = [_comparable(item.get(field)) for item in only(resource, items, made)]
        pairs = [(a, b) if not backwards else (b, a) for a, b in pairwise(values) if a is not None and b is not None]
        told = f"by {field}{' backwards' * backwards}{', in pages of 2' if size else ''}"
        context.expect(
            all(type(a) is not type(b) or a <= b for a, b in pairs), told, repr(values), *asked, about=asked_for
        )


def _comparable(value: Any) -> Any:
    return (moment_of(value) or value) if isinstance(value, str) else value if isinstance(value, int | float) else None


CHECKS = (
    Check("order", ("order",), resource_statement("order", "list", "create"), order),
    Check("paging", ("paging",), operation_statement("paging", "create", "list"), pages),
    Check("page-limits", ("paging",), operation_statement("paging", "create", "list"), page_limits, exclusive=False),
    Check("page-default", ("paging",), operation_statement("paging", "create", "list"), page_default, quick=False),
    Check("paging-under-change", ("paging",), operation_statement("paging", "create", "list"), walk_while_changing),
    Check("whole-list", (), _unpaged, whole, quick=False),
    Check("filter", ("filter",), operation_statement("filter", "create", "list"), filters),
    Check("sort", ("sort",), operation_statement("sort", "create", "list"), sort),
)  # fmt: skip
