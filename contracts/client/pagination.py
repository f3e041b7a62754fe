"""Pagination: the items and the facts of a page, the largest page, and the position of the next page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource, Path, ResourceOperation, value_at
from mockserver.behaviour.statements import FROM_DOCUMENT, Paging
from mockserver.contract import Contract
from mockserver.inference.lists.paging_names import TOKENS
from mockserver.inference.names import plain

LINK = re.compile(r"<([^>]*)>([^<]*)")
"""One link of a `Link` header, and its parameters (RFC 8288 section 3)."""

NEXT = re.compile(r"""\brel\s*=\s*("[^"]*\bnext\b[^"]*"|'next'|next\b)""", re.IGNORECASE)

RELATIONS = re.compile(r"""\brel\s*=\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))""", re.IGNORECASE)
"""The relations of a link; there may be several (RFC 8288 section 3.3)."""

POSITIONS = frozenset((
    "next", "nextcursor", "nextpagetoken", "nexttoken", "nextpage", "continuationtoken", "nextmarker", "continuation",
    "endcursor", "nextid", "nextlink", "nexturl", "nextpageurl", "nextpagecursor", "lastevaluatedkey", "continue",
))  # fmt: skip
"""Names of properties that lead to the next page, by `plain` name, wherever a reply without a template has them."""

TOTALS = ("x-total-count", "x-total", "total-count", "x-pagination-total-count", "x-total-items", "x-wp-total")
"""Names of the header with the number of all items."""

CONTENT_RANGE = "content-range"

RANGE = re.compile(r"(?:[\w-]+[ =])?(?:(\d+)-(\d+)|\*)/(\d+|\*)")
"""The value of a header `Content-Range` (RFC 9110 section 14.4). Some services leave out the unit."""

USUAL_CAPS = frozenset((5, 10, 15, 20, 25, 30, 40, 50, 100))
"""Sizes at which a service may cut a page that should be larger, without saying so."""


def listed(op: ResourceOperation, exchange: RecordedExchange) -> list[dict[str, Any]]:
    """The items in a list response."""
    return op.items_in(exchange.json) or []


def following(
    known: Mapping[str, CheckedResource],
    op: ResourceOperation,
    exchange: RecordedExchange,
    items: Sequence[Mapping[str, Any]],
    page: int,
    seen: int,
    size: int,
) -> Any:
    """The position of the next page, according to the response; None if this is the last page.

    Raises CannotBuildRequest if the response does not say where the next page begins.
    """
    paging = op.behaviour.paging
    if paging is None or not paging.position or not items:
        return None
    if paging.style == "cursor":
        return _next_cursor(known, op, paging, exchange, items, size)
    if not _has_more(op, paging, exchange, items, seen, size):
        return None
    return {"offset": seen + paging.first_item, "page": paging.first + page + 1}[paging.style]


def _has_more(
    op: ResourceOperation,
    paging: Paging,
    exchange: RecordedExchange,
    items: Sequence[Mapping[str, Any]],
    seen: int,
    size: int,
) -> bool:
    """Do more items follow? So says a flag, or the total, or that the page is full.

    A service without a behaviour file may cut pages at a size of its own; then the next page is worth a look.
    """
    place = op.page_fact("more")
    if place is not None and isinstance(value_at(exchange.json, place), bool):
        return bool(value_at(exchange.json, place))
    total = total_of(op, exchange)
    is_cut = paging.evidence in FROM_DOCUMENT and not paging.maximum and len(items) in USUAL_CAPS
    return len(items) >= size or is_cut or (total is not None and seen < total)


def _next_cursor(
    known: Mapping[str, CheckedResource],
    op: ResourceOperation,
    paging: Paging,
    exchange: RecordedExchange,
    items: Sequence[Mapping[str, Any]],
    size: int,
) -> Any:
    given = list(_given_positions(op, exchange))
    if given:
        return next((position for each in given if (position := _position(paging, each)) is not None), None)
    place = op.page_fact("more")
    more = value_at(exchange.json, place) if place is not None else None
    if not (more if isinstance(more, bool) else len(items) >= size):
        return None
    if plain(paging.position) in TOKENS and paging.evidence in FROM_DOCUMENT:
        raise CannotBuildRequest("the response does not say where the next page begins")
    field = known[op.behaviour.action.of].behaviour.identity.field if op.behaviour.action else "id"
    return items[-1].get(field)


def _given_positions(op: ResourceOperation, exchange: RecordedExchange) -> Iterator[Any]:
    """What a response says about the next page, in its body or its `Link` header; None for the last page."""
    stated = op.reply_path("next")
    if stated is not None:
        yield value_at(exchange.json, stated)
        return
    found = [value for key, value in _facts(exchange.json) if plain(key) in POSITIONS and _is_position(value)]
    link = exchange.header("link")
    if link is not None:
        found.append(next((target for target, parameters in LINK.findall(link) if NEXT.search(parameters)), None))
    yield from found or _by_template(op, exchange)


def next_address(op: ResourceOperation, exchange: RecordedExchange) -> str | None:
    """The address of the next page, as a response shows it in its body or its `Link` header; None if it shows none."""
    given = (each for each in _given_positions(op, exchange) if isinstance(each, str))
    return next((each for each in given if is_address(each)), None)


def is_address(text: str) -> bool:
    """Is a position the address of a page, and no cursor?"""
    return "://" in text or text.startswith(("/", "?"))


def link_targets(exchange: RecordedExchange) -> dict[str, str]:
    """The targets in the `Link` header of a response, by relation in small letters; the first of each counts."""
    found: dict[str, str] = {}
    for target, parameters in LINK.findall(exchange.header("link") or ""):
        match = RELATIONS.search(parameters)
        for relation in next((each for each in match.groups() if each), "").lower().split() if match else ():
            found.setdefault(relation, target)
    return found


def _by_template(op: ResourceOperation, exchange: RecordedExchange) -> list[Any]:
    """The value of a property such as `cursor`, unless it only repeats the position of this page."""
    place = op.page_fact("next")
    value = value_at(exchange.json, place)
    sent = dict(parse_qsl(urlsplit(exchange.url).query)).values()
    return [] if place is None or str(value) in sent else [value]


def _is_position(value: Any) -> bool:
    return value is None or (isinstance(value, str | int) and not isinstance(value, bool))


def _facts(body: Any) -> Iterator[tuple[str, Any]]:
    """The properties around the items: those of the body, and those of the objects in it."""
    for key, value in body.items() if isinstance(body, dict) else ():
        yield key, value
        yield from value.items() if isinstance(value, dict) else ()


def _position(paging: Paging, given: Any) -> Any:
    """The value of the parameter for the next page: as it is, or out of the address of that page; None if empty."""
    if given is None or given == "" or given is False:
        return None
    if isinstance(given, str) and is_address(given):
        return dict(parse_qsl(urlsplit(given).query)).get(paging.position)
    return given


def total_of(op: ResourceOperation, exchange: RecordedExchange) -> int | None:
    """The number of all items, as a response says it; None if it does not."""
    value = value_at(exchange.json, total_path(op))
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    header = next((found for name in total_headers(op) if (found := exchange.header(name)) is not None), "")
    if header.isdecimal():
        return int(header)
    shown = range_of(op, exchange)
    return shown.total if shown is not None else None


class PageRange(NamedTuple):
    """Which items of all a page has, by a header `Content-Range`: the first and the last, counted from 0.

    Both are None for a page without items, and `total` where the service does not know it.
    """

    first: int | None
    last: int | None
    total: int | None


def range_of(op: ResourceOperation, exchange: RecordedExchange) -> PageRange | None:
    """What the documented header `Content-Range` says; None if there is none, or if it is not readable."""
    success = op.operation.success()
    is_named = success is not None and any(header.name.lower() == CONTENT_RANGE for header in success.headers)
    match = RANGE.fullmatch(exchange.header(CONTENT_RANGE) or "") if is_named else None
    if match is None:
        return None
    first, last, total = (int(each) if each and each.isdecimal() else None for each in match.groups())
    return PageRange(first, last, total)


def total_path(op: ResourceOperation) -> Path | None:
    """Where a body has the number of all items. A `count` may be that of the page, so it does not count."""
    place, reply = op.page_fact("total"), op.behaviour.reply
    is_guess = reply is None or reply.evidence in FROM_DOCUMENT
    return None if is_guess and place and plain(str(place[-1])) in ("count", "size") else place


def total_headers(op: ResourceOperation) -> list[str]:
    """The headers of the documented success that have the number of all items."""
    success = op.operation.success()
    named = {header.name.lower() for header in success.headers} if success is not None else set()
    return [name for name in TOTALS if name in named]


def largest_page(contract: Contract, op: ResourceOperation, name: str) -> int | None:
    """The largest page size that the document allows; None if it does not say."""
    pointer = op.query_schema(name)
    found = contract.schemas.keyword(pointer, "maximum") if pointer else None
    return int(found) if isinstance(found, int | float) else None
