"""Check of the `Link` header of pages: `next` is there as long as another page follows, and `last` leads to the last.

RFC 8288 section 3 defines the header; the relations are those of the IANA registry (RFC 5005, RFC 5988).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from msgspec.structs import replace

from contracts.checks.lists.filter_values import two_values
from contracts.checks.lists.listed_items import ids
from contracts.checks.lists.paging import PagedList, paged_list
from contracts.cleanup.created_items import CreatedItem
from contracts.client.pagination import largest_page, link_targets, listed, next_address
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.link_sentences import next_only_before_more
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Paging
from mockserver.behaviour.statements.lists import EVERY_FIELD
from mockserver.contract import Contract

SOURCE = "RFC 8288 section 3 and the relations next, prev and last of its registry"


class _Page(NamedTuple):
    """A page by its position, counted from 0, its exchange, and the targets of its links by relation."""

    position: int
    exchange: RecordedExchange
    links: dict[str, str]


def page_links(context: CheckContext, resource: CheckedResource, op: ResourceOperation, paging: Paging) -> None:
    """The `Link` header of a page has `next` exactly if another page follows, and its targets are those pages."""
    target = paged_list(context, resource, op, paging)
    whole = target.read(context)
    wanted = ids(resource, whole.items)
    size = _size(context, target, len(wanted)) if whole.is_whole else 0
    if not size:
        raise CannotBuildRequest(f"{len(wanted)} items do not make three pages whose last one is not full")
    count = -(-len(wanted) // size)
    read = [_page(context, target, index, size) for index in (0, count // 2, count - 1)]
    shown = {relation for page in read for relation in page.links}
    if "next" not in shown:
        raise CannotBuildRequest("no page has a Link header with the relation next")
    for page in read:
        name = f"page {page.position + 1} of {count}, with {len(wanted)} items and {paging.limit}={size},"
        _check_relation(context, target, page, "next", name, follows=page.position < count - 1)
        if "prev" in shown:
            _check_relation(context, target, page, "prev", name, follows=page.position > 0)
        _check_targets(context, target, page, name, wanted, size)
    _check_full(context, target, wanted)
    if not context.findings:
        _check_filtered(context, target)


def _check_full(context: CheckContext, target: PagedList, wanted: list[str]) -> None:
    """The last page has no `next` either if it is just full, where the document says when there is one."""
    said = next_only_before_more(context.contract, target.op)
    most = min(len(wanted) // 2, largest_page(context.contract, target.op, target.paging.limit) or len(wanted))
    fitting = (size for size in range(most, 0, -1) if len(wanted) % size == 0 and _takes(context, target, size))
    size = next(fitting, 0)
    if said is None or not size:
        return
    page = _page(context, target, len(wanted) // size - 1, size)
    if ids(target.resource, listed(target.op, page.exchange)) != wanted[-size:]:
        return  # other checks say so
    text = "There is a link to the next page only if there are more items."
    context.expect(
        "next" not in page.links,
        f"the last page, which is just full with {size} of {len(wanted)} items, has no link with the relation next",
        f"Link: {page.exchange.header('link')}",
        page.exchange,
        about="next after a full page",
        statement=StatementRef(target.op.name, "paging", "described", said.source, text),
    )


def _check_filtered(context: CheckContext, target: PagedList) -> None:
    """The next page of a filtered list is filtered too: its link has the query parameters that the page was asked with.

    Without them a client that follows the links reads items that it did not ask for.
    """
    selected = selection(context, target)
    if selected is None:
        return
    query, made = selected
    wanted, whole = target.page(context, query)
    size = next((each for each in (2, 1) if _takes(context, target, each)), 0)
    if not size or len(wanted) <= size:
        return
    first, shown = target.page(context, {**query, target.paging.limit: size})
    link = link_targets(shown).get("next")
    if link is None or first != wanted[:size]:
        return  # other checks say so
    found, response = target.page(context, dict(parse_qsl(urlsplit(link).query)))
    context.expect(
        found == wanted[size : 2 * size],
        f"the next page of the list that is filtered by {', '.join(query)} shows the next items of this list",
        f"{len(set(found) - set(wanted))} items that do not match" if set(found) - set(wanted) else "other items",
        made.exchange,
        whole,
        shown,
        response,
        about="filtered",
    )


def selection(context: CheckContext, target: PagedList) -> tuple[dict[str, Any], CreatedItem] | None:
    """A query that selects three new items, and one of them; None if no filter takes a value of a new item."""
    resource = target.resource
    if not resource.can("create") or context.target.read_only:
        return None
    create = resource.operations["create"]
    # A text is one of our own, so that the list has no other items.
    known = context.bodies.properties(create)
    by_text = sorted(
        target.op.behaviour.filter, key=lambda each: "string" not in _types(context, known.get(each.field))
    )
    for statement in by_text:
        full = context.body(resource, full=True)
        every, is_list = statement.field == EVERY_FIELD, statement.field.endswith("[]")
        texts = context.bodies.free_text_fields(create, full) if every else [statement.field.removesuffix("[]")]
        is_query = (
            statement.location == "query" and statement.parameter and statement.compare in ("equal", "equal-any-case")
        )
        if not is_query or not texts or texts[0] not in context.bodies.properties(create):
            continue
        about = statement if is_list else replace(statement, field=texts[0])
        try:
            value, _ = two_values(context, resource, about)
            made = [context.create(resource, {**context.body(resource), texts[0]: value}) for _ in range(3)]
        except CannotBuildRequest:
            continue
        query = {statement.parameter: value[0] if is_list else value}  # a tag selects what has it among others
        listed, shown = target.page(context, query)
        if {str(each.id) for each in made} <= set(listed) and next_address(target.op, shown) is None:
            return query, made[0]
    return None


def _types(context: CheckContext, pointer: str | None) -> frozenset[str]:
    return context.contract.schemas.types(pointer) if pointer is not None else frozenset()


def _takes(context: CheckContext, target: PagedList, size: int) -> bool:
    """Does the document allow pages of that size?"""
    pointer = target.op.query_schema(target.paging.limit)
    return pointer is None or context.contract.schemas.validator(pointer, "request").is_valid(size)


def _check_relation(
    context: CheckContext, target: PagedList, page: _Page, relation: str, name: str, *, follows: bool
) -> None:
    """A link that is missing loses items; one too many leads to an empty page, as many services have it."""
    context.expect(
        (relation in page.links) is follows,
        f"{name} has {'a' if follows else 'no'} link with the relation {relation}",
        f"Link: {page.exchange.header('link')}",
        page.exchange,
        about=f"{relation} {'missing' if follows else 'superfluous'}",
        statement=None if follows and relation == "next" else target.guess(),
    )


def _check_targets(
    context: CheckContext, target: PagedList, page: _Page, name: str, wanted: list[str], size: int
) -> None:
    """The links lead to the items that come next, and to the last ones."""
    last = (len(wanted) - 1) // size * size
    for relation, start in (("next", (page.position + 1) * size), ("last", last)):
        if relation in page.links and start < len(wanted):
            query = dict(parse_qsl(urlsplit(page.links[relation]).query))
            found, response = target.page(context, query)
            context.expect(
                found == wanted[start : start + size],
                f"{name} links to the items from index {start} on by the relation {relation}",
                f"{len(found)} other items" if found else "no items",
                page.exchange,
                response,
                about=f"{relation} target",
            )


def _page(context: CheckContext, target: PagedList, index: int, size: int) -> _Page:
    paging = target.paging
    shift = context.shared.page_shifts.get(target.op.name, 0)
    position = index + paging.first + shift if paging.style == "page" else index * size + paging.first_item
    exchange = target.page(context, {paging.limit: size, paging.position: position})[1]
    if exchange.status != 200:
        raise CannotBuildRequest(f"page {index + 1} was refused with {exchange.status}, which other checks report")
    return _Page(index, exchange, link_targets(exchange))


def _size(context: CheckContext, target: PagedList, total: int) -> int:
    """A size that gives a few pages and leaves room on the last one; 0 if there is none."""
    most = min(total, largest_page(context.contract, target.op, target.paging.limit) or total)
    fitting = (size for size in range(2, most + 1) if total % size and 3 <= -(-total // size) <= 12)
    return next((size for size in fitting if _takes(context, target, size)), 0)


def _places(contract: Contract) -> Iterator[Place]:
    """Lists with numbered pages whose success documents a `Link` header."""
    for resource in checked_resources(contract).values():
        op = resource.operations.get("list")
        paging = op.behaviour.paging if op is not None else None
        if op is None or paging is None or paging.style == "cursor" or not paging.limit or not paging.position:
            continue
        success = op.operation.success()
        if success is not None and any(header.name.lower() == "link" for header in success.headers):
            text = "The Link header of a page leads to the next one."
            yield op.name, StatementRef(op.name, "http", "documented", SOURCE, text), (resource, op, paging)


CHECKS = (Check("page-links", ("paging",), _places, page_links),)
