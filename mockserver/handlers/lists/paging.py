"""Paging: one function for each style that selects the items of a page, and the values that describe the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from mockserver.behaviour.statements import Paging
from mockserver.errors import Fault, Invalid, Missing, Refusal
from mockserver.handlers.lists.cursor_forms import Cursors
from mockserver.handlers.replies.reply_renderer import ReplyRenderer
from mockserver.lazy_pattern import lazy_pattern
from mockserver.messages import Call
from mockserver.state.collection import Collection
from mockserver.state.record import Record
from mockserver.state.views import FilteredView, Selection

DIGITS = lazy_pattern(r"[0-9]{1,20}")
"""A cursor that may be a number. `str.isdigit` is also true for characters that `int` refuses, such as ²."""

MAX_NUMBER = 2**53
"""Larger numbers of items and pages count as this one, which every JSON parser reads exactly (RFC 8259 section 6)."""

NO_POSITION = -1
"""The position for a cursor that names no item, neither an existing nor a deleted one."""

NO_PAGING = Paging(style="page", limit="", position="", evidence="assumed")
"""The statement for a list without paging."""

Page = tuple[list[Record], dict[str, Any]]
"""The items of a page, and values for the placeholders of the reply's template."""

SelectPage = Callable[[Call, Paging, FilteredView | Selection, Collection, bool], Page]
"""Selects the items of a page."""


def unpaged(
    call: Call, paging: Paging, found: FilteredView | Selection, collection: Collection, newest_first: bool
) -> Page:
    """All items on one page."""
    records = found.slice(0, len(found), newest_first=newest_first)
    return records, whole(len(records))


def whole(total: int) -> dict[str, Any]:
    """The values for the placeholders of a reply that shows all of so many items."""
    return {
        "next": None,
        "more": False,
        "total": total,
        "limit": total,
        "offset": 0,
        "page": 1,
        "pages": 1,
        "count": total,
    }


def first_items(most: int) -> SelectPage:
    """The function for a list without paging whose reply may show only so many items."""

    def select(
        call: Call, paging: Paging, found: FilteredView | Selection, collection: Collection, newest_first: bool
    ) -> Page:
        records, values = _numbered(found, 0, most, newest_first, 0)
        return records, values | {"next": None}

    return select


def cursor(
    call: Call,
    paging: Paging,
    found: FilteredView | Selection,
    collection: Collection,
    newest_first: bool,
    valid: Cursors | None = None,
) -> Page:
    """The items after the one whose id the client sends, or before it when it sends the `backward` parameter.

    For an id that no item ever had, the page is empty, or Invalid or Missing is raised, as the statement says. `valid`
    are the cursors of a list whose schema may not allow ids.
    """
    limit, forward = size(call, paging), _position(paging, paging.position, call, collection, valid)
    backward = _position(paging, paging.backward, call, collection) if forward is None and paging.backward else None
    # One item more than the page has room for is read, to know whether there is a next page.
    if NO_POSITION in (forward, backward):
        more, records = False, []
    elif backward is None:
        records = found.first(limit + 1, forward, newest_first=newest_first)
        more, records = len(records) > limit, records[:limit]
    else:
        records = found.last(limit + 1, backward, newest_first=newest_first)
        more, records = len(records) > limit, records[-limit:]
    last = records[-1] if more and records else None
    next_position = None if last is None else last.id if valid is None else valid.of(last)
    if next_position is None and valid is not None and valid.is_always:
        next_position = valid.at_end(records[-1] if records else None, call.query.get(paging.position))
    return records, {
        "next": next_position,
        "more": more,
        "total": len(found),
        "limit": limit,
        "offset": None,
        "page": None,
        "pages": None,
        "count": len(records),
    }


def _position(
    paging: Paging, parameter: str, call: Call, collection: Collection, valid: Cursors | None = None
) -> int | None:
    """The position of the item that a parameter names, also of a deleted one; None without the parameter."""
    sent = call.query.get(parameter)
    if sent is None:
        return None
    position = collection.age_of(sent)
    if position is None and isinstance(sent, str) and DIGITS.fullmatch(sent):
        position = collection.age_of(int(sent))
    if position is None and valid is not None:
        position = valid.age(sent)
    if position is None and paging.unknown_position != "empty":
        raise UNKNOWN_POSITIONS[paging.unknown_position](parameter, sent)
    return NO_POSITION if position is None else position


def offset(
    call: Call, paging: Paging, found: FilteredView | Selection, collection: Collection, newest_first: bool
) -> Page:
    """The items from a number on, counted from `paging.first_item`."""
    first, sent = paging.first_item, call.query.get(paging.position)
    limit, start = size(call, paging), max(_clamped(sent or first) - first, 0)
    records, values = _numbered(found, start, limit, newest_first, start + limit + first)
    return records, values | {"offset": start + first}


def page(
    call: Call, paging: Paging, found: FilteredView | Selection, collection: Collection, newest_first: bool
) -> Page:
    """The items of a numbered page."""
    sent = call.query.get(paging.position)
    number = paging.first if sent is None else _clamped(sent)
    limit = size(call, paging)
    records, values = _numbered(found, max(number - paging.first, 0) * limit, limit, newest_first, number + 1)
    return records, values | {"page": number}


