"""Checks of the size of pages: the default, and the smallest and largest that the document allows."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from contracts.checks.lists.listed_items import ids
from contracts.checks.lists.page_facts import check_total
from contracts.checks.lists.paging import BEYOND, PagedList
from contracts.cleanup.created_items import CreatedItem
from contracts.client.pagination import largest_page, listed
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, value_at
from contracts.runner.check import Check, operation_statement
from contracts.runner.context import CheckContext
from contracts.runner.list_pages import read_pages
from mockserver.behaviour.statements import FROM_DOCUMENT, Paging
from mockserver.inference.names import plain
from mockserver.openapi import path_template

ENOUGH = 51
"""More items than most services show if they cut a page without saying so: at 10, 20, 25 or 50."""

MOST_CREATED = 130
"""At most this many items are created to fill the first page."""


def page_limits(context: CheckContext, resource: CheckedResource, op: ResourceOperation, paging: Paging) -> None:
    """The smallest and the largest documented page size are accepted; sizes beyond them are refused."""
    pointer = op.query_schema(paging.limit)
    least = context.contract.schemas.keyword(pointer, "minimum") if pointer else None
    most = context.contract.schemas.keyword(pointer, "maximum") if pointer else None
    if least is None and most is None:
        raise CannotBuildRequest(f"the document does not bound {paging.limit}")
    # Only a list below an owner needs an item: without one, a create that is refused hides nothing here.
    path = context.some_item(resource).path if path_template.names(op.operation.path) else {}
    plain_list = context.send(op, path=path)
    if plain_list.status >= 300:  # a part of the service that is off refuses every size
        raise CannotBuildRequest(f"{op.name} answers {plain_list.status} without {paging.limit}")
    _check_stated_default(context, op, paging, plain_list)
    for value in filter(None, (least, most)):
        response = context.send(op, path=path, query={paging.limit: value})
        context.expect_status(
            response.status == 200,
            f"a request with {paging.limit}={value} is accepted",
            response,
            about=f"accept {value}",
        )
    for value in ([least - 1] if least is not None else []) + ([most + 1] if most is not None else []):
        response = context.send(op, path=path, query={paging.limit: value})
        context.expect_status(
            400 <= response.status < 500,
            f"a request with {paging.limit}={value} is refused",
            response,
            about=f"refuse {value}",
            statement=PagedList(resource, op, paging, path, context.main_user).guess(),
        )


def _check_stated_default(
    context: CheckContext, op: ResourceOperation, paging: Paging, response: RecordedExchange
) -> None:
    """A page that says how many items it may have says the `default` of the schema if the request asks for no size."""
    pointer, place = op.query_schema(paging.limit), op.page_fact("limit")
    default = context.contract.schemas.keyword(pointer, "default") if pointer else None
    if default is None or place is None:
        return
    shown = value_at(response.json, place)
    if type(shown) is int:
        context.expect(
            shown == default,
            f"{place[-1]} of a page is {default} without {paging.limit}, the default of this parameter",
            f"{place[-1]} is {shown}",
            response,
            about="stated default",
            # Under another name it may be how many items this page has.
            statement=_of_default(context, op, paging) if plain(str(place[-1])) == plain(paging.limit) else _guess(op),
        )


def page_default(context: CheckContext, resource: CheckedResource, op: ResourceOperation, paging: Paging) -> None:
    """Without a requested size, a page has the stated default size."""
    capacity = min((c.limit for c in resource.behaviour.capacity), default=BEYOND)
    if paging.default + 1 > min(capacity, MOST_CREATED):
        raise CannotBuildRequest(f"{paging.default + 1} items would be needed")
    statement = _of_default(context, op, paging)
    created = [context.create(resource) for _ in range(paging.default + 1)]
    who: dict[str, Any] = {"user": created[-1].user, "path": created[-1].path}
    total = len(read_pages(context, op, **who, query={}).items)
    if total <= paging.default:
        raise CannotBuildRequest(f"the list shows {total} items; more than {paging.default} are needed")
    response = context.send(op, **who)
    found = len(listed(op, response))
    if statement is not None or _is_stated(paging):
        context.expect(
            found == paging.default,
            f"a page has {paging.default} items without {paging.limit or 'a size'}",
            f"{found} items",
            response,
            statement=statement,
        )
    check_total(context, op, total, response)
    most = paging.maximum or largest_page(context.contract, op, paging.limit) or paging.default
    if most > paging.default:
        _check_wide_page(context, resource, op, paging, created[-1], min(most, capacity))


def _check_wide_page(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    paging: Paging,
    created: CreatedItem,
    most: int,
) -> None:
    """A page of the largest size has as many items: it is not cut at a size that nothing states."""
    who: dict[str, Any] = {"user": created.user, "path": created.path}
    total = len(read_pages(context, op, **who, query={}).items)
    with suppress(CannotBuildRequest):
        for _ in range(min(most, ENOUGH) - total):
            context.create(resource)
    # Without a way to the next page, all that is known is what one page shows.
    step = paging.default if paging.position else None
    total = len(set(ids(resource, read_pages(context, op, **who, query={}, size=step).items)))
    for size in sorted({paging.default + 1, most}):
        wide = context.send(op, **who, query={paging.limit: size})
        shown, wanted = len(listed(op, wide)), min(size, total)
        expected = f"a page has {wanted} of {total} items with {paging.limit}={size}"
        # More than the pages together had: then pages lose items, which `paging` reports.
        if not context.expect(wanted <= shown <= size, expected, f"{shown} items", wide, about="asked"):
            return


def _of_default(context: CheckContext, op: ResourceOperation, paging: Paging) -> StatementRef | None:
    """What the default size follows from if it is the `default` of the schema; else None."""
    pointer = op.query_schema(paging.limit)
    if pointer and context.contract.schemas.keyword(pointer, "default") == paging.default:
        source = "JSON Schema Validation section 9.2 (default)"
        return StatementRef(op.name, "schema", "documented", source, f"{paging.limit} is {paging.default} by default.")
    return None


def _is_stated(paging: Paging) -> bool:
    """Is the default size stated? Where paging is inferred from names, it is a guess: any size is right."""
    return paging.evidence not in FROM_DOCUMENT or paging.evidence == "described"


def _guess(op: ResourceOperation) -> StatementRef:
    return StatementRef(op.name, "paging", "inferred", "", "The size of a page is a guess: nothing states it.")


CHECKS = (
    Check(
        "page-size-limits", ("paging",), operation_statement("paging", "create", "list"), page_limits, exclusive=False
    ),
    Check("default-page-size", ("paging",), operation_statement("paging", "create", "list"), page_default, quick=False),
)
