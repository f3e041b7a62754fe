"""Check of links between pages: who follows them reads each item once, also in a list that a filter selects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from contracts.checks.lists.listed_items import ids
from contracts.checks.lists.page_links import selection
from contracts.checks.lists.paging import PagedList, paged_list, sizes
from contracts.client.pagination import POSITIONS, next_address
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.check import Check, Place, operation_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Paging
from mockserver.contract import Contract
from mockserver.inference.names import plain

SOURCE = "RFC 8288 (a link with the relation next leads to what comes next)"

NO_ADDRESS = ("cursor", "token", "marker", "id", "key")
"""How the name of a position ends that is no address."""

MOST_FOLLOWED = 12
"""So many links are followed at most."""


def followed_links(context: CheckContext, resource: CheckedResource, op: ResourceOperation, paging: Paging) -> None:
    """Who follows the links from page to page reads each item of the list once, also with a filter."""
    if not paging.limit:
        raise CannotBuildRequest("no parameter says how large a page is")
    target = paged_list(context, resource, op, paging)
    size = next((each for each in sizes(context, target, 5) if each > 1), 1)
    wanted = ids(resource, target.read(context).items)
    first = target.page(context, {paging.limit: size})[1]
    if next_address(op, first) is None:
        raise CannotBuildRequest("no page has the address of the next one")
    if size * MOST_FOLLOWED > len(wanted):
        _walk(context, target, {}, size, wanted, ())
    chosen = selection(context, target)
    if chosen is None or context.findings:
        return
    query, made = chosen
    listed, whole = target.page(context, query)
    _walk(context, target, query, size if size < len(listed) else 1, listed, (made.exchange, whole))


def _walk(
    context: CheckContext,
    target: PagedList,
    query: Mapping[str, Any],
    size: int,
    wanted: list[str],
    history: tuple[RecordedExchange, ...],
) -> None:
    """Follow the links of a list and compare what the pages show with the items of the list."""
    shown, exchange = target.page(context, {**query, target.paging.limit: size})
    if shown != wanted[:size]:
        return  # other checks say so
    found, read = list(shown), [exchange]
    while (address := next_address(target.op, read[-1])) is not None and len(read) <= MOST_FOLLOWED + 1:
        shown, exchange = target.page(context, dict(parse_qsl(urlsplit(address).query, keep_blank_values=True)))
        read.append(exchange)
        found += shown
        if shown != wanted[len(found) - len(shown) : len(found)] or exchange.status >= 300:
            break
    is_empty = not shown and len(found) == len(wanted)  # a last page without items is a habit of many services
    filtered = f", filtered by {', '.join(query)}," if query else ""
    context.expect(
        found == wanted and (is_empty or len(read) == -(-len(wanted) // size)),
        f"the links of the list{filtered} lead to its {len(wanted)} items, {size} on a page",
        _seen(found, wanted, read),
        *history,
        *read,
        about="filtered" if query else "followed",
    )


def _seen(found: list[str], wanted: list[str], read: list[RecordedExchange]) -> str:
    if read[-1].status >= 300:
        return f"a link answers {read[-1].status}"
    foreign = len({*found} - {*wanted})
    if foreign:
        return f"{foreign} items that are not in it"
    return "another order" if {*found} == {*wanted} else f"{len({*found})} items on {len(read)} pages"


def _places(contract: Contract) -> Iterator[Place]:
    """Lists whose pages may show an address: in the body, or with cursors in the `Link` header; else `page-links` looks."""
    for name, _, arguments in operation_statement("paging", "list")(contract):
        _, op, paging = arguments
        success = op.operation.success()
        headers = {each.name.lower() for each in success.headers} if success is not None else set()
        if _has_address(contract, op) or ("link" in headers and paging.style == "cursor"):
            text = "The link to the next page leads to the items that come next."
            yield name, StatementRef(name, "paging", "documented", SOURCE, text), arguments


def _has_address(contract: Contract, op: ResourceOperation) -> bool:
    """Does the body of a page have a text that may be the address of the next one?"""
    success, schemas = op.operation.success(), contract.schemas
    roots = [media.schema for media in success.content if media.schema] if success is not None else []
    outer = [each for root in roots for each in schemas.properties(root).items()]
    inner = [each for _, pointer in outer for each in schemas.properties(pointer).items()]
    return any(
        plain(name) in POSITIONS and not plain(name).endswith(NO_ADDRESS) and "string" in schemas.types(pointer)
        for name, pointer in (*outer, *inner)
    )


CHECKS = (Check("followed-links", ("paging",), _places, followed_links),)
