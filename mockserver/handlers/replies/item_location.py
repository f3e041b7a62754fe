"""The address of a new item, as `Location` has it."""

from __future__ import annotations

from urllib.parse import quote

from mockserver.handlers.request_context import RequestContext
from mockserver.openapi import path_template


def item_location(context: RequestContext) -> str:
    """The item's path for `Location` (RFC 9110 section 10.2.2): the request's own, or the collection's with the id."""
    if context.bound.item_path:
        return _elsewhere(context, context.bound.item_path)
    if context.bound.resource.statements.identity.parameter in context.call.path:
        return context.call.url
    return f"{context.call.url.rstrip('/')}/{quote(str(context.item.id), safe='')}"


def _elsewhere(context: RequestContext, path: str) -> str:
    """The path of an item that is not below the collection it was posted to."""
    # What the request's path has before the operation's own is the prefix under which the document is served.
    segments = context.bound.operation.path.rstrip("/").count("/")
    prefix = context.call.url.rstrip("/").rsplit("/", segments)[0]
    plan = context.bound.resource
    ids = [*(context.call.path.get(name, "") for name in plan.parent_parameters), context.item.id]
    *above, own = (quote(str(id), safe="") for id in ids)
    if plan.statements.identity.location == "query":
        return f"{prefix}{path_template.filled(path, above)}?{quote(plan.statements.identity.parameter)}={own}"
    return prefix + path_template.filled(path, [*above, own])
