"""Checks of paging: each item on exactly one page, and pages of the requested size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from contracts.checks.lists.listed_items import ids
from contracts.checks.lists.page_facts import check_end_of_list, check_page_numbers
from contracts.client.pagination import largest_page, listed
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import User
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.check import Check, operation_statement
from contracts.runner.context import CheckContext
from contracts.runner.list_pages import ListPages, read_pages
from mockserver.behaviour.statements import FROM_DOCUMENT, Paging
from mockserver.inference.lists.paging import first_number
from mockserver.inference.lists.paging_names import BACKWARD, ITEM_CURSORS
from mockserver.inference.names import plain

BEYOND = 1_000_000
"""A position after the end of any list."""

MOST_PAGES = 40
"""At most this many pages of a list are read for one size."""

MOST_BACKWARD = 4
"""With larger pages, the page before the fifth item is not full."""

FEWEST = 3
"""With fewer items, nothing can be said about pages."""


@dataclass(frozen=True, slots=True)
class PagedList:
    """The list that is checked: its operation and paging, and how to ask for it."""

    resource: CheckedResource
    op: ResourceOperation
    paging: Paging
    path: Mapping[str, Any]
    user: User

    def read(self, context: CheckContext, size: int | None = None, most: int = MOST_PAGES) -> ListPages:
        """The pages of the list."""
        return read_pages(context, self.op, path=self.path, user=self.user, size=size, most=most, query={})

    def page(self, context: CheckContext, query: Mapping[str, Any]) -> tuple[list[str], RecordedExchange]:
        """The ids on one page, and its exchange."""
        exchange = context.send(self.op, user=self.user, path=self.path, query=query)
        return ids(self.resource, listed(self.op, exchange)), exchange

    def guess(self) -> StatementRef:
        """The statement about a detail that correct services may do otherwise, if this one is not stated."""
        stated = StatementRef.of(self.op.name, "paging", self.paging)
        return replace(stated, evidence="inferred") if self.paging.evidence in FROM_DOCUMENT else stated


def pages(context: CheckContext, resource: CheckedResource, op: ResourceOperation, paging: Paging) -> None:
    """Pages have the requested size, each item is on exactly one page, and the last page says that it is the last."""
    check_pages(context, paged_list(context, resource, op, paging))


def check_pages(context: CheckContext, target: PagedList) -> None:
    """Read a list by pages of several sizes, and at other positions. Raises CannotBuildRequest if it has too few items."""
    resource, paging = target.resource, target.paging
    whole = target.read(context)
    if whole.repeats:
        return _report_repeated(context, target, whole)
    wanted = ids(resource, whole.items)
    if not whole.is_whole or len(wanted) < FEWEST:
        raise CannotBuildRequest(f"the list has {len(wanted)} items; between {FEWEST} and some hundreds are needed")
    if "None" in wanted:
        raise CannotBuildRequest(f"the list shows no {resource.behaviour.identity.field}")
    # Without a parameter for the size, pages have the size that the service gives them.
    chosen = sizes(context, target, len(wanted)) if paging.limit else whole.sizes[:1] * bool(paging.position)
    for size in chosen:
        if not paging.position:
            _check_limit(context, target, size, wanted)
        elif len(wanted) / size < MOST_PAGES - 10:
            _check_pages(context, target, size, wanted)
    if paging.position:
        _check_positions(context, target, wanted, next((size for size in chosen if size > 1), 0))
    return None


def paged_list(context: CheckContext, resource: CheckedResource, op: ResourceOperation, paging: Paging) -> PagedList:
    """The list with at least five items where items can be created, else with those that it has."""
    made = None
    if resource.can("create") and not context.target.read_only:
        made = [context.create(resource) for _ in range(5)][-1]
    return PagedList(resource, op, paging, made.path if made else {}, made.user if made else context.main_user)


def sizes(context: CheckContext, target: PagedList, total: int) -> list[int]:
    """The sizes of pages to ask for, as far as the document allows them."""
    pointer = target.op.query_schema(target.paging.limit)
    if pointer is None:
        return [target.paging.default]
    validator = context.contract.schemas.validator(pointer, "request")
    least = context.contract.schemas.keyword(pointer, "minimum")
    lowest = [int(least), int(least) + 1] if isinstance(least, int | float) and least > 1 else []
    found = {1, 2, *lowest, -(-total // 8), total - 1, total, total + 1} - {0}
    return [size for size in sorted(found) if validator.is_valid(size) and size <= _largest(context, target)]


def _largest(context: CheckContext, target: PagedList) -> int:
    """The largest page that a service surely gives: what the document allows, or else the usual size."""
    most = target.paging.maximum or largest_page(context.contract, target.op, target.paging.limit)
    is_guess = target.paging.evidence in FROM_DOCUMENT
    return most or (target.paging.default if is_guess else BEYOND)


def _report_repeated(context: CheckContext, target: PagedList, read: ListPages) -> None:
    context.report_violation(
        f"the page after {target.paging.position or 'the first'} has other items than the page before",
        "the same items again",
        *read.exchanges[-2:],
        about="twice",
    )


def _check_limit(context: CheckContext, target: PagedList, size: int, wanted: list[str]) -> None:
    """A list with a limit but without further pages has the first items, up to the limit."""
    found, response = target.page(context, {target.paging.limit: size})
    text = f"the first {min(size, len(wanted))} of {len(wanted)} items with {target.paging.limit}={size}"
    context.expect(len(found) <= size, text, f"{len(found)} items", response, about="size")
    if len(found) <= size:
        seen = f"{len(found)} items" if len(found) != len(wanted[:size]) else "other items"
        context.expect(found == wanted[:size], text, seen, response, about="first", statement=target.guess())


def _check_pages(context: CheckContext, target: PagedList, size: int, wanted: list[str]) -> None:
    """The laws of paging for one size. What is broken is read once more, because others may change the list too."""
    broken: list[_Broken] = []
    for _ in range(2):
        read = target.read(context, size, len(wanted) + 3)
        while read.exchanges and read.exchanges[-1].status >= 400:
            read.exchanges.pop(), read.pages.pop()  # a page after the last one may be an error
        if not read.exchanges:
            return  # `page-size-limits` reports a size that is refused
        context.compared += 1
        broken = list(_broken_laws(target, read, size, wanted))
        if not broken or set(ids(target.resource, target.read(context).items)) != set(wanted):
            break
    else:
        for law in broken:
            statement = None if law.is_law else target.guess()
            context.report_violation(law.expected, law.seen, *read.exchanges, about=law.about, statement=statement)
        return
    if not broken:
        check_end_of_list(context, target.op, target.guess(), read, len(wanted), size)
        check_page_numbers(context, target.op, target.guess(), read, size, len(wanted))


class _Broken(NamedTuple):
    """A sentence about pages that does not hold, and whether it is a law or a habit of most services."""

    about: str
    expected: str
    seen: str
    is_law: bool


def _broken_laws(target: PagedList, read: ListPages, size: int, wanted: list[str]) -> Iterator[_Broken]:
    found, full = ids(target.resource, read.items), [size for size in read.sizes if size]
    text = f"with {len(wanted)} items and {target.paging.limit or 'pages of'}={size}"
    shown, distinct, counts = f"pages of {read.sizes}", set(found), target.paging.style != "cursor"
    for about, holds, expected, seen, is_law in (
        ("size", all(n <= size for n in read.sizes), f"no page has more than {size} items", shown, True),
        ("full", all(n == size for n in full[:-1]), f"each page before the last has {size} items", shown, counts),
        ("twice", len(distinct) == len(found), "each item is on one page only", shown, True),
        (
            "missed",
            set(wanted) <= distinct,
            "the pages together contain all items",
            f"{len(distinct)} items in {shown}",
            True,
        ),
        (
            "order",
            found == wanted or distinct != set(wanted),
            "the items have the same order as without pages",
            "another order",
            True,
        ),
    ):
        if not holds:
            yield _Broken(about, f"{text}, {expected}", seen, is_law)


def _check_positions(context: CheckContext, target: PagedList, wanted: list[str], size: int) -> None:
    """Pages at other positions: in the middle, at the end and after it."""
    for page in _positions(context, target, wanted, size) if size else ():
        asked = {target.paging.limit: size} if target.paging.limit else {}
        found, response = target.page(context, asked | {page.parameter: page.position})
        if page.start >= len(wanted) and not found:
            continue  # an empty page, or an error
        if page.is_offered and _is_no_cursor(target, found, response, wanted):
            continue
        context.expect(
            found == wanted[page.start : page.start + page.length],
            page.expected,
            _shown(found, wanted),
            response,
            about=page.about,
        )
    if size and size <= MOST_BACKWARD and target.paging.limit and target.paging.evidence in FROM_DOCUMENT:
        _check_backward(context, target, wanted, size)


def _check_backward(context: CheckContext, target: PagedList, wanted: list[str], size: int) -> None:
    """The page before an item has those next to it in the list, and not the item itself.

    On which side they are depends on the service: before it in the list, or older. Some show the first ones instead.
    """
    paging, middle = target.paging, 4
    if not paging.backward or plain(paging.position) not in ITEM_CURSORS or len(wanted) <= middle:
        return
    found, response = target.page(context, {paging.limit: size, paging.backward: wanted[middle]})
    if _is_no_cursor(target, found, response, wanted):
        return
    sides = (wanted[middle - size : middle], wanted[middle + 1 : middle + 1 + size])
    context.expect(
        any(found in (list(side), list(reversed(side))) for side in sides),
        f"the page with {paging.backward} has the items next to it ({paging.backward})",
        _shown(found, wanted),
        response,
        about="backward",
    )


def _is_no_cursor(target: PagedList, found: list[str], response: RecordedExchange, wanted: list[str]) -> bool:
    """Is the id of an item no cursor here, so that it is refused or ignored? Then it is not documented as one."""
    is_refused = response.status >= 400 or not found or found[:1] == wanted[:1]
    return target.paging.evidence in FROM_DOCUMENT and is_refused


class _Position(NamedTuple):
    """A page: the parameter and the value that lead to it, the index of its first item, and how many it has.

    `is_offered` says that the position is not one of those that the service gave.
    """

    about: str
    parameter: str
    position: Any
    start: int
    length: int
    expected: str
    is_offered: bool = False


def _positions(context: CheckContext, target: PagedList, wanted: Sequence[str], size: int) -> Iterator[_Position]:
    name, total = target.paging.position, len(wanted)
    if target.paging.style == "offset":
        for start in sorted({0, 1, 2, total - 1, total, BEYOND}) if _counts_as_stated(context, target) else ():
            number = start + target.paging.first_item
            expected = f"{name}={number} shows the list from item {start + 1} on"
            yield _Position("offset", name, number, start, size, expected)
    elif target.paging.style == "page":
        first = target.paging.first + context.shared.page_shifts.get(target.op.name, 0)
        for page in (first, first + 1, BEYOND):
            start = (page - first) * size
            expected = f"{name}={page} shows {_numbered(range(start, min(start + size, total)))}, in pages of {size}"
            yield _Position("page", name, page, start, size, expected)
    else:
        yield from _cursors(target, wanted, size)


def _counts_as_stated(context: CheckContext, target: PagedList) -> bool:
    """Does the document not say another number of the first item than the statement?"""
    parameter = next((p for p in target.op.operation.parameters if p.name == target.paging.position), None)
    said = first_number(context.contract.schemas, parameter) if parameter is not None else None
    return said is None or said == target.paging.first_item


def _cursors(target: PagedList, wanted: Sequence[str], size: int) -> Iterator[_Position]:
    paging = target.paging
    is_given = paging.evidence in FROM_DOCUMENT
    if is_given and plain(paging.position) not in ITEM_CURSORS | BACKWARD:
        return
    expected = "the page after a cursor starts with the item after it"
    yield _Position("cursor", paging.position, wanted[1], 2, size, expected, is_given)
    if paging.backward and len(wanted) >= 4 and not is_given:
        expected = f"the page before a cursor has the items just before it ({paging.backward})"
        yield _Position("backward", paging.backward, wanted[3], max(3 - size, 0), min(size, 3), expected)


def _shown(found: Sequence[str], wanted: Sequence[str]) -> str:
    """The items of a page, by their numbers in the whole list."""
    return _numbered([wanted.index(id) if id in wanted else None for id in found])


def _numbered(indexes: Iterable[int | None]) -> str:
    numbers = ["?" if each is None else str(each + 1) for each in indexes]
    return f"item{'s' * (len(numbers) > 1)} {', '.join(numbers)} of the list" if numbers else "no items"


CHECKS = (Check("paging", ("paging",), operation_statement("paging", "list"), pages),)
