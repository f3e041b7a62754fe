"""Reading a list page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.client.pagination import following, largest_page, listed
from contracts.client.target import User
from contracts.model.finding import RecordedExchange
from contracts.model.resources import ResourceOperation
from contracts.runner.request_sender import RequestSender
from mockserver.behaviour.statements import FROM_DOCUMENT, Paging
from mockserver.inference.lists.paging import first_number
from mockserver.inference.names import words


@dataclass(slots=True)
class ListPages:
    """The pages of a list that were read, in order. `is_whole` is False if reading stopped before the end.

    `repeats` says that a page showed the same items as the one before, so that the list would never end.
    """

    pages: list[list[dict[str, Any]]] = field(default_factory=list)
    exchanges: list[RecordedExchange] = field(default_factory=list)
    is_whole: bool = False
    repeats: bool = False

    @property
    def items(self) -> list[dict[str, Any]]:
        """The items of all pages."""
        return [item for page in self.pages for item in page]

    @property
    def sizes(self) -> list[int]:
        """How many items each page has."""
        return [len(page) for page in self.pages]


def needs_words(op: ResourceOperation) -> bool:
    """Is a list a search, by the end of its path, to which a query may give a word? Without one it may find nothing."""
    is_search = words(op.operation.path.rpartition("/")[2])[-1:] == ("search",)
    return is_search and any(each.location == "query" for each in op.operation.parameters)


def read_pages(
    sender: RequestSender,
    op: ResourceOperation,
    *,
    path: Mapping[str, Any],
    user: User,
    size: int | None = None,
    most: int = 200,
    query: Mapping[str, Any],
) -> ListPages:
    """The pages of a list with paging, at most `most`. Without a `size` the pages are as large as the document allows.

    Raises as `RequestSender.send`, and CannotBuildRequest if a response does not say where the next page begins.
    """
    paging = op.behaviour.paging or Paging(style="page", evidence="assumed")
    size = size or paging.maximum or largest_page(sender.contract, op, paging.limit) or paging.default
    read, position = ListPages(), None
    for number in range(most):
        given = ({paging.limit: size} if paging.limit else {}) | dict(query)
        given |= {paging.position: position} if position is not None else {}
        exchange = sender.send(op, user=user, path=path, query=given)
        items = listed(op, exchange)
        read.repeats = bool(items) and len(read.pages) > 0 and items == read.pages[-1]
        read.pages.append(items)
        read.exchanges.append(exchange)
        seen = len(read.items)
        position = following(sender.shared.resources, op, exchange, items, number, seen, size)
        if position is not None and paging.style == "page":
            position += _shift(sender, op, paging, path, user, given, items)
        read.is_whole = position is None
        if read.is_whole or read.repeats:
            break
    return read


def _shift(
    sender: RequestSender,
    op: ResourceOperation,
    paging: Paging,
    path: Mapping[str, Any],
    user: User,
    given: Mapping[str, Any],
    items: list[dict[str, Any]],
) -> int:
    """By how much the numbers of pages differ from the statement, where the document does not say how they count.

    One more request finds it out: the page that is the same as the one without a number is the first.
    """
    known = sender.shared.page_shifts
    if op.name not in known:
        parameter = next((p for p in op.operation.parameters if p.name == paging.position), None)
        is_said = parameter is None or first_number(sender.contract.schemas, parameter) is not None
        known[op.name] = 0
        if not is_said and paging.evidence in FROM_DOCUMENT:
            other = 1 - paging.first
            by_number = {
                number: listed(op, sender.send(op, user=user, path=path, query={**given, paging.position: number}))
                for number in (paging.first, other)
            }
            is_other = by_number[paging.first] != items and by_number[other] == items
            known[op.name] = other - paging.first if is_other else 0
    return known[op.name]
