"""How a list is cut into pages: one function for each style, and what a page says of itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from mockserver.behaviour.statements import Paging
from mockserver.errors import Fault, Invalid, Missing, Refusal
from mockserver.messages import Call
from mockserver.state.collection import Collection
from mockserver.state.record import Record
from mockserver.state.views import FilteredView, Selection

DIGITS = re.compile(r"[0-9]{1,20}")
"""A cursor that may be a number: `str.isdigit` takes characters that are none, such as ²."""

FARTHEST = 2**53
"""The largest number of an item or page that counts: every reader of JSON can hold it (RFC 8259 section 6)."""

NOWHERE = -1
"""The place of an item that never was."""

WHOLE = Paging(style="page", evidence="assumed")
"""The paging of a list that has none: all items on one page."""

Page = tuple[list[Record], dict[str, Any]]
"""The items of a page and the values that a reply's template may name."""


def whole(call: Call, paging: Paging, found: FilteredView | Selection, held: Collection, newest_first: bool) -> Page:
    """All items on one page."""
    records = found.slice(0, len(found), newest_first=newest_first)
    total = len(records)
    return records, {
        "next": None,
        "more": False,
        "total": total,
        "limit": total,
        "offset": 0,
        "page": 1,
        "pages": 1,
        "count": total,
    }


def cursor(call: Call, paging: Paging, found: FilteredView | Selection, held: Collection, newest_first: bool) -> Page:
    """The items that follow the one whose id the client names, or that precede it where the page is to end there.

    An id that never was gets an empty page, or Invalid or Missing is raised, as the statement says.
    """
    limit, forward = size(call, paging), _place(paging, paging.position, call, held)
    backward = _place(paging, paging.backward, call, held) if forward is None and paging.backward else None
    if NOWHERE in (forward, backward):
        more, records = False, []
    elif backward is None:
        records = found.first(limit + 1, forward, newest_first=newest_first)
        more, records = len(records) > limit, records[:limit]
    else:
        records = found.last(limit + 1, backward, newest_first=newest_first)
        more, records = len(records) > limit, records[-limit:]
    following = records[-1].id if more and records else None
    return records, {
        "next": following,
        "more": more,
        "total": len(found),
        "limit": limit,
        "offset": None,
        "page": None,
        "pages": None,
        "count": len(records),
    }


def _place(paging: Paging, parameter: str, call: Call, held: Collection) -> int | None:
    """Where the item stands (or stood) that a parameter names; None without the parameter."""
    given = call.query.get(parameter)
    if given is None:
        return None
    place = held.age_of(given)
    if place is None and isinstance(given, str) and DIGITS.fullmatch(given):
        place = held.age_of(int(given))
    if place is None and paging.unknown_position != "empty":
        raise POSITIONS[paging.unknown_position](parameter, given)
    return NOWHERE if place is None else place


def offset(call: Call, paging: Paging, found: FilteredView | Selection, held: Collection, newest_first: bool) -> Page:
    """The items from the one that stands at a number, counted from 0."""
    limit, start = size(call, paging), _whole(call.query.get(paging.position) or 0)
    return _numbered(found, start, limit, newest_first, start + limit)


def page(call: Call, paging: Paging, found: FilteredView | Selection, held: Collection, newest_first: bool) -> Page:
    """The items of a numbered page."""
    given = call.query.get(paging.position)
    number = paging.first if given is None else _whole(given)
    limit = size(call, paging)
    records, values = _numbered(found, max(number - paging.first, 0) * limit, limit, newest_first, number + 1)
    return records, values | {"page": number}


def _numbered(found: FilteredView | Selection, start: int, limit: int, newest_first: bool, following: int) -> Page:
    records, total = found.slice(max(start, 0), limit, newest_first=newest_first), len(found)
    more = start + limit < total
    pages = -(-total // limit) if limit else 0
    return records, {
        "next": following if more else None,
        "more": more,
        "total": total,
        "limit": limit,
        "offset": start,
        "page": start // limit + 1 if limit else 1,
        "pages": pages,
        "count": len(records),
    }


def _whole(number: float) -> int:
    """A number of items or pages; nothing is lost where there are none, and replies have no room for larger ones."""
    return int(max(-FARTHEST, min(number, FARTHEST)))


def size(call: Call, paging: Paging) -> int:
    """How many items a page has at most."""
    given = call.query.get(paging.limit)
    limit = paging.default if given is None else _whole(given)
    return max(min(limit, paging.maximum) if paging.maximum else limit, 0)


def _bad_position(name: str, value: Any) -> Invalid:
    message = f"{name}: {value!r} is not the id of an item on an earlier page"
    return Invalid(message, faults=(Fault("query", (name,), message, "cursor"),))


def _missing_position(name: str, value: Any) -> Missing:
    return Missing(f"{name}: there is no item {value!r}", resource="item")


POSITIONS: dict[str, Callable[[str, Any], Refusal]] = {"invalid": _bad_position, "missing": _missing_position}
"""How a cursor that never was is refused (unless it gets an empty page), by the name `paging.unknown-position` uses."""


STYLES: dict[str, Callable[[Call, Paging, FilteredView | Selection, Collection, bool], Page]] = {
    "whole": whole,
    "cursor": cursor,
    "offset": offset,
    "page": page,
}
"""How a list is cut, by the name that `paging.style` uses."""


def link_header(call: Call, paging: Paging, values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The `Link` header of a page (RFC 8288): first, prev, next and last as far as they exist."""
    links: dict[str, Any] = {}
    if paging.style == "page":
        number, pages = values["page"], max(values["pages"], 1)
        last = pages - 1 + paging.first
        links = {"first": paging.first, "prev": number - 1 if number > paging.first else None}
        links |= {"next": values["next"], "last": last}
    elif values["next"] is not None:
        links = {"next": values["next"]}
    written = [f'<{_address(call, paging, value)}>; rel="{name}"' for name, value in links.items() if value is not None]
    return (("link", ", ".join(written)),) if written else ()


def _address(call: Call, paging: Paging, position: Any) -> str:
    query = {**{k: v for k, v in call.query.items() if v is not None}, paging.position: position}
    return f"{call.url}?{urlencode(query, doseq=True)}"
