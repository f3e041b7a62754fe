"""The content of an item in a request that creates it."""

from __future__ import annotations

from typing import Any

from mockserver.handlers.binding.content_plans import ItemContent
from mockserver.handlers.refusals.content_sizes import check_size
from mockserver.handlers.request_context import RequestContext


def sent_content(context: RequestContext, fields: dict[str, Any]) -> ItemContent | None:
    """The content in a request; the properties that describe it are added to the `fields` of a new item."""
    plan = context.bound.content
    content = plan.sent(context.call, context.sent) if plan is not None else None
    if plan is None or content is None:
        return None
    check_size(context, plan, content)
    fields.pop(plan.part, None)
    for name, value in plan.described(content).items():
        fields.setdefault(name, value)
    return content
