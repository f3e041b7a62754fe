"""What each page says about itself and about the whole list: totals, numbers, and whether more follows."""

from __future__ import annotations

import re
from dataclasses import replace

from contracts.checks.item_view import as_json
from contracts.client.pagination import listed, range_of, total_headers, total_of, total_path
from contracts.model.differing_fields import SENTENCE, told
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import ResourceOperation, value_at
from contracts.runner.context import CheckContext
from contracts.runner.list_pages import ListPages
from mockserver.inference.sentences.descriptions import description

APPROXIMATE = re.compile(
    r"\b(?:approximat\w+|approx|estimat\w+|roughly|lag|lags|lagging|cached|inexact|not (?:\w+ )?exact|eventually|stale|"
    r"out of date|delayed|(?:is|are) (?:counted|computed|updated|refreshed) (?:only )?(?:every|once|periodically))\b",
    re.IGNORECASE,
)
"""How a document says of a number that it need not be that of this moment."""

LAST = {
    "next": re.compile(
        r"\b(?:null|none|absent|missing|empty|omitted|left out)\b.*\b(?:last|final|end|nothing|no (?:more|further|other))\b"
        r"|\b(?:last|final|end|nothing|no (?:more|further|other))\b.*\b(?:null|none|absent|missing|empty|omitted)\b",
        re.IGNORECASE,
    ),
    "more": re.compile(r"\b(?:more|further|another|other|next|following)\b", re.IGNORECASE),
}
"""How the description of a cursor, or of a flag, says what it is on the last page: null, or false."""


def check_total(context: CheckContext, op: ResourceOperation, true: int, exchange: RecordedExchange) -> None:
    """A total counts the items of all pages, and no others."""
    total = total_of(op, exchange)
    is_shown = (total is not None or op.reply_path("total") is not None) and not is_approximate(context, op)
    if is_shown and (total_path(op) is not None or total_headers(op) or range_of(op, exchange) is not None):
        context.expect(total == true, f"the total is {true}", as_json(total), exchange, about="total")


def is_approximate(context: CheckContext, op: ResourceOperation) -> bool:
    """Does the document say that the total of a list is not exact, or not of this moment?"""
    schemas, place = context.contract.schemas, op.page_fact("total")
    pointer = op.schema_at(schemas, place)
    success = op.operation.success()
    named = [str(place[-1])] if place else []
    headers = {each.lower() for each in total_headers(op)}
    shown = [each for each in (success.headers if success else ()) if each.name.lower() in headers]
    own = [description(schemas, at) for at in (pointer, *(each.pointer for each in shown)) if at]
    if any(APPROXIMATE.search(sentence) for said in own for sentence in said.sentences()):
        return True
    info = context.contract.document.root.get("info", {}).get("description")
    texts = [told(context.contract, op.operation), info if isinstance(info, str) else ""]
    about = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in [*named, *headers, "total"]), re.IGNORECASE)
    return any(
        about.search(sentence) and APPROXIMATE.search(sentence) for text in texts for sentence in SENTENCE.findall(text)
    )


def check_end_of_list(
    context: CheckContext, op: ResourceOperation, guess: StatementRef, read: ListPages, total: int, size: int
) -> None:
    """The pages before the last say that more follow, and the last one that it is the last.

    That a page says too early that nothing follows loses items, so it breaks a law. An empty page at the end is a habit
    of many services, unless the document says how the last page is known.
    """
    text, is_told = f"with {total} items and pages of {size}", True
    for index, exchange in enumerate(read.exchanges):
        is_last = (index + 1) * size >= total
        for name in ("more", "next"):
            says = _says_more(op, name, exchange)
            if says is not None:
                is_told &= context.expect(
                    says is not is_last,
                    f"{text}, page {index + 1} says {'no ' * is_last}more pages follow",
                    as_json(value_at(exchange.json, op.page_fact(name))),
                    exchange,
                    about=name,
                    statement=(_said_of_last(context, op, guess, name) or guess) if is_last else None,
                )
        check_total(context, op, total, exchange)
    is_by_cursor = op.behaviour.paging is not None and op.behaviour.paging.style == "cursor"
    if is_told and (op.reply_path("more") or op.reply_path("next") or (is_by_cursor and op.page_fact("next"))):
        full = -(-total // size)
        seen = f"page {len(read.exchanges)} was needed to find the end"
        expected = f"{text}, the reply to page {full} says that it is the last"
        context.expect(len(read.exchanges) <= full, expected, seen, *read.exchanges[-2:], about="last", statement=guess)


def _said_of_last(context: CheckContext, op: ResourceOperation, guess: StatementRef, name: str) -> StatementRef | None:
    """The sentence about the cursor or the flag of a page that says what it is on the last one; None if there is none."""
    pointer = op.schema_at(context.contract.schemas, op.page_fact(name))
    said = description(context.contract.schemas, pointer) if pointer else None
    found = said.first(LAST[name]) if said is not None else None
    if found is None or said is None:
        return None
    return replace(guess, evidence="described", source=f'"{found.sentence}" ({said.pointer})')


def _says_more(op: ResourceOperation, name: str, exchange: RecordedExchange) -> bool | None:
    """Does a page say that more follow? None if it does not say."""
    exact, place = op.reply_path(name), op.page_fact(name)
    value = value_at(exchange.json, place)
    if place is None or (exact is None and value is None):
        return None
    return bool(value is not None and value != "") if name == "next" else value if isinstance(value, bool) else None


def check_page_numbers(
    context: CheckContext, op: ResourceOperation, guess: StatementRef, read: ListPages, size: int, total: int
) -> None:
    """The page number, offset, limit and count that each page states are right."""
    paging = op.behaviour.paging
    if paging is None:
        return
    check_ranges(context, op, read)
    first = paging.first + context.shared.page_shifts.get(op.name, 0)
    before = 0
    for index, exchange in enumerate(read.exchanges):
        true = {
            "page": first + index,
            "pages": -(-total // size),
            "offset": before + paging.first_item,
            "limit": size,
            "count": len(listed(op, exchange)),
        }
        before += true["count"]  # fewer than a page has room for, if an empty one follows
        for name in ("count", "limit", *(("page", "pages", "offset") if paging.style != "cursor" else ())):
            place = op.reply_path(name)
            if place is not None:
                context.expect(
                    value_at(exchange.json, place) == true[name],
                    f"page {index + 1} has {place[-1] if place else name}: {true[name]}",
                    as_json(value_at(exchange.json, place)),
                    exchange,
                    about=name,
                    statement=guess,
                )


def check_ranges(context: CheckContext, op: ResourceOperation, read: ListPages) -> None:
    """A header `Content-Range` says where the items of each page are among all; it may count from 0 or from 1."""
    start: int | None = None
    for index, exchange in enumerate(read.exchanges):
        shown, count = range_of(op, exchange), len(listed(op, exchange))
        if shown is None or (not count and shown.first is None):
            continue
        start = min(shown.first or 0, 1) if start is None and index == 0 else start or 0
        right = (start, start + count - 1)
        context.expect(
            (shown.first, shown.last) == right,
            f"page {index + 1}, with {count} items, has the range {right[0]}-{right[1]} in Content-Range",
            exchange.header("content-range") or "",
            *read.exchanges[: index + 1],
            about="range",
        )
        start += count
