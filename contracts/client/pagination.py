"""Pagination: the largest page, and the position of the next page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource, ResourceOperation, value_at
from mockserver.contract import Contract


def following(
    known: Mapping[str, CheckedResource],
    op: ResourceOperation,
    exchange: RecordedExchange,
    items: Sequence[Mapping[str, Any]],
    page: int,
    seen: int,
    size: int,
) -> Any:
    """The position of the next page, according to the response; None if this is the last page."""
    paging = op.behaviour.paging
    if paging is None or not paging.position or not items:
        return None
    if op.reply_path("next") is not None and paging.style == "cursor":
        return value_at(exchange.json, op.reply_path("next"))
    more = value_at(exchange.json, op.reply_path("more")) if op.reply_path("more") is not None else len(items) >= size
    if not more:
        return None
    field = known[op.behaviour.action.of].behaviour.identity.field if op.behaviour.action else "id"
    return {"cursor": items[-1].get(field), "offset": seen, "page": paging.first + page + 1}[paging.style]


def largest_page(contract: Contract, op: ResourceOperation, name: str) -> int | None:
    """The largest page size that the document allows; None if it does not say."""
    pointer = next((p.schema for p in op.operation.parameters if p.name == name and p.location == "query"), None)
    found = contract.schemas.keyword(pointer, "maximum") if pointer else None
    return int(found) if isinstance(found, int | float) else None
