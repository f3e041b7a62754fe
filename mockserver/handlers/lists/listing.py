"""How a list begins and ends: one page of the items that a request selects."""

from __future__ import annotations

from functools import partial

from mockserver.errors import NotAcceptable
from mockserver.handlers.lists import list_query, paging
from mockserver.handlers.relations.expansions import expanded, included
from mockserver.handlers.relations.items_counted import asked_value, figure_of_items, number_of_items
from mockserver.handlers.relations.owner_choice import choose_owner
from mockserver.handlers.replies.entity_tags import list_tag_of, tagged
from mockserver.handlers.request_context import RequestContext
from mockserver.messages import Reply
from mockserver.openapi import search_body


def begin_list(context: RequestContext) -> None:
    """A list drafts no item, and `handle` has checked that the parent exists. A search has its values in the body."""
    choose_owner(context)
    if context.bound.operation.method != "get":
        call = context.call
        context.call = call._replace(query={**call.query, **search_body.values(call.body)})


def page_reply(context: RequestContext) -> Reply:
    """Show one page of the list."""
    bound, collection = context.bound, context.collection()
    newest_first = bound.resource.newest_first
    selected = list_query.select(context, collection)
    records, values = bound.select_page(
        context.call, bound.paging or paging.NO_PAGING, selected, collection, newest_first
    )
    if bound.expand is not None:
        values["included"] = included(context, records)
        records = [expanded(context, record) for record in records]
    if bound.renderer.is_one:
        if len(records) != 1:
            raise NotAcceptable(f"one item was asked for, and there are {len(records)}")
        return bound.renderer.one_item(records[0], context.extras)
    headers: tuple[tuple[str, str], ...] = ()
    if bound.renderer.counts_items:
        values["count_of"] = partial(number_of_items, context)
        values["figure"], values["asked"] = partial(figure_of_items, context), partial(asked_value, context)
    if bound.renderer.needs_more:
        values["is_sorted"] = bound.sort is not None and bound.sort.sent(context.call.query) is not None
        values |= paging.described(context.call, bound.paging, values, bound.renderer)
    if bound.paging is not None and bound.paging.link_header:
        headers = paging.link_header(context.call, bound.paging, values)
    reply = bound.renderer.item_list(records, values, headers)
    return tagged(bound.tags, context.call.headers, list_tag_of(reply), reply) if bound.tags is not None else reply