def _numbered(found: FilteredView | Selection, start: int, limit: int, newest_first: bool, next_position: int) -> Page:
    records, total = found.slice(max(start, 0), limit, newest_first=newest_first), len(found)
    more = start + limit < total
    pages = -(-total // limit) if limit else 0
    return records, {
        "next": next_position if more else None,
        "more": more,
        "total": total,
        "limit": limit,
        "offset": start,
        "page": start // limit + 1 if limit else 1,
        "pages": pages,
        "count": len(records),
    }


def _clamped(number: float) -> int:
    """A number of items or pages as an integer of at most MAX_NUMBER."""
    return int(max(-MAX_NUMBER, min(number, MAX_NUMBER)))


def size(call: Call, paging: Paging) -> int:
    """The largest number of items on the page."""
    sent = call.query.get(paging.limit)
    limit = paging.default if sent is None else _clamped(sent)
    return max(min(limit, paging.maximum) if paging.maximum else limit, 0)


def _bad_position(name: str, value: Any) -> Invalid:
    message = f"{name}: {value!r} is not the id of an item on an earlier page"
    return Invalid(message, faults=(Fault("query", (name,), message, "cursor"),))


def _missing_position(name: str, value: Any) -> Missing:
    return Missing(f"{name}: there is no item {value!r}", resource="item")


UNKNOWN_POSITIONS: dict[str, Callable[[str, Any], Refusal]] = {"invalid": _bad_position, "missing": _missing_position}
"""The error for a cursor that names no item, by the name that `paging.unknown-position` uses; `empty` has none."""


STYLES: dict[str, SelectPage] = {
    "whole": unpaged,
    "cursor": cursor,
    "offset": offset,
    "page": page,
}
"""The function that selects a page, by the name that `paging.style` uses; `whole` for a list without paging."""


def link_header(call: Call, paging: Paging, values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The `Link` header of a page (RFC 8288), with those of first, prev, next and last that exist."""
    if not paging.position:
        return ()  # no request leads to another page
    pages = other_pages(paging, values) if paging.style == "page" else {"next": values["next"]}
    written = [f'<{_address(call, paging, value)}>; rel="{name}"' for name, value in pages.items() if value is not None]
    return (("link", ", ".join(written)),) if written else ()


def addresses(call: Call, paging: Paging, values: Mapping[str, Any]) -> dict[str, str | None]:
    """The addresses of other pages, by the placeholders of a reply; None for a page that does not exist."""
    pages = other_pages(paging, values) if paging.position else {}
    names = {"first": "first_url", "prev": "previous_url", "next": "next_url", "last": "last_url"}
    found = {names[rel]: position for rel, position in pages.items() if position is not None}
    addressed = {name: call.origin + _address(call, paging, position) for name, position in found.items()}
    own = call.origin + call.url
    query = _query(call.query)
    this = f"{own}?{query}" if query else own
    only = {} if paging.position else {"first_url": this, "last_url": this}
    return {**dict.fromkeys(names.values()), **addressed, **only, "this_url": this, "list_url": own}


def facts(call: Call, paging: Paging, values: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from the values of a page, by the placeholders of a reply (`PAGE_FACTS`).

    Where a page begins is not known of one after a cursor.
    """
    offset, count = values["offset"], values["count"]
    if paging.style == "page" and values["limit"]:
        offset = max(values["page"] - paging.first, 0) * values["limit"]
    elif paging.style == "offset":
        offset = max(offset - paging.first_item, 0)
    is_first = not offset if offset is not None else not _is_positioned(call, paging)
    start = 0 if offset is None and is_first else offset
    is_known = bool(count) and start is not None
    return {
        "list_path": call.url,
        "last_page": max(values["pages"] or 0, 1) - 1 + (paging.first if paging.style == "page" else 1),
        "first": is_first,
        "earlier": not is_first,
        "empty": not count,
        "sorted": bool(values.get("is_sorted")),
        "unsorted": not values.get("is_sorted"),
        "from": start + 1 if is_known else None,
        "to": start + count if is_known else None,
    }


def _is_positioned(call: Call, paging: Paging) -> bool:
    """Does a request say where its page begins?"""
    return any(call.query.get(name) is not None for name in (paging.position, paging.backward) if name)


def described(call: Call, paging: Paging | None, values: Mapping[str, Any], renderer: ReplyRenderer) -> dict[str, Any]:
    """The values that the template of a reply needs besides those of the page; most need none."""
    stated, more = paging or NO_PAGING, dict[str, Any]()
    if renderer.has_addresses:
        more |= addresses(call, stated, values)
    if renderer.has_facts:
        more |= facts(call, stated, values)
    return more


def other_pages(paging: Paging, values: Mapping[str, Any]) -> dict[str, Any]:
    """The positions of the first, the previous, the next and the last page; None for one that does not exist."""
    if paging.style == "page":
        number, last = values["page"], max(values["pages"], 1) - 1 + paging.first
        before = number - 1 if number > paging.first else None
        return {"first": paging.first, "prev": before, "next": values["next"], "last": last}
    if paging.style == "offset":
        first, start, size = paging.first_item, values["offset"], values["limit"]
        last = first + max(values["pages"] - 1, 0) * size
        before = max(start - size, first) if start > first else None
        return {"first": first, "prev": before, "next": values["next"], "last": last}
    return {"next": values["next"]}


def _address(call: Call, paging: Paging, position: Any) -> str:
    return f"{call.url}?{_query({**call.query, paging.position: position})}"


def _query(values: Mapping[str, Any]) -> str:
    """The query as a client writes it: `true` for a flag."""
    sent = {name: _written(value) for name, value in values.items() if value is not None}
    return urlencode(sent, doseq=True)


def _written(value: Any) -> Any:
    if isinstance(value, list):
        return [_written(each) for each in value]
    return str(value).lower() if isinstance(value, bool) else value
