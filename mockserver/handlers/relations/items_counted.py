"""How many items of a resource there are, for replies that show none: statistics, the number of unread ones."""

from __future__ import annotations

from typing import Any

from mockserver.handlers.request_context import RequestContext
from mockserver.openapi import json_codec


def number_of_items(context: RequestContext, resource: str, conditions: tuple[tuple[str, str], ...]) -> int:
    """The number of items below any owner that have these values, each written as in JSON or as a plain text."""
    plan = context.bound.plans[resource]
    marked = plan.soft_delete.is_marked if plan.soft_delete is not None else None
    records = [each for each in context.across(plan) if marked is None or not marked(each)]
    if not conditions:
        return len(records)
    return sum(all(_is(each.fields.get(name), written) for name, written in conditions) for each in records)


def _is(value: Any, written: str) -> bool:
    return value == written if isinstance(value, str) else json_codec.write(value).decode() == written
